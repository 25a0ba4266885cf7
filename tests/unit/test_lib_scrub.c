/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is taken out of text that goes to somebody else. */
#include "lib/json.h"
#include "lib/scrub.h"
#include "tests/unit/scratch.h"

static void test_rows(void **state)
{
        static const struct {
                const char *text, *clean;
        } rows[] = {
                { "", "" },
                { "no secret here: a path /opt/cisco, pid 5",
                  "no secret here: a path /opt/cisco, pid 5" },
                { "password=hunter2 next", "password=[removed] next" },
                { "DB_PASSWORD: hunter2", "DB_PASSWORD: [removed]" },
                { "proxy.passwd = 'hunter 2' x", "proxy.passwd = '[removed]' x" },
                { "{\"apiToken\": \"abc\", \"n\": 1}", "{\"apiToken\": \"[removed]\", \"n\": 1}" },
                { "{\\\"secret\\\":\\\"abc\\\"}", "{\\\"secret\\\":\\\"[removed]\\\"}" },
                { "<password>abc</password>", "<password>[removed]</password>" },
                { "Authorization: Bearer abc.def x", "Authorization: [removed] x" },
                { "GET https://u:p@ss@host/x?token=abc&y=1",
                  "GET https://[removed]@host/x?token=[removed]&y=1" },
                { "http://host/a@b", "http://host/a@b" },
                { "guid 01234567-89ab-cdef-0123-456789ABCDEF.", "guid [removed]." },
                { "x01234567-89ab-cdef-0123-456789abcdef",
                  "x01234567-89ab-cdef-0123-456789abcdef" },
                { "a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb",
                  "a\n[removed]\nb" },
                { "-----BEGIN PRIVATE KEY-----\nMII", "[removed]" },
                { "-----BEGIN CERTIFICATE-----\nMII", "-----BEGIN CERTIFICATE-----\nMII" },
                { "password=x,y z", "password=[removed] z" },
                { "password=}{ z", "password=[removed] z" },
                { "{\"token\":5}", "{\"token\":[removed]}" },
                { "password=a\\\"b c", "password=[removed] c" },
                { "password=", "password=" },
                { "the password is not here", "the password is not here" },
                { "\xff\xfe token=\xff", "\xff\xfe token=[removed]" },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                unsigned n = 0;
                _cleanup_free_ char *clean = scrub_text(rows[i].text, &n);
                assert_string_equal(clean, rows[i].clean);
                assert_int_equal(n > 0, !streq(rows[i].text, rows[i].clean));
        }
}

/* JSON that held a secret is JSON without it. */
static void test_json(void **state)
{
        static const char *const secrets[] = { "a\"b", "back\\slash", "}{", "two words", "x,y" };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(secrets); i++) {
                unsigned n = 0;
                _cleanup_free_ char *line = xasprintf("password=%s", secrets[i]);
                _cleanup_json_ json_t *j =
                        json_pack("{s:s, s:s}", "line", line, "token", secrets[i]);
                _cleanup_free_ char *text = json_dumps(j, 0), *clean = scrub_text(text, &n);
                _cleanup_json_ json_t *again = json_loads(clean, 0, NULL);
                assert_non_null(again);
                assert_string_equal(json_string_value(json_object_get(again, "token")), SCRUBBED);
                assert_non_null(
                        strstr(json_string_value(json_object_get(again, "line")), SCRUBBED));
        }
}

/* A megabyte of what might begin something is done at once, and not in the square of it. */
static void test_length(void **state)
{
        static const char *const parts[] = { "-----BEGIN ", "://", "token", "password=", "0123-" };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
                size_t len = strlen(parts[i]), n = ((size_t)256 << 10) / len;
                _cleanup_free_ char *text = xcalloc(n * len + 1, 1);
                unsigned count = 0;
                for (size_t k = 0; k < n; k++)
                        memcpy(text + k * len, parts[i], len);
                int64_t begun = now_ms();
                _cleanup_free_ char *clean = scrub_text(text, &count);
                assert_non_null(clean);
                print_message("%s: %lld ms\n", parts[i], (long long)(now_ms() - begun));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rows),
                cmocka_unit_test(test_json),
                cmocka_unit_test(test_length),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
