/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.xml and global.xml: the gate, the version, and files written to hurt the reader. */
#include "tests/unit/scratch.h"

#include <errno.h>

#include "connector/connector.h"
#include "connector/global.h"
#include "connector/policy.h"

#define POLICY "/opt/cisco/amp/etc/policy.xml"
#define GLOBAL "/opt/cisco/amp/etc/global.xml"
#define ENVELOPE(config)                                                                           \
        "<?xml version=\"1.0\"?>\n<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">"        \
        "<Object>" config "</Object></Signature>\n"
#define BOTH (OPTION_FILE_MONITOR | OPTION_NETWORK_MONITOR)

static int gate_of(const char *text, struct connector_gate *gate, char **why)
{
        struct scratch s;
        int r;

        scratch_open(&s);
        if (text)
                scratch_write(&s, POLICY, text);
        r = connector_gate(&s.sys, gate, why);
        scratch_close(&s);
        return r;
}

static void test_gate(void **state)
{
        static const struct {
                const char *text;
                unsigned on;
                bool file;
        } rows[] = {
                { NULL, BOTH, false },
                { ENVELOPE("<config><agent><driver><protmode><file>1</file></protmode></driver>"
                           "<nfm><enable>0</enable></nfm></agent></config>"),
                  OPTION_FILE_MONITOR, true },
                { ENVELOPE("<config><agent><driver><protmode><file> 0\n</file></protmode></driver>"
                           "<nfm><enable>7</enable></nfm></agent></config>"),
                  OPTION_NETWORK_MONITOR, true },
                { ENVELOPE("<config><agent/></config>"), BOTH, true },
                { ENVELOPE("<config><agent><nfm><enable/></nfm></agent></config>"), BOTH, true },
                { ENVELOPE("<config><agent><nfm><enable>1</enable><enable>0</enable></nfm></agent>"
                           "</config>"),
                  BOTH, true }, /* twice: what is on counts */
                { "<config><agent><nfm><enable>0</enable></nfm></agent></config>",
                  OPTION_FILE_MONITOR, true }, /* no namespace */
                { "<p:Signature xmlns:p=\"urn:x\"><p:Object><p:config><p:agent><p:nfm>"
                  "<p:enable>0</p:enable></p:nfm></p:agent></p:config></p:Object></p:Signature>",
                  OPTION_FILE_MONITOR, true },
                { "<config><nfm><enable>0</enable></nfm></config>", BOTH, true }, /* elsewhere */
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct connector_gate gate = { 0 };

                assert_int_equal(gate_of(rows[i].text, &gate, NULL), 0);
                assert_int_equal(gate.on, rows[i].on);
                assert_int_equal(gate.policy_file, rows[i].file);
        }
}

static void test_broken(void **state)
{
        static const struct {
                const char *text, *says;
        } rows[] = {
                { "", "policy.xml:1: " },
                { "<config>\n<agent>\n</config>", "policy.xml:3: mismatched tag" },
                { "not xml", "policy.xml:1: " },
                { "<other/>", "no element config" },
                { "<other><config/></other>", "no element config" },
                { "<?xml version='1.0' encoding='klingon'?><config/>", "encoding" },
                { "<!DOCTYPE l [\n<!ENTITY a 'aaaa'>\n<!ENTITY b '&a;&a;&a;&a;'>]>\n"
                  "<config>&b;</config>",
                  "policy.xml:2: it declares an entity" },
                { "<!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/shadow'>]><config>&x;</config>",
                  "it declares an entity" },
                { "<!DOCTYPE l [<!ENTITY % x SYSTEM 'file:///etc/shadow'> %x;]><config/>",
                  "it declares an entity" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct connector_gate gate = { .on = 99 };
                char *why = NULL;

                assert_int_equal(gate_of(rows[i].text, &gate, &why), -EBADMSG);
                assert_non_null(strstr(why, rows[i].says));
                assert_null(strchr(why, '\n'));
                assert_int_equal(gate.on, 99);
                free(why);
        }
}

static void test_external_subset_not_read(void **state)
{
        struct connector_gate gate;

        (void)state;
        assert_int_equal(
                gate_of("<!DOCTYPE config SYSTEM \"file:///dev/zero\"><config/>", &gate, NULL), 0);
}

static void test_deep_and_long(void **state)
{
        enum { N = 1 << 20 };
        char *text = xcalloc(N * 3 + 64, 1), *why = NULL;
        struct connector_gate gate;

        (void)state;
        for (int i = 0; i < N; i++)
                memcpy(text + i * 3, "<a>", 3);
        assert_int_equal(gate_of(text, &gate, &why), -EBADMSG);
        assert_non_null(strstr(why, "nested too deeply"));
        free(why);
        why = NULL;
        strcpy(text, "<config><agent><nfm><enable>");
        memset(text + strlen(text), 'x', N);
        assert_int_equal(gate_of(text, &gate, &why), -EBADMSG);
        assert_non_null(strstr(why, "too long"));
        free(why);
        why = NULL;
        strcpy(text, "<");
        memset(text + 1, 'x', 3000);
        strcpy(text + 3001, "/>");
        assert_int_equal(gate_of(text, &gate, &why), -EBADMSG);
        assert_non_null(strstr(why, "nested too deeply"));
        free(why);
        free(text);
}

static void test_encodings(void **state)
{
        static const char utf16[] = "\xff\xfe<\0?\0x\0m\0l\0 \0v\0e\0r\0s\0i\0o\0n\0=\0'\0001\0.\0"
                                    "0\0'\0?\0>\0<\0c\0o\0n\0f\0i\0g\0/\0>";
        struct policy policy = { 0 };

        (void)state;
        assert_int_equal(policy_parse("p", utf16, sizeof(utf16), &policy, NULL), 0);
        assert_int_equal(policy.on, BOTH);
        policy_free(&policy);
}

static void test_not_a_file(void **state)
{
        struct connector_gate gate;
        struct scratch s;
        char *why = NULL;

        (void)state;
        scratch_open(&s);
        scratch_parents(&s, POLICY "/x");
        assert_int_equal(connector_gate(&s.sys, &gate, &why), -EINVAL);
        assert_non_null(strstr(why, "not a regular file"));
        free(why);
        why = NULL;
        rmdir(scratch_path(&s, POLICY));
        assert_int_equal(mkfifo(scratch_path(&s, POLICY), 0600), 0);
        assert_int_equal(connector_gate(&s.sys, &gate, NULL), -EINVAL);
        unlink(scratch_path(&s, POLICY));
        assert_int_equal(symlink("/dev/zero", scratch_path(&s, POLICY)), 0);
        assert_int_equal(connector_gate(&s.sys, &gate, &why), -ELOOP);
        assert_non_null(strstr(why, "symlink"));
        free(why);
        why = NULL;
        unlink(scratch_path(&s, POLICY));
        scratch_write(&s, POLICY, "<config>");
        assert_int_equal(truncate(scratch_path(&s, POLICY), 100L << 20), 0);
        assert_int_equal(connector_gate(&s.sys, &gate, &why), -EFBIG);
        assert_non_null(strstr(why, "longer than 16 MiB"));
        free(why);
        scratch_close(&s);
}

static void test_exclusions(void **state)
{
        static const char text[] =
                ENVELOPE("<config><agent><exclusions><process>"
                         "<item>1|0||/usr/bin/cc1|1</item><item>1|0||/opt/b/*|0</item>"
                         "<item>1|0|</item><item>1|0||</item><item></item><item>|||</item>"
                         "</process></exclusions></agent><janus><policy><name>Audit &amp; co</name>"
                         "<serial_number>12</serial_number></policy></janus></config>");
        struct policy policy = { 0 };

        (void)state;
        assert_int_equal(policy_parse("p", text, strlen(text), &policy, NULL), 0);
        assert_int_equal(strv_length(policy.exclusions), 2);
        assert_true(policy_excludes(&policy, "/usr/bin/cc1"));
        assert_true(policy_excludes(&policy, "/opt/b/make"));
        assert_false(policy_excludes(&policy, "/usr/bin/make"));
        assert_string_equal(policy.name, "Audit & co");
        assert_string_equal(policy.serial, "12");
        policy_free(&policy);
        assert_false(policy_excludes(&policy, "/usr/bin/cc1"));
}

static void test_version(void **state)
{
        static const struct {
                const char *text, *version;
        } rows[] = {
                { "<config><agent><version>1.24.0.1001</version></agent></config>", "1.24.0.1001" },
                { "<config xmlns='urn:y'><version> 1.25.\n</version></config>", "1.25" },
                { "<config><version>3</version></config>", NULL },
                { "<config><version>latest</version></config>", NULL },
                { "<config><version>2.0</version><agent><version>1.9-rc</version></agent></config>",
                  "1.9" },
                { "<config/>", NULL },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char *version = NULL;

                assert_int_equal(
                        global_parse("g", rows[i].text, strlen(rows[i].text), &version, NULL), 0);
                if (rows[i].version)
                        assert_string_equal(version, rows[i].version);
                else
                        assert_null(version);
                free(version);
        }
}

static void test_version_file(void **state)
{
        struct scratch s;
        char *version = (char *)"?", *why = NULL;

        (void)state;
        scratch_open(&s);
        assert_int_equal(connector_version(&s.sys, &version, &why), 0);
        assert_null(version);
        scratch_write(&s, GLOBAL, "<config>\n<version>1.25.0</version>");
        assert_int_equal(connector_version(&s.sys, &version, &why), -EBADMSG);
        assert_non_null(strstr(why, "global.xml:2: "));
        free(why);
        scratch_close(&s);
}

static void test_installed_and_trusted(void **state)
{
        NEEDS_ROOT();
        struct scratch s;
        char *why = NULL;

        (void)state;
        scratch_open(&s);
        assert_int_equal(connector_installed(&s.sys, NULL), 0);
        scratch_write(&s, "/opt/cisco/amp/bin/ampdaemon", "");
        assert_int_equal(connector_installed(&s.sys, NULL), 1);
        assert_int_equal(connector_trusted(&s.sys, "/opt/cisco/amp/bin/ampdaemon", NULL), 0);
        assert_int_equal(connector_trusted(&s.sys, "/opt/cisco/amp/bin/none", NULL), -ENOENT);
        chmod(scratch_path(&s, "/opt/cisco/amp"), 0775);
        assert_int_equal(connector_trusted(&s.sys, "/opt/cisco/amp/bin/ampdaemon", &why), -EPERM);
        assert_string_equal(why, "/opt/cisco/amp is writable by others than root (mode 0775)");
        free(why);
        why = NULL;
        chmod(scratch_path(&s, "/opt/cisco/amp"), 0755);
        assert_int_equal(chown(scratch_path(&s, "/opt/cisco/amp/bin"), 65534, 0), 0);
        assert_int_equal(connector_trusted(&s.sys, "/opt/cisco/amp/bin/ampdaemon", &why), -EPERM);
        assert_non_null(strstr(why, "/opt/cisco/amp/bin belongs to uid 65534"));
        free(why);
        why = NULL;
        rename(scratch_path(&s, "/opt/cisco/amp"), scratch_path(&s, "/opt/cisco/other"));
        assert_int_equal(symlink("other", scratch_path(&s, "/opt/cisco/amp")), 0);
        assert_int_equal(connector_installed(&s.sys, &why), -ELOOP);
        free(why);
        why = NULL;
        assert_int_equal(connector_trusted(&s.sys, "/opt/cisco/amp/bin/ampdaemon", &why), -EPERM);
        assert_string_equal(why, "/opt/cisco/amp is a symlink");
        free(why);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_gate),
                cmocka_unit_test(test_broken),
                cmocka_unit_test(test_external_subset_not_read),
                cmocka_unit_test(test_deep_and_long),
                cmocka_unit_test(test_encodings),
                cmocka_unit_test(test_not_a_file),
                cmocka_unit_test(test_exclusions),
                cmocka_unit_test(test_version),
                cmocka_unit_test(test_version_file),
                cmocka_unit_test(test_installed_and_trusted),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
