/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub.cfg: a shell-like script, of which menus and the default are read and no condition is
 * judged. */
#include <ctype.h>

#include "kernels/boot_text.h"
#include "lib/util.h"

#define WORDS_MAX 64
#define NESTING_MAX 32

enum token { TOKEN_END, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_WORD, TOKEN_NONE };

struct reader {
        const char *p, *end;
        const struct boot_menu *bls;
        struct boot_menu *menu;
        char *words[WORDS_MAX]; /* of the command under way */
        size_t n;
        int blocks[NESTING_MAX]; /* the entry each open brace belongs to, or -1 */
        unsigned conditions;     /* how many "if" are open */
        size_t depth;            /* may exceed NESTING_MAX: not looked at then */
};

/* --- words --- */

struct word {
        char *text;
        size_t n, room;
};

static void put(struct word *w, char c)
{
        if (w->n + 1 >= w->room) {
                w->room = w->room ? 2 * w->room : 64;
                w->text = xreallocarray(w->text, w->room, 1);
        }
        if (c)
                w->text[w->n++] = c;
        w->text[w->n] = '\0';
}

static void take_single(struct reader *r, struct word *w)
{
        for (r->p++; r->p < r->end && *r->p != '\''; r->p++)
                put(w, *r->p);
        r->p += r->p < r->end;
}

static void take_double(struct reader *r, struct word *w)
{
        for (r->p++; r->p < r->end && *r->p != '"'; r->p++) {
                if (*r->p == '\\' && r->p + 1 < r->end && strchr("\"\\$", r->p[1]))
                        r->p++;
                put(w, *r->p);
        }
        r->p += r->p < r->end;
}

static void take_variable(struct reader *r, struct word *w)
{
        while (r->p < r->end && *r->p != '}' && *r->p != '\n')
                put(w, *r->p++);
        if (r->p < r->end && *r->p == '}')
                put(w, *r->p++);
}

static bool ends_word(char c)
{
        return c == '\0' || isspace((unsigned char)c) || c == ';';
}

/* From a character that is no blank; the quotes are gone afterwards. */
static char *take_word(struct reader *r)
{
        struct word w = { 0 };
        put(&w, '\0');
        while (r->p < r->end && !ends_word(*r->p)) {
                if (*r->p == '\'')
                        take_single(r, &w);
                else if (*r->p == '"')
                        take_double(r, &w);
                else if (*r->p == '$' && r->p + 1 < r->end && r->p[1] == '{')
                        take_variable(r, &w);
                else {
                        r->p += *r->p == '\\' && r->p + 1 < r->end;
                        put(&w, *r->p++);
                }
        }
        return w.text;
}

static bool alone(const struct reader *r)
{
        return r->p + 1 == r->end || ends_word(r->p[1]);
}

static enum token next_token(struct reader *r, char **word)
{
        while (r->p < r->end && (*r->p == '\0' || (isspace((unsigned char)*r->p) && *r->p != '\n')))
                r->p++;
        if (r->p < r->end && *r->p == '#')
                while (r->p < r->end && *r->p != '\n')
                        r->p++;
        if (r->p == r->end)
                return TOKEN_NONE;
        if (*r->p == '\n' || *r->p == ';')
                return r->p++, TOKEN_END;
        if ((*r->p == '{' || *r->p == '}') && alone(r))
                return *r->p++ == '{' ? TOKEN_OPEN : TOKEN_CLOSE;
        *word = take_word(r);
        return TOKEN_WORD;
}

/* --- commands --- */

static int block(const struct reader *r)
{
        for (size_t i = r->depth < NESTING_MAX ? r->depth : NESTING_MAX; i > 0; i--)
                if (r->blocks[i - 1] >= 0)
                        return r->blocks[i - 1];
        return -1;
}

/* "set default=0", and "default=0", which is the same. */
static void take_set(struct reader *r, size_t from)
{
        for (size_t i = from; i < r->n && r->depth == 0; i++) {
                if (!startswith(r->words[i], "default="))
                        continue;
                const char *value = r->words[i] + strlen("default=");
                bool once = strstr(value, "next_entry");
                if (!once)
                        boot_text_set(&r->menu->preset, value);
                if (once || r->conditions == 0) /* what always comes after it has the last word */
                        r->menu->once = once;
        }
}

static void take_bls(struct reader *r)
{
        r->menu->bls = true;
        for (size_t i = 0; r->bls && i < r->bls->n; i++) {
                const struct boot_entry *from = &r->bls->entries[i];
                struct boot_entry *e = boot_entry_add(r->menu, block(r));
                if (!e)
                        return;
                boot_text_set(&e->title, from->title);
                boot_text_set(&e->id, from->id);
                e->release = from->release ? xstrdup(from->release) : NULL;
                e->initrd = from->initrd ? xstrdup(from->initrd) : NULL;
        }
}

static bool is_one_of(const char *word, const char *const *words)
{
        for (; *words; words++)
                if (streq(word, *words))
                        return true;
        return false;
}

/* The first image counts: Xen's own comes as "multiboot" and has no release in its name. */
static void take_image(struct reader *r)
{
        static const char *const kernels[] = { "linux",   "linuxefi", "linux16",
                                               "module2", "module",   NULL };
        static const char *const initrds[] = { "initrd", "initrdefi", "initrd16", NULL };
        int at = block(r);
        if (at < 0 || r->n < 2 || r->menu->entries[at].submenu)
                return;
        struct boot_entry *e = &r->menu->entries[at];
        if (!e->release && is_one_of(r->words[0], kernels))
                e->release = boot_release_of(r->words[1]);
        else if (!e->initrd && is_one_of(r->words[0], initrds))
                e->initrd = xstrdup(r->words[1]);
}

/* "then set default=0" is a set all the same. */
static void skip_keyword(struct reader *r)
{
        static const char *const keywords[] = { "then", "else", "do", NULL };
        if (r->n < 2 || !is_one_of(r->words[0], keywords))
                return;
        free(r->words[0]);
        memmove(r->words, r->words + 1, --r->n * sizeof(*r->words));
}

static void end_command(struct reader *r)
{
        skip_keyword(r);
        if (r->n && streq(r->words[0], "if"))
                r->conditions++;
        else if (r->n && streq(r->words[0], "fi") && r->conditions > 0)
                r->conditions--;
        else if (r->n && streq(r->words[0], "set"))
                take_set(r, 1);
        else if (r->n == 1 && startswith(r->words[0], "default="))
                take_set(r, 0);
        else if (r->n && streq(r->words[0], "blscfg"))
                take_bls(r);
        else if (r->n)
                take_image(r);
        for (; r->n; r->n--)
                free(r->words[r->n - 1]);
}

static const char *id_of(const struct reader *r)
{
        for (size_t i = 2; i < r->n; i++) {
                bool names = streq(r->words[i], "--id") ||
                             streq(r->words[i], "$menuentry_id_option") ||
                             streq(r->words[i], "${menuentry_id_option}");
                if (names && i + 1 < r->n)
                        return r->words[i + 1];
                if (startswith(r->words[i], "--id="))
                        return r->words[i] + strlen("--id=");
        }
        return r->words[1];
}

static void open_block(struct reader *r)
{
        int entry = -1;
        bool submenu = r->n > 1 && streq(r->words[0], "submenu");
        if (submenu || (r->n > 1 && streq(r->words[0], "menuentry"))) {
                struct boot_entry *e = boot_entry_add(r->menu, block(r));
                if (e) {
                        entry = (int)r->menu->n - 1;
                        e->submenu = submenu;
                        boot_text_set(&e->title, r->words[1]);
                        boot_text_set(&e->id, id_of(r));
                }
        }
        if (r->depth < NESTING_MAX)
                r->blocks[r->depth] = entry;
        r->depth++;
        for (; r->n; r->n--)
                free(r->words[r->n - 1]);
}

void grub_parse(const char *text, size_t len, const struct boot_menu *bls, struct boot_menu *out)
{
        struct reader r = { .p = text, .end = text + len, .bls = bls, .menu = out };
        for (;;) {
                char *word = NULL;
                enum token token = next_token(&r, &word);
                if (token == TOKEN_WORD && r.n < WORDS_MAX) {
                        r.words[r.n++] = word;
                        continue;
                }
                free(word);
                if (token == TOKEN_OPEN)
                        open_block(&r);
                else if (token != TOKEN_WORD)
                        end_command(&r);
                if (token == TOKEN_CLOSE && r.depth > 0)
                        r.depth--;
                if (token == TOKEN_NONE)
                        return;
        }
}
