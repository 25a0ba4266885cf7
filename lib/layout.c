/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wrapping by what is seen, not by bytes. */
#include "lib/layout.h"

#include <locale.h>
#include <sys/ioctl.h>
#include <wchar.h>

#include "lib/clean.h"
#include "lib/util.h"

#define GAP 2 /* between two cells */

static const char *const escapes[] = {
        [STYLE_PLAIN] = "",        [STYLE_BOLD] = "\033[1m", [STYLE_FAINT] = "\033[2m",
        [STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31m", [STYLE_WARN] = "\033[33m",
        [STYLE_ODD] = "\033[35m",
};

void layout_open(struct layout *l, FILE *to)
{
        const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
        struct winsize size = { .ws_col = 0 };
        bool tty = isatty(fileno(to));
        *l = (struct layout){ .to = to, .width = LAYOUT_WIDTH };
        if (tty && ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
                l->width = size.ws_col < LAYOUT_NARROWEST ? LAYOUT_NARROWEST : size.ws_col;
        l->terminal = tty && term && *term && !streq(term, "dumb");
        l->colour = l->terminal && !(no && *no);
}

/* A locale whose wcwidth() knows all of Unicode, whatever the user's is; NULL where the C library
 * has none. */
static locale_t unicode(void)
{
        static locale_t locale;
        static bool tried;
        if (!tried)
                locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
        tried = true;
        return locale;
}

/* Columns of the character of N bytes at S. */
static int character_columns(const char *s, size_t n)
{
        if (n == 1 || !unicode())
                return 1;
        locale_t before = uselocale(unicode());
        mbstate_t state = { 0 };
        wchar_t c = 0;
        size_t used = mbrtowc(&c, s, n, &state);
        int columns = used == n ? wcwidth(c) : 1;
        uselocale(before);
        return columns < 0 ? 1 : columns;
}

/* Columns of the LEN bytes at CLEAN. */
static int columns_of(const char *clean, size_t len)
{
        int columns = 0;
        for (size_t i = 0, n; i < len; i += n) {
                n = clean_length(clean + i);
                n = n ? n : 1;
                columns += character_columns(clean + i, n);
        }
        return columns;
}

int layout_columns(const char *text)
{
        _cleanup_free_ char *clean = text_clean(text);
        return columns_of(clean, strlen(clean));
}

/* Bytes of CLEAN that fit in COLUMNS; one character at least. */
static size_t fitting(const char *clean, int columns)
{
        size_t len = 0;
        for (int used = 0; clean[len];) {
                size_t n = clean_length(clean + len);
                n = n ? n : 1;
                used += character_columns(clean + len, n);
                if (used > columns && len > 0)
                        break;
                len += n;
        }
        return len;
}

char *layout_cut(const char *text, int columns)
{
        _cleanup_free_ char *clean = text_clean(text);
        if (columns_of(clean, strlen(clean)) <= columns)
                return TAKE_PTR(clean);
        if (columns <= 3)
                return xasprintf("%.*s", columns < 0 ? 0 : columns, "...");
        size_t n = fitting(clean, columns - 3);
        return xasprintf("%.*s...", (int)n, clean);
}

static void put(const struct layout *l, enum layout_style style, const char *text, size_t n)
{
        bool colour = l->colour && style != STYLE_PLAIN && n > 0;
        fprintf(l->to, "%s%.*s%s", colour ? escapes[style] : "", (int)n, text,
                colour ? "\033[0m" : "");
}

/* Length of the line that AT begins with, ROOM columns at most: whole words where one fits. */
static size_t line_length(const char *at, int room)
{
        size_t len = fitting(at, room), end = len;
        if (!at[len] || at[len] == ' ')
                return len;
        while (end > 0 && at[end] != ' ')
                end--;
        if (end > 0)
                return end;
        for (end = len; end > 1 && at[end - 1] != '/';) /* a long path: after a folder of it */
                end--;
        return end > 1 ? end : len;
}

/* The cursor is at column COLUMN, HANG is that of the lines after the first. */
static void wrap(const struct layout *l, int column, int hang, enum layout_style style,
                 const char *text)
{
        _cleanup_free_ char *clean = text_clean(text);
        const char *at = clean + strspn(clean, " ");
        while (*at) {
                size_t n = line_length(at, l->width - column);
                size_t shown = n;
                while (shown > 0 && at[shown - 1] == ' ')
                        shown--;
                put(l, style, at, shown);
                at += n;
                at += strspn(at, " ");
                fputc('\n', l->to);
                if (*at)
                        fprintf(l->to, "%*s", hang, "");
                column = hang;
        }
        if (!*clean)
                fputc('\n', l->to);
}

void layout_text(const struct layout *l, int indent, int hang, enum layout_style style,
                 const char *text)
{
        fprintf(l->to, "%*s", indent, "");
        wrap(l, indent, hang, style, text);
}

/* PADDED: another cell follows on this line. */
static void print_cell(const struct layout *l, const struct layout_cell *cell, bool padded)
{
        _cleanup_free_ char *clean = text_clean(cell->text);
        int columns = columns_of(clean, strlen(clean));
        put(l, cell->style, clean, strlen(clean));
        if (padded)
                fprintf(l->to, "%*s", (cell->width > columns ? cell->width - columns : 0) + GAP,
                        "");
}

static int cell_columns(const struct layout_cell *cell)
{
        int columns = layout_columns(cell->text);
        return (cell->width > columns ? cell->width : columns) + GAP;
}

void layout_row(const struct layout *l, int indent, const struct layout_cell *cells, size_t n)
{
        int column = indent;
        const struct layout_cell *last = &cells[n - 1];
        for (size_t i = 0; i + 1 < n; i++)
                column += cell_columns(&cells[i]);
        bool beside = *last->text && l->width - column >= LAYOUT_ROOM;
        fprintf(l->to, "%*s", indent, "");
        for (size_t i = 0; i + 1 < n; i++)
                print_cell(l, &cells[i], beside || i + 2 < n);
        if (beside) {
                wrap(l, column, column, last->style, last->text);
                return;
        }
        fputc('\n', l->to);
        if (*last->text)
                layout_text(l, indent + GAP, indent + GAP, last->style, last->text);
}

/* Bytes of the shell word at S, quotes minded. */
static size_t word_length(const char *s)
{
        size_t n = 0;
        for (bool quoted = false; s[n] && (quoted || s[n] != ' '); n++) {
                if (s[n] == '\'')
                        quoted = !quoted;
                else if (s[n] == '\\' && !quoted && s[n + 1])
                        n++;
        }
        return n;
}

void layout_command(const struct layout *l, int indent, const char *label, const char *command)
{
        _cleanup_free_ char *clean = text_clean(command);
        int hang = indent + layout_columns(label) + 1, column = hang;
        fprintf(l->to, "%*s%s ", indent, "", label);
        for (const char *at = clean; *at; at += strspn(at, " ")) {
                size_t n = word_length(at);
                int columns = columns_of(at, n);
                const char *next = at + n + strspn(at + n, " ");
                int room = l->width - (*next ? 2 : 0); /* for the backslash */
                if (column > hang && column + 1 + columns > room) {
                        fprintf(l->to, " \\\n%*s", hang, "");
                        column = hang;
                }
                fprintf(l->to, "%s%.*s", column > hang ? " " : "", (int)n, at);
                column += columns + (column > hang);
                at += n;
        }
        fputc('\n', l->to);
}
