/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a root, and its module store read without libsemanage. */
#include "tests/unit/selinux_policy.h"

#include <bzlib.h>
#include <errno.h>

#include "selinux/secep_selinux.h"
#include "selinux/store.h"

#define STORE "/var/lib/selinux/t"
#define MODULES STORE "/active/modules"

static void test_state(void **state)
{
        (void)state;
        static const struct {
                const char *config;
                enum selinux_mode mode;
                const char *type;
        } rows[] = {
                { "SELINUX=enforcing\nSELINUXTYPE=t\n", SELINUX_ENFORCING, "t" },
                { "# SELINUX=disabled\nSELINUX=Enforcing  \nSELINUXTYPE=t \t\n", SELINUX_ENFORCING,
                  "t" },
                { "SELINUX=permissive\nSELINUXTYPE=t\n", SELINUX_PERMISSIVE, "t" },
                { "SELINUX=disabled\nSELINUXTYPE=t\n", SELINUX_DISABLED, "t" },
                { "SELINUX=enforcing\nSELINUXTYPE=other\n", SELINUX_ABSENT, "other" },
                { "SELINUX=enforcing\nSELINUXTYPE=../../t\n", SELINUX_ABSENT, "targeted" },
                { "SELINUX=enforcing", SELINUX_ABSENT, "targeted" },
        };
        struct scratch s;
        scratch_open(&s);
        scratch_write(&s, "/etc/selinux/t/policy/policy.9", "");
        scratch_write(&s, "/etc/selinux/t/policy/policy.31", "");
        scratch_write(&s, "/etc/selinux/t/policy/policy.33.rpmnew", "");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_selinux_state_ struct selinux_state st = { 0 };
                scratch_write(&s, "/etc/selinux/config", rows[i].config);
                assert_int_equal(selinux_state_read(&s.sys, &st, NULL), 0);
                assert_int_equal(st.mode, rows[i].mode);
                assert_string_equal(st.type, rows[i].type);
                assert_int_equal(st.version, streq(st.type, "t") ? 31 : 0);
        }
        scratch_close(&s);
}

static void add_module(const struct scratch *s, const char *where, const char *lang,
                       const void *text, size_t len)
{
        char path[512];
        snprintf(path, sizeof(path), MODULES "/%s/lang_ext", where);
        scratch_write(s, path, lang);
        snprintf(path, sizeof(path), MODULES "/%s/%s", where, streq(lang, "cil") ? "cil" : "hll");
        scratch_bytes(s, path, text, len);
}

static int is_ours(const struct scratch *s, unsigned priority)
{
        _cleanup_selinux_store_ struct selinux_store store = { 0 };
        assert_int_equal(selinux_store_read(&s->sys, "t", &store, NULL), 0);
        return selinux_store_is_ours(&s->sys, &store, SELINUX_MODULE, priority, NULL);
}

static void test_ours(void **state)
{
        (void)state;
        struct scratch s;
        size_t len;
        const char *text = selinux_module_text(&len);
        char packed[4096];
        unsigned packed_len = sizeof(packed);
        assert_int_equal(BZ2_bzBuffToBuffCompress(packed, &packed_len, (char *)(uintptr_t)text,
                                                  (unsigned)len, 9, 0, 0),
                         BZ_OK);
        scratch_open(&s);
        add_module(&s, "100/base", "pp", "x", 1);
        assert_int_equal(is_ours(&s, 200), 0);
        add_module(&s, "200/" SELINUX_MODULE, "cil", text, len);
        assert_int_equal(is_ours(&s, 200), 1);
        assert_int_equal(is_ours(&s, 100), 0);
        add_module(&s, "200/" SELINUX_MODULE, "cil", packed, packed_len);
        assert_int_equal(is_ours(&s, 200), 1);
        add_module(&s, "200/" SELINUX_MODULE, "cil", packed, packed_len / 2);
        assert_int_equal(is_ours(&s, 200), 0);
        add_module(&s, "200/" SELINUX_MODULE, "cil", text, len - 1);
        assert_int_equal(is_ours(&s, 200), 0);
        add_module(&s, "200/" SELINUX_MODULE, "pp", text, len);
        assert_int_equal(is_ours(&s, 200), 0);
        scratch_close(&s);
}

static void test_priorities(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_selinux_store_ struct selinux_store store = { 0 };
        scratch_open(&s);
        add_module(&s, "100/" SELINUX_MODULE, "cil", "a", 1);
        add_module(&s, "400/" SELINUX_MODULE, "cil", "b", 1);
        add_module(&s, "300/other", "cil", "c", 1);
        scratch_write(&s, MODULES "/disabled/other", "");
        assert_int_equal(selinux_store_read(&s.sys, "t", &store, NULL), 0);
        assert_int_equal(store.n_modules, 3);
        assert_int_equal(selinux_store_priority(&store, SELINUX_MODULE), 400);
        assert_true(selinux_store_has(&store, SELINUX_MODULE, 100));
        assert_false(selinux_store_has(&store, SELINUX_MODULE, 200));
        assert_true(selinux_store_is_disabled(&s.sys, &store, "other"));
        assert_false(selinux_store_is_disabled(&s.sys, &store, SELINUX_MODULE));
        scratch_close(&s);
}

/* A bomb of packed zeros is refused, not unpacked. */
static void test_unpack_bomb(void **state)
{
        (void)state;
        size_t size = STORE_FILE_MAX * 3;
        char *zeros = xcalloc(size, 1), *packed = xcalloc(1 << 20, 1), *out;
        unsigned packed_len = 1 << 20;
        size_t len;
        assert_int_equal(
                BZ2_bzBuffToBuffCompress(packed, &packed_len, zeros, (unsigned)size, 9, 0, 0),
                BZ_OK);
        assert_int_equal(store_unpack(packed, packed_len, &out, &len), -EFBIG);
        free(packed);
        free(zeros);
}

static void rename_part(const struct scratch *s, const char *from, const char *to)
{
        assert_int_equal(rename(scratch_path(s, from), scratch_path(s, to)), 0);
}

/* libsemanage would run these on our machine. */
static void test_programs_of_another_root(void **state)
{
        static const struct {
                const char *conf;
                bool harmless;
        } rows[] = {
                { "module-store = direct\n# [verify kernel]\nignoredirs=/root;/x\n", true },
                { "[sefcontext_compile]\npath = /usr/sbin/sefcontext_compile\nargs = -r $@\n[end]\n"
                  "usepasswd=False\n",
                  true },
                { "compiler-directory = /usr/libexec/selinux/hll", true },
                { "compiler-directory = /tmp", false },
                { " compiler-directory\t=/tmp", false },
                { "[verify kernel]\npath = /bin/touch\nargs = /tmp/x\n[end]\n", false },
                { "[setfiles]\npath = /tmp/evil\n[end]\n", false },
                { "[setfiles] path = /tmp/evil\n[end]\n", false },
                { "[sefcontext_compile]\npath = /usr/sbin/sefcontext_compile\n"
                  "args = -o /etc/cron.d/x $@\n[end]\n",
                  false },
        };
        struct scratch s;
        struct selinux_change change = { .op = SELINUX_BUILD, .type = "t" };
        (void)state;
        scratch_open(&s);
        assert_int_equal(semanage_conf_harmless(&s.sys, NULL), 0);
        scratch_write(&s, "/var/lib/selinux/t/active/modules/100/base/lang_ext", "cil");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                scratch_write(&s, SEMANAGE_CONF, rows[i].conf);
                assert_int_equal(semanage_conf_harmless(&s.sys, NULL),
                                 rows[i].harmless ? 0 : -EPERM);
                if (!rows[i].harmless)
                        assert_int_equal(selinux_change(&s.sys, &change, NULL, NULL), -EPERM);
        }
        scratch_bytes(&s, SEMANAGE_CONF, "a=b\0\n[setfiles]\n", 16);
        assert_int_equal(semanage_conf_harmless(&s.sys, NULL), -EPERM);
        scratch_close(&s);
}

static void test_heal(void **state)
{
        (void)state;
        struct scratch s;
        scratch_open(&s);
        char *why = NULL;
        assert_int_equal(selinux_heal(&s.sys, "t", NULL), 0); /* no store: nothing to heal */
        add_module(&s, "100/base", "cil", "x", 1);
        scratch_write(&s, STORE "/active/policy.kern", "new");
        scratch_write(&s, STORE "/active/commit_num", "1");
        assert_int_equal(selinux_heal(&s.sys, "t", NULL), 0);

        rename_part(&s, STORE "/active", STORE "/tmp");
        assert_int_equal(selinux_heal(&s.sys, "t", NULL), 0);
        assert_true(sys_exists(&s.sys, STORE "/active/policy.kern"));
        assert_false(sys_exists(&s.sys, STORE "/tmp"));

        rename_part(&s, STORE "/active", STORE "/previous");
        scratch_write(&s, STORE "/tmp/modules/100/base/cil", "x"); /* no policy.kern: half gone */
        assert_int_equal(selinux_heal(&s.sys, "t", NULL), 0);
        assert_true(sys_exists(&s.sys, STORE "/active/policy.kern"));
        assert_true(sys_exists(&s.sys, STORE "/tmp"));

        rename_part(&s, STORE "/active/modules", STORE "/gone");
        rename_part(&s, STORE "/active", STORE "/previous");
        assert_int_equal(selinux_heal(&s.sys, "t", &why), -ENOENT);
        assert_non_null(why);
        free(why);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_state),      cmocka_unit_test(test_ours),
                cmocka_unit_test(test_priorities), cmocka_unit_test(test_unpack_bomb),
                cmocka_unit_test(test_heal),       cmocka_unit_test(test_programs_of_another_root),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
