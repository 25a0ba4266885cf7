/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entry of a menu a boot loader starts. */
#include "kernels/boot_menu.h"

#include <ctype.h>
#include <errno.h>

#include "kernels/boot_text.h"
#include "kernels/release.h"
#include "lib/util.h"

#define ENTRIES_MAX 4096

struct boot_entry *boot_entry_add(struct boot_menu *menu, int parent)
{
        if (menu->n >= ENTRIES_MAX)
                return NULL;
        menu->entries = xreallocarray(menu->entries, menu->n + 1, sizeof(*menu->entries));
        struct boot_entry *e = &menu->entries[menu->n++];
        *e = (struct boot_entry){ .parent = parent, .title = xstrdup(""), .id = xstrdup("") };
        return e;
}

void boot_text_set(char **at, const char *text)
{
        free(*at);
        *at = xstrdup(text);
}

static void entry_free(struct boot_entry *e)
{
        free(e->title);
        free(e->id);
        free(e->release);
        free(e->initrd);
}

void boot_entry_drop(struct boot_menu *menu)
{
        entry_free(&menu->entries[--menu->n]);
}

void boot_menu_free(struct boot_menu *menu)
{
        for (size_t i = 0; i < menu->n; i++)
                entry_free(&menu->entries[i]);
        free(menu->entries);
        free(menu->preset);
        *menu = (struct boot_menu){ 0 };
}

/* "vmlinuz-RELEASE", or the layout "RELEASE/linux". */
char *boot_release_of(const char *image)
{
        const char *slash = strrchr(image, '/'), *base = slash ? slash + 1 : image;
        _cleanup_free_ char *release = NULL;
        if (streq(base, "linux") && slash) {
                const char *from = slash;
                while (from > image && from[-1] != '/')
                        from--;
                release = xstrndup(from, (size_t)(slash - from));
        } else if (strchr(base, '-')) {
                release = xstrdup(strchr(base, '-') + 1);
        }
        bool good = release && isdigit((unsigned char)*release) && strchr(release, '.') &&
                    !release_check(release, NULL);
        return good ? TAKE_PTR(release) : NULL;
}

/* --- choosing --- */

/* One part of a spec: up to '>'; ">>" stands for one '>'. Moves *AT behind it. */
static char *next_part(const char **at)
{
        char *out = xcalloc(strlen(*at) + 1, 1), *to = out;
        const char *p = *at;
        for (; *p && (*p != '>' || p[1] == '>'); p++) {
                p += *p == '>';
                *to++ = *p;
        }
        *at = *p ? p + 1 : p;
        return out;
}

/* As GRUB reads a number: blanks before it, 0x and a leading 0 as in C, whatever comes behind it.
 * False: no digit. */
static bool leads_with_number(const char *part, long *number, bool *whole)
{
        char *end;
        const char *from = part + strspn(part, " \t\n\v\f\r");
        if (!isdigit((unsigned char)*from))
                return false;
        errno = 0;
        unsigned long value = strtoul(from, &end, 0);
        *number = errno || value > ENTRIES_MAX ? ENTRIES_MAX : (long)value;
        *whole = !*end && from == part;
        return true;
}

/* An entry of PARENT by its number, or by its id or title. -1: none. */
static int child_numbered(const struct boot_menu *menu, int parent, long number)
{
        for (size_t i = 0; i < menu->n; i++)
                if (menu->entries[i].parent == parent && number-- == 0)
                        return (int)i;
        return -1;
}

static int child_called(const struct boot_menu *menu, int parent, const char *part)
{
        for (size_t i = 0; i < menu->n; i++) {
                const struct boot_entry *e = &menu->entries[i];
                if (e->parent == parent && (streq(e->id, part) || streq(e->title, part)))
                        return (int)i;
        }
        return -1;
}

/* GRUB takes what begins with a digit for a number, whatever entries are called; Red Hat's only
 * what is nothing else than a number, and that no entry is called. */
static int child_of(const struct boot_menu *menu, int parent, const char *part)
{
        long number = 0;
        bool whole = false, digits = leads_with_number(part, &number, &whole);
        int at = -1;
        if (menu->names_first || !digits)
                at = child_called(menu, parent, part);
        if (at < 0 && digits && (whole || !menu->names_first))
                at = child_numbered(menu, parent, number);
        return at >= 0 ? at : child_numbered(menu, parent, 0);
}

const struct boot_entry *boot_pick(const struct boot_menu *menu, const char *spec)
{
        int at = -1;
        do {
                _cleanup_free_ char *part = next_part(&spec);
                at = child_of(menu, at, part);
        } while (at >= 0 && menu->entries[at].submenu);
        return at >= 0 ? &menu->entries[at] : NULL;
}

const struct boot_entry *boot_find(const struct boot_menu *menu, const char *release)
{
        const struct boot_entry *any = NULL;
        for (size_t i = 0; i < menu->n; i++) {
                const struct boot_entry *e = &menu->entries[i];
                if (!e->release || !streq(e->release, release) || strstr(e->id, "recovery") ||
                    strstr(e->title, "recovery"))
                        continue;
                if (strstr(e->id, release))
                        return e;
                any = any ? any : e;
        }
        return any;
}

static char *escaped(const char *part)
{
        char *out = xcalloc(2 * strlen(part) + 1, 1), *to = out;
        for (; *part; part++) {
                *to++ = *part;
                if (*part == '>')
                        *to++ = '>';
        }
        return out;
}

char *boot_spec(const struct boot_menu *menu, const struct boot_entry *e)
{
        char *spec = escaped(e->id);
        for (int at = e->parent; at >= 0; at = menu->entries[at].parent) {
                _cleanup_free_ char *part = escaped(menu->entries[at].id), *rest = spec;
                spec = xasprintf("%s>%s", part, rest);
        }
        return spec;
}
