/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others wrote: ampcli status, logs, package verification. */
#include "tests/unit/scratch.h"

#include <errno.h>

#include "connector/ampcli.h"
#include "connector/connector.h"
#include "host/logs.h"
#include "packages/verify.h"

static const char overloaded[] =
        "[logger] Set minimum reported log level to notice\n"
        "Status: Connected\nMode: Degraded\nScan: Ready for scan\n"
        "Last Scan: 2023-06-19 02:02:03 PM\nPolicy: Audit Policy for FireAMP Linux (#1)\n"
        "Command-line: Enabled\nOrbital: Disabled\nBehavioural Protection: Protect\n"
        "Faults: 1 Major\nFault IDs: 18\n"
        "ID 18 - Major: Connector event monitoring is overloaded. Investigate the most active\n";

static void test_ampcli_parse(void **state)
{
        static const struct {
                const char *text;
                int ids[4];
                bool degraded;
        } rows[] = {
                { overloaded, { 18 }, true },
                { "Status: Connected\nMode: Normal\n", { 0 }, false },
                { "Status: Connected\r\nFault IDs: 6, 7 and 18\r\n", { 6, 7, 18 }, false },
                { "ID 5 - Minor: x\nID 7 - Critical: y\nStatus: z\n", { 5, 7 }, false },
                { "Fault IDs:\n", { 0 }, false },
                { "Fault IDs: None\nMode: degraded", { 0 }, true },
                { "Fault IDs: 7,7,7,-7,0,99999999999999999999\n", { 7 }, false },
                { "ID - : \nID 7\nID 7 Major\nStatus:\n", { 0 }, false },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct ampcli_status s = { 0 };
                size_t n = 0;

                assert_int_equal(ampcli_parse(rows[i].text, strlen(rows[i].text), &s, NULL), 0);
                while (n < 4 && rows[i].ids[n])
                        assert_non_null(ampcli_fault(&s, rows[i].ids[n++]));
                assert_int_equal(s.n_faults, n);
                assert_int_equal(ampcli_degraded(&s), rows[i].degraded);
                ampcli_free(&s);
        }
}

static void test_ampcli_words(void **state)
{
        struct ampcli_status s = { 0 };

        (void)state;
        assert_int_equal(ampcli_parse(overloaded, strlen(overloaded), &s, NULL), 0);
        assert_string_equal(s.status, "Connected");
        assert_string_equal(s.scan, "Ready for scan");
        assert_string_equal(ampcli_fault(&s, 18)->severity, "Major");
        assert_true(startswith(ampcli_fault(&s, 18)->text, "Connector event monitoring"));
        ampcli_free(&s);
}

static void test_ampcli_malformed(void **state)
{
        struct ampcli_status s = { 0 };
        size_t len = (size_t)10 << 20;
        char *text = xcalloc(len, 1), *why = NULL;

        (void)state;
        assert_int_equal(ampcli_parse("", 0, &s, &why), -EBADMSG);
        assert_non_null(why);
        free(why);
        assert_int_equal(ampcli_parse(text, len, &s, NULL), -EBADMSG); /* NULs */
        memset(text, 'A', len);
        assert_int_equal(ampcli_parse(text, len, &s, NULL), -EBADMSG);
        for (size_t i = 0; i + 8 < len; i += 8)
                memcpy(text + i, "ID 1234\n", 8);
        memcpy(text, "Status:\n", 8);
        assert_int_equal(ampcli_parse(text, len, &s, NULL), 0);
        assert_int_equal(s.n_faults, 0);
        ampcli_free(&s);
        free(text);
}

static void test_ampcli_absent(void **state)
{
        struct scratch s;
        struct ampcli_status status;
        char *why = NULL;
        int left[1];
        size_t n_left;

        (void)state;
        scratch_open(&s);
        assert_int_equal(ampcli_ask(&s.sys, &status, &why), -EOPNOTSUPP);
        assert_int_equal(connector_says(&s.sys, (int[]){ 5 }, 1, left, &n_left, NULL), -EOPNOTSUPP);
        free(why);
        scratch_close(&s);
}

struct lines {
        size_t n, longest;
        char first[64], last[64];
};

static void count_line(void *data, const char *line)
{
        struct lines *l = data;
        size_t n = strlen(line);

        if (l->n++ == 0)
                snprintf(l->first, sizeof(l->first), "%.60s", line);
        snprintf(l->last, sizeof(l->last), "%.60s", line);
        l->longest = n > l->longest ? n : l->longest;
        assert_null(strchr(line, '\n'));
}

static void test_log_tail(void **state)
{
        struct scratch s;
        size_t len = (size_t)1 << 20;
        char *text = xcalloc(len, 1);
        struct lines l = { 0 };

        (void)state;
        scratch_open(&s);
        assert_int_equal(log_tail(&s.sys, "/var/log/x", count_line, &l), -ENOENT);
        scratch_write(&s, "/var/log/a", "one\r\n\ntwo\x01\nthree");
        assert_int_equal(log_tail(&s.sys, "/var/log/a", count_line, &l), 0);
        assert_int_equal(l.n, 3);
        assert_string_equal(l.first, "one");
        assert_string_equal(l.last, "three");
        memset(text, 'x', len); /* one line of 1 MiB, no newline */
        scratch_bytes(&s, "/var/log/b", text, len);
        l = (struct lines){ 0 };
        assert_int_equal(log_tail(&s.sys, "/var/log/b", count_line, &l), 0);
        assert_int_equal(l.n, 1);
        assert_int_equal(l.longest, LOG_LINE_MAX);
        memset(text, 0, len);
        memcpy(text + len - 10, "\nlast line", 10);
        scratch_bytes(&s, "/var/log/c", text, len);
        l = (struct lines){ 0 };
        assert_int_equal(log_tail(&s.sys, "/var/log/c", count_line, &l), 0);
        assert_string_equal(l.last, "last line");
        assert_int_equal(mkfifo(scratch_path(&s, "/var/log/d"), 0600), 0);
        assert_int_equal(log_tail(&s.sys, "/var/log/d", count_line, &l), -EINVAL);
        assert_int_equal(symlink("a", scratch_path(&s, "/var/log/e")), 0);
        assert_int_equal(log_tail(&s.sys, "/var/log/e", count_line, &l), -ELOOP);
        free(text);
        scratch_close(&s);
}

static void test_verify_output(void **state)
{
        static const struct {
                const char *text, *file;
        } rows[] = {
                { "", NULL },
                { "??5?????? c /etc/x\n", NULL },
                { "??5??????   /opt/cisco/amp/bin/ampdaemon\n", "/opt/cisco/amp/bin/ampdaemon" },
                { ".M.......    /opt/cisco/amp/bin\nS.5....T.    /opt/a b\n", "/opt/a b" },
                { "missing     /opt/x", "/opt/x" },
                { "missing   c /opt/x", NULL },
                { "5 /x\nerror: / nothing\n", NULL },
                { "missing     /usr/share/doc/a\nmissing   d /usr/share/man/man1/a.1.gz\n", NULL },
                { "missing     /usr/share/locale/pt/LC_MESSAGES/a.mo\nmissing     /usr/src/a\n",
                  "/usr/src/a" },
                { "missing     /usr/share/documents\n", "/usr/share/documents" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *file = verify_parse(rows[i].text);

                if (rows[i].file)
                        assert_string_equal(file, rows[i].file);
                else
                        assert_null(file);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ampcli_parse),     cmocka_unit_test(test_ampcli_words),
                cmocka_unit_test(test_ampcli_malformed), cmocka_unit_test(test_ampcli_absent),
                cmocka_unit_test(test_log_tail),         cmocka_unit_test(test_verify_output),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
