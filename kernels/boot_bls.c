/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot Loader Specification entries: lines of KEY VALUE. */
#include <ctype.h>

#include "kernels/boot_text.h"
#include "kernels/release.h"
#include "lib/util.h"

/* The image's name has the release; "version" is text for people, taken only where the image says
 * nothing and it has the form of one. */
static void take_line(struct boot_entry *e, const char *key, const char *value)
{
        if (streq(key, "title")) {
                boot_text_set(&e->title, value);
        } else if (streq(key, "version") && !e->release && isdigit((unsigned char)*value) &&
                   strchr(value, '.') && release_check(value, NULL) == 0) {
                boot_text_set(&e->release, value);
        } else if (streq(key, "linux")) {
                char *release = boot_release_of(value);
                if (release) {
                        free(e->release);
                        e->release = release;
                }
        } else if (streq(key, "initrd") && !e->initrd) {
                e->initrd = xstrndup(value, strcspn(value, " \t"));
        }
}

/* Does the loader start what KEY names? GRUB knows Linux alone. */
static bool starts(const char *key, bool grub)
{
        return streq(key, "linux") || (!grub && (streq(key, "efi") || streq(key, "uki")));
}

void bls_parse(const char *id, const char *text, size_t len, bool grub, struct boot_menu *out)
{
        bool started = false;
        _cleanup_free_ char *copy = xstrndup(text, len);
        struct boot_entry *e = boot_entry_add(out, -1);
        char *save = NULL;
        if (!e)
                return;
        boot_text_set(&e->id, id);
        for (char *l = strtok_r(copy, "\r\n", &save); l; l = strtok_r(NULL, "\r\n", &save)) {
                l += strspn(l, " \t");
                char *value = l + strcspn(l, " \t");
                if (*l == '#' || !*value)
                        continue;
                *value++ = '\0';
                value += strspn(value, " \t");
                take_line(e, l, value);
                started |= starts(l, grub);
        }
        if (!started)
                return boot_entry_drop(out);
        if (!*e->title)
                boot_text_set(&e->title, id);
}

/* --- the order of GRUB's blscfg --- */

/* A file's name cut as it cuts it: NAME-VERSION-RELEASE at the last two dashes, NAME-VERSION at one. */
struct parts {
        char *text, *part[3];
};

static void parts_cut(const char *id, struct parts *out)
{
        *out = (struct parts){ .text = xstrdup(id) };
        out->part[0] = out->text;
        out->part[1] = out->part[2] = out->text + strlen(out->text);
        for (int i = 2; i > 0; i--) {
                char *dash = strrchr(out->text, '-');
                if (!dash && i == 1) {
                        out->part[1] = out->part[2];
                        out->part[2] += strlen(out->part[2]);
                }
                if (!dash)
                        return;
                *dash = '\0';
                out->part[i] = dash + 1;
        }
}

/* The file's name decides, the highest first; what is in the file does not count. */
static int grub_order(const void *a, const void *b)
{
        const struct boot_entry *x = a, *y = b;
        struct parts p, q;
        int c = 0;
        parts_cut(x->id, &p);
        parts_cut(y->id, &q);
        for (int i = 0; i < 3 && c == 0; i++)
                c = release_compare(q.part[i], p.part[i]);
        free(p.text);
        free(q.text);
        return c ? c : strcmp(y->id, x->id);
}

/* --- the order of systemd-boot --- */

bool bls_tries_used_up(const char *id)
{
        const char *plus = strrchr(id, '+');
        size_t zeros = plus ? strspn(plus + 1, "0") : 0;
        return zeros > 0 && (!plus[1 + zeros] ||
                             (plus[1 + zeros] == '-' && plus[2 + zeros] &&
                              strspn(plus + 2 + zeros, "0123456789") == strlen(plus + 2 + zeros)));
}

/* Entries whose tries are used up come last, as does a rescue entry, whose release is that of the
 * kernel it was made from. */
static int last_class(const struct boot_entry *e)
{
        return bls_tries_used_up(e->id) ? 2 : strstr(e->id, "-0-rescue") != NULL;
}

static int systemd_order(const void *a, const void *b)
{
        const struct boot_entry *x = a, *y = b;
        int c = last_class(x) - last_class(y);
        if (c == 0)
                c = release_compare(y->release ? y->release : "", x->release ? x->release : "");
        return c ? c : strcmp(y->id, x->id);
}

void bls_sort(struct boot_menu *menu, bool grub)
{
        if (menu->n)
                qsort(menu->entries, menu->n, sizeof(*menu->entries),
                      grub ? grub_order : systemd_order);
}
