/* SPDX-License-Identifier: GPL-2.0-or-later */
/* login.defs: the ids and the group that the shadow tools' own useradd and groupadd give in a root,
 * beside what we read out of the same file. Each input costs a run of a tool. */
#include "../unit/scratch.h"

#include <errno.h>

#include "accounts/accounts.h"
#include "inputs.h"
#include "lib/run.h"

static const char *const keys[] = { "SYS_UID_MIN", "SYS_UID_MAX", "UID_MIN",         "SYS_GID_MIN",
                                    "SYS_GID_MAX", "GID_MIN",     "USERGROUPS_ENAB", "#UID_MIN",
                                    "uid_min",     "SYS_UID_MAXX" };
/* No id above 32 bits: the tools (4.13) cut those, and give 1215752190 for 99999999999. */
static const char *const numbers[] = { "500",     "300",     "1000", "0x1f4", "0500",
                                       "\"400\"", "450 # x", "four", "",      "600 ",
                                       "\t700",   "200\"x",  "700" };
static const char *const words[] = { "yes", "no", "YES", "\"yes\"", "yes # x", "on", "", "y" };
static const char *const blanks[] = { " ", "\t", "  \t ", "=", "" };
static const char *const ends[] = { "\n", "\n", "\r\n", " \n", "\n\n", "" };

static bool returns_are_text(void);

static void generate(struct inputs *in, struct inputs_text *t)
{
        for (unsigned n = inputs_below(in, 6); n > 0; n--) {
                const char *key = inputs_one_of(in, keys);
                inputs_put(t, inputs_below(in, 5) ? "" : " \t");
                inputs_put(t, key);
                inputs_put(t, inputs_below(in, 4) ? " " : inputs_one_of(in, blanks));
                inputs_put(t, strstr(key, "ENAB")   ? inputs_one_of(in, words)
                              : inputs_below(in, 3) ? "500"
                                                    : inputs_one_of(in, numbers));
                const char *end = inputs_one_of(in, ends);
                bool left_out = *end == '\r' && (returns_are_text() || strstr(key, "ENAB"));
                inputs_put(t, left_out ? "\n" : end);
        }
}

static void fill(struct scratch *s, const char *login_defs)
{
        scratch_open(s);
        scratch_write(s, "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
        scratch_write(s, "/etc/group", "root:x:0:\n");
        scratch_write(s, "/etc/shadow", "root:*:1::::::\n");
        scratch_write(s, "/etc/gshadow", "root:*::\n");
        scratch_write(s, "/etc/login.defs", login_defs);
}

static int tool(const struct scratch *s, const char *const *call)
{
        const char *argv[8] = { call[0], "--root", s->dir };
        for (size_t i = 1; call[i]; i++)
                argv[i + 2] = call[i];
        struct run run = { RUN_DEFAULT, .argv = argv, .timeout_ms = 20000 };
        return run_checked(&run, NULL, NULL);
}

/* shadow 4.17 takes a carriage return for a part of the value: it is left out of numbers there; we trust
 * neither reading (login_defs_differs()). */
static bool returns_are_text(void)
{
        static const char *const group[] = { "groupadd", "-r", "g", NULL };
        static int known = -1;

        if (known < 0) {
                _cleanup_account_ struct account g = { .user = false };
                struct scratch s;

                fill(&s, "SYS_GID_MAX 700\r\n");
                known = tool(&s, group) == 0 && account_read(&s.sys, "g", &g, NULL) == 0 &&
                        g.gid != 700;
                scratch_close(&s);
        }
        return known;
}

/* "uid gid has-own-group" as the tools left them. "-": refused. */
static void theirs(struct scratch *s, char out[64])
{
        static const char *const user[] = { "useradd", "-r", "-M", "u", NULL };
        static const char *const group[] = { "groupadd", "-r", "g", NULL };
        _cleanup_account_ struct account u = { .user = false }, g = { .user = false };
        bool made_g = tool(s, group) == 0;
        assert_int_equal(account_read(&s->sys, "g", &g, NULL), 0);
        /* The user's group is to be the first again: a range may have room for one. */
        scratch_write(s, "/etc/group", "root:x:0:\n");
        scratch_write(s, "/etc/gshadow", "root:*::\n");
        bool made_u = tool(s, user) == 0;
        assert_int_equal(account_read(&s->sys, "u", &u, NULL), 0);
        char uid[16] = "-", gid[16] = "-";
        if (made_u)
                snprintf(uid, sizeof(uid), "%u", u.uid);
        if (made_g)
                snprintf(gid, sizeof(gid), "%u", g.gid);
        snprintf(out, 64, "%s %s %s", uid, gid, made_u ? (u.group ? "own" : "shared") : "-");
}

static bool highest(const struct scratch *s, enum account_database database, unsigned *out,
                    bool *disputed)
{
        unsigned min = 0;
        const char *key = NULL;
        assert_int_equal(account_system_range(&s->sys, database, &min, out, &key, NULL), 0);
        *disputed |= key != NULL;
        return min <= *out;
}

/* The same from our reading: the highest id of an empty range of the system is taken first. False: two releases
 * of the tools take two ids (login_defs_differs()), and ours is for both of them. */
static bool ours(const struct scratch *s, char out[64])
{
        _cleanup_free_ char *value = NULL;
        unsigned uid = 0, gid = 0;
        char u[16] = "-", g[16] = "-";
        int own = login_defs_usergroups(&s->sys, &value, NULL);
        bool disputed = false, user = highest(s, ACCOUNT_USERS, &uid, &disputed),
             group = highest(s, ACCOUNT_GROUPS, &gid, &disputed);
        if (group)
                snprintf(g, sizeof(g), "%u", gid);
        if (user && (group || own == 0))
                snprintf(u, sizeof(u), "%u", uid);
        snprintf(out, 64, "%s %s %s", u, g, *u != '-' ? (own ? "own" : "shared") : "-");
        return !disputed;
}

static bool tools_run(void)
{
        struct scratch s;
        static const char *const group[] = { "groupadd", "-r", "g", NULL };
        fill(&s, "");
        bool well = geteuid() == 0 && tool(&s, group) == 0;
        scratch_close(&s);
        return well;
}

static void login_defs_is_read_as_shadow_does(void **state)
{
        (void)state;
        unsigned differ = 0, count = inputs_count();
        if (!tools_run()) {
                print_message("skipped: groupadd --root does not run here (root is needed)\n");
                skip();
        }
        for (unsigned input = 0; input < count; input++) {
                struct inputs in = inputs_of(input);
                struct inputs_text text = { .len = 0 };
                struct scratch s;
                char a[64], b[64];
                generate(&in, &text);
                fill(&s, text.bytes);
                bool told = ours(&s, b);
                theirs(&s, a);
                scratch_close(&s);
                if (told && strcmp(a, b) != 0) {
                        inputs_differ(input, "uid, gid, group", a, b, text.bytes);
                        differ++;
                }
        }
        print_message("%u inputs, %u disagreements\n", count, differ);
        assert_int_equal(differ, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(login_defs_is_read_as_shadow_does) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
