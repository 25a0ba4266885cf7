/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot Loader Specification entries as Red Hat's GRUB orders them: the rule of its blscfg, written down
 * here once more over librpm's own rpmvercmp(), beside the entry that we say boots next.
 *
 * The rule: a file's name without ".conf" is cut at its last two dashes into name, version and release,
 * from the front where it has fewer; the three are compared in turn, the highest first. An entry
 * without "linux" is no entry. saved_entry is an id or a title, else a number, else the first entry
 * starts. Two names that compare alike have no order there (the second is refused): none is generated. */
#include "../unit/scratch.h"

#include <ctype.h>
#include <rpm/rpmver.h>

#include "inputs.h"
#include "kernels/boot.h"

#define ENTRIES 6

static const char *const machines[] = { "104a5e0f", "cd33",  "ffffffffffffffffffffffffffffffff",
                                        "0000",     "2ab",   "m",
                                        "ostree",   "my-os", "10",
                                        "9" };
static const char *const versions[] = { "5.14.0",     "5.14.0~rc1", "6.1.0", "6.10.0", "6.9.11",
                                        "0-rescue",   "1",          "2",     "6.1.0+", "5.14",
                                        "4.18.0_305", "06.1.0",     "10",    "9" };
static const char *const releases[] = { "162.22.2.el9_1.x86_64",
                                        "284.30.1.el9_2.x86_64",
                                        "284.el9.x86_64",
                                        "300.fc43.x86_64",
                                        "300.fc43.x86_64+rt",
                                        "300.fc43.x86_64+64k-debug",
                                        "1",
                                        "10",
                                        "0a1b2c3d" };

struct entry {
        char id[160], title[32];
        char part[3][160];
        bool kernel;
};

struct menu {
        struct entry all[ENTRIES];
        unsigned n;
};

/* --- the rule --- */

static void cut(struct entry *e)
{
        char rest[160];
        char *dashes[2] = { NULL, NULL };
        unsigned n = 0, at = 0;
        snprintf(rest, sizeof(rest), "%s", e->id);
        for (; n < 2 && (dashes[n] = strrchr(rest, '-')); n++)
                *dashes[n] = '\0';
        snprintf(e->part[at++], sizeof(e->part[0]), "%s", rest);
        while (n > 0)
                snprintf(e->part[at++], sizeof(e->part[0]), "%s", dashes[--n] + 1);
        for (; at < 3; at++)
                e->part[at][0] = '\0';
}

static int order(const struct entry *a, const struct entry *b)
{
        int c = 0;
        for (unsigned i = 0; i < 3 && c == 0; i++)
                c = rpmvercmp(b->part[i], a->part[i]);
        return c;
}

/* In its place; false: it compares alike with one that is there. */
static bool insert(struct menu *m, const struct entry *e)
{
        unsigned at = 0;
        for (unsigned i = 0; i < m->n; i++)
                if (order(e, &m->all[i]) == 0)
                        return false;
        while (at < m->n && order(e, &m->all[at]) > 0)
                at++;
        memmove(&m->all[at + 1], &m->all[at], (m->n - at) * sizeof(*e));
        m->all[at] = *e;
        m->n++;
        return true;
}

static const char *theirs(const struct menu *m, const char *saved)
{
        const struct entry *shown[ENTRIES];
        unsigned n = 0;
        for (unsigned i = 0; i < m->n; i++)
                if (m->all[i].kernel)
                        shown[n++] = &m->all[i];
        for (unsigned i = 0; i < n; i++)
                if (strcmp(saved, shown[i]->id) == 0 || strcmp(saved, shown[i]->title) == 0)
                        return shown[i]->id;
        char *end;
        unsigned long number = strtoul(saved, &end, 10);
        if (isdigit((unsigned char)*saved) && !*end && number < n)
                return shown[number]->id;
        return n ? shown[0]->id : "?";
}

/* --- generating, and asking us --- */

static void make_entry(struct inputs *in, unsigned number, struct entry *e)
{
        const char *parts[] = { inputs_one_of(in, machines), inputs_one_of(in, versions),
                                inputs_one_of(in, releases) };
        unsigned from = inputs_below(in, 8) == 0 ? inputs_below(in, 3) : 0;
        struct inputs_text id = { .len = 0 };
        *e = (struct entry){ .kernel = inputs_below(in, 10) > 0 };
        for (unsigned i = from; i < 3; i++) {
                inputs_put(&id, i > from ? "-" : "");
                inputs_put(&id, parts[i]);
        }
        snprintf(e->id, sizeof(e->id), "%.159s", id.bytes);
        snprintf(e->title, sizeof(e->title), "Linux number %u", number);
        cut(e);
}

static void make_menu(struct inputs *in, struct menu *m)
{
        for (unsigned n = 1 + inputs_below(in, ENTRIES); n > 0; n--) {
                struct entry e;
                make_entry(in, n, &e);
                (void)insert(m, &e);
        }
}

static void make_saved(struct inputs *in, const struct menu *m, char *out, size_t size)
{
        static const char *const odd[] = { "", "0", "1", "3", "99", "nothing", "1x" };
        const struct entry *e = &m->all[inputs_below(in, m->n)];
        switch (inputs_below(in, 4)) {
        case 0:
                snprintf(out, size, "%s", e->id);
                return;
        case 1:
                snprintf(out, size, "%s", e->title);
                return;
        case 2:
                snprintf(out, size, "%s%s", e->id, inputs_below(in, 2) ? ".conf" : "-x");
                return;
        default:
                snprintf(out, size, "%s", inputs_one_of(in, odd));
        }
}

/* The files in another order than theirs; the text of all into SHOWN. */
static void write_root(const struct scratch *s, const struct menu *m, const char *saved,
                       struct inputs_text *shown)
{
        char path[256], text[512];
        scratch_write(s, "/boot/grub2/grub.cfg",
                      "load_env\nset default=\"${saved_entry}\"\nblscfg\n");
        snprintf(text, sizeof(text), "# GRUB Environment Block\nsaved_entry=%s\n####", saved);
        scratch_write(s, "/boot/grub2/grubenv", text);
        inputs_put(shown, text);
        for (unsigned i = m->n; i-- > 0;) {
                const struct entry *e = &m->all[i];
                snprintf(path, sizeof(path), "/boot/loader/entries/%s.conf", e->id);
                snprintf(text, sizeof(text), "title %s\nversion 1\n%s/vmlinuz-6.%u.0-1\n", e->title,
                         e->kernel ? "linux " : "efi ", i);
                scratch_write(s, path, text);
                inputs_put(shown, "\n");
                inputs_put(shown, path);
                inputs_put(shown, e->kernel ? "" : " (no linux)");
        }
}

static void the_entry_is_the_one_of_blscfg(void **state)
{
        (void)state;
        unsigned differ = 0, count = inputs_count();
        for (unsigned input = 0; input < count; input++) {
                struct inputs in = inputs_of(input);
                struct inputs_text shown = { .len = 0 };
                struct menu m = { .n = 0 };
                _cleanup_boot_ struct boot boot = { 0 };
                struct scratch s;
                char saved[200];
                make_menu(&in, &m);
                make_saved(&in, &m, saved, sizeof(saved));
                scratch_open(&s);
                write_root(&s, &m, saved, &shown);
                assert_int_equal(boot_read(&s.sys, &boot, NULL), 0);
                scratch_close(&s);
                const struct boot_entry *e = boot_default(&boot);
                const char *a = theirs(&m, saved), *b = e ? e->id : "?";
                if (strcmp(a, b) != 0) {
                        inputs_differ(input, "the entry", a, b, shown.bytes);
                        differ++;
                }
        }
        print_message("%u inputs, %u disagreements\n", count, differ);
        assert_int_equal(differ, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(the_entry_is_the_one_of_blscfg) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
