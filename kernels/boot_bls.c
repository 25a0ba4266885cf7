/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot Loader Specification entries: lines of KEY VALUE. */
#include "kernels/boot_text.h"
#include "kernels/release.h"
#include "lib/util.h"

/* "version" is the release itself; where it is none, the image's name has it. */
static void take_line(struct boot_entry *e, const char *key, const char *value)
{
        if (streq(key, "title")) {
                boot_text_set(&e->title, value);
        } else if (streq(key, "version") && release_check(value, NULL) == 0) {
                boot_text_set(&e->release, value);
        } else if (streq(key, "linux") && !e->release) {
                e->release = boot_release_of(value);
        } else if (streq(key, "initrd") && !e->initrd) {
                e->initrd = xstrndup(value, strcspn(value, " \t"));
        }
}

void bls_parse(const char *id, const char *text, size_t len, struct boot_menu *out)
{
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
        }
        if (!*e->title)
                boot_text_set(&e->title, id);
}

/* A rescue entry's release is that of the kernel it was made from, and it comes last. */
static int order(const void *a, const void *b)
{
        const struct boot_entry *x = a, *y = b;
        bool rescue_x = strstr(x->id, "-0-rescue") != NULL;
        bool rescue_y = strstr(y->id, "-0-rescue") != NULL;
        if (rescue_x != rescue_y)
                return rescue_x ? 1 : -1;
        int c = release_compare(y->release ? y->release : "", x->release ? x->release : "");
        return c ? c : strcmp(y->id, x->id);
}

void bls_sort(struct boot_menu *menu)
{
        if (menu->n)
                qsort(menu->entries, menu->n, sizeof(*menu->entries), order);
}
