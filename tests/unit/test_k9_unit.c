/* SPDX-License-Identifier: GPL-2.0-or-later */
/* K9: what systemd says of a service is heard in a look; whatever it says, and however slowly. */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "faults/fault.h"
#include "host/bus_message.h"
#include "host/unit_ask.h"

extern const struct fault fault_scan_start;

#define UNIT "cisco-amp.service"
#define LONG_MS 60000

/* A systemd that says so of every unit. */
struct teller {
        const char *texts[3];
        uint32_t numbers[2];
        enum { TELLS, IS_SILENT, TELLS_RUBBISH, REFUSES, TELLS_AN_ERROR } how;
        int fd;
        pthread_t thread;
};

static size_t answer_make(const struct teller *t, uint32_t serial, unsigned char *out)
{
        const char *text = serial <= 3 ? t->texts[serial - 1] : NULL;
        uint32_t value = text ? (uint32_t)strlen(text) : t->numbers[serial - 4];
        size_t body = text ? 8 + strlen(text) + 1 : 8;
        unsigned char m[256] = { 'l',
                                 t->how == TELLS_AN_ERROR ? 3 : 2,
                                 1,
                                 1,
                                 (unsigned char)body,
                                 0,
                                 0,
                                 0,
                                 9,
                                 0,
                                 0,
                                 0,
                                 8,
                                 0,
                                 0,
                                 0,
                                 5,
                                 1,
                                 'u',
                                 0,
                                 (unsigned char)serial,
                                 0,
                                 0,
                                 0,
                                 1,
                                 text ? 's' : 'i',
                                 0,
                                 0 };
        memcpy(m + 28, &value, sizeof(value));
        if (text)
                memcpy(m + 32, text, strlen(text) + 1);
        memcpy(out, m, 24 + body);
        return 24 + body;
}

static void *tell(void *data)
{
        struct teller *t = data;
        unsigned char message[256], in[4096];
        int fd = accept(t->fd, NULL, NULL);
        if (t->how == IS_SILENT) {
                while (read(fd, in, sizeof(in)) > 0)
                        ;
        } else if (read(fd, in, sizeof(in)) > 0) {
                /* the one that asks may be gone by now */
                (void)send(fd, t->how == REFUSES ? "REJECTED\r\n" : "OK 0123\r\n",
                           t->how == REFUSES ? 10 : 9, MSG_NOSIGNAL);
                for (uint32_t serial = 1; serial <= 5 && t->how != REFUSES; serial++) {
                        size_t n = answer_make(t, serial, message);
                        if (t->how == TELLS_RUBBISH)
                                memset(message + 4, 0xff, n - 4);
                        if (send(fd, message, n, MSG_NOSIGNAL) < 0)
                                break;
                }
                while (read(fd, in, sizeof(in)) > 0)
                        ;
        }
        close(fd);
        return NULL;
}

static void teller_start(struct teller *t, struct scratch *s)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        scratch_parents(s, "/run/systemd/system/x");
        unlink(scratch_path(s, "/run/systemd/private"));
        snprintf(address.sun_path, sizeof(address.sun_path), "%s",
                 scratch_path(s, "/run/systemd/private"));
        t->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(t->fd, (const struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(t->fd, 4), 0);
        assert_int_equal(pthread_create(&t->thread, NULL, tell, t), 0);
        s->sys.live = true; /* as if */
}

static void teller_end(struct teller *t)
{
        pthread_join(t->thread, NULL);
        close(t->fd);
}

static int ask(struct teller t, int64_t limit, struct unit_end *end)
{
        struct scratch s;
        scratch_open(&s);
        teller_start(&t, &s);
        int r = unit_ask(&s.sys, UNIT, limit, end);
        teller_end(&t);
        scratch_close(&s);
        return r;
}

static void hears_how_it_ended(void **state)
{
        static const struct {
                struct teller t;
                bool failed;
                const char *text;
        } cases[] = {
                { { .texts = { "failed", "failed", "exit-code" }, .numbers = { CLD_EXITED, 127 } },
                  true,
                  "exit-code, status 127" },
                { { .texts = { "failed", "failed", "core-dump" },
                    .numbers = { CLD_DUMPED, SIGSEGV } },
                  true,
                  "core-dump, signal 11" },
                { { .texts = { "failed", "failed", "start-limit-hit" }, .numbers = { 0, 0 } },
                  true,
                  "start-limit-hit" },
                { { .texts = { "activating", "auto-restart", "signal" },
                    .numbers = { CLD_KILLED, SIGKILL } },
                  true,
                  "signal, signal 9" },
                { { .texts = { "activating", "auto-restart", "success" },
                    .numbers = { CLD_EXITED, 0 } },
                  false,
                  "success" },
                { { .texts = { "inactive", "dead", "success" }, .numbers = { CLD_EXITED, 0 } },
                  false,
                  "success" },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                struct unit_end end;
                assert_int_equal(ask(cases[i].t, LONG_MS, &end), 0);
                assert_int_equal(unit_failed(&end), cases[i].failed);
                _cleanup_free_ char *text = unit_end_text(&end);
                assert_string_equal(text, cases[i].text);
        }
}

static void takes_no_answer_that_is_none(void **state)
{
        struct teller t = { .texts = { "failed", "failed", "exit-code" } };
        struct unit_end end = { .active = "untouched" };
        (void)state;
        t.how = IS_SILENT;
        assert_int_equal(ask(t, 50, &end), -ETIMEDOUT);
        t.how = TELLS_RUBBISH;
        assert_int_equal(ask(t, LONG_MS, &end), -EBADMSG);
        t.how = REFUSES;
        assert_int_equal(ask(t, LONG_MS, &end), -EACCES);
        t.how = TELLS_AN_ERROR;
        assert_int_equal(ask(t, LONG_MS, &end), -EBADMSG);
        t.how = TELLS;
        t.texts[1] = "a word far longer than any that systemd has for a state";
        assert_int_equal(ask(t, LONG_MS, &end), -EBADMSG);
        assert_string_equal(end.active, "untouched");
}

/* Each byte of a whole answer set to every value, and each length: read or refused, never past it. */
static void reads_any_bytes(void **state)
{
        const struct teller t = { .texts = { "failed", "failed", "exit-code" } };
        unsigned char message[256];
        size_t n = answer_make(&t, 3, message);
        struct bus_answer answer;
        (void)state;
        assert_int_equal(bus_read(message, n, &answer), 0);
        assert_string_equal(answer.text, "exit-code");
        for (size_t len = 0; len < n; len++) {
                _cleanup_free_ unsigned char *cut = xcalloc(len + 1, 1);
                memcpy(cut, message, len);
                assert_int_equal(bus_read(cut, len, &answer), -EBADMSG);
        }
        for (size_t i = 0; i < n; i++)
                for (unsigned value = 0; value < 256; value++) {
                        _cleanup_free_ unsigned char *changed = xcalloc(n, 1);
                        memcpy(changed, message, n);
                        changed[i] = (unsigned char)value;
                        if (bus_read(changed, n, &answer) == 0)
                                assert_true(strlen(answer.text) < sizeof(answer.text));
                }
}

static void not_enabled_and_failed_is_a_fault(void **state)
{
        struct teller t = { .texts = { "failed", "failed", "exit-code" },
                            .numbers = { CLD_EXITED, 127 } };
        struct finding f = FINDING_INIT;
        struct scratch s;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/opt/cisco/amp/bin/ampdaemon", "");
        scratch_write(&s, "/opt/cisco/amp/bin/ampscansvc", "x");
        chmod(scratch_path(&s, "/opt/cisco/amp/bin/ampscansvc"), 0755);
        scratch_write(&s, "/proc/meminfo", "MemTotal: 1 kB\nMemAvailable:  1024 kB\n");
        teller_start(&t, &s);
        assert_int_equal(fault_scan_start.probe(&s.sys, &f), 0);
        assert_string_equal(f.cause ? f.cause : f.why, "service-failed");
        assert_string_equal(f.why, UNIT " failed (exit-code, status 127)");
        teller_end(&t);
        /* nobody there to ask: that is no "not applicable" */
        finding_free(&f);
        f = (struct finding)FINDING_INIT;
        assert_int_equal(fault_scan_start.probe(&s.sys, &f), -ECONNREFUSED);
        assert_int_equal(f.verdict, VERDICT_UNKNOWN);
        finding_free(&f);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(hears_how_it_ended),
                cmocka_unit_test(takes_no_answer_that_is_none),
                cmocka_unit_test(reads_any_bytes),
                cmocka_unit_test(not_enabled_and_failed_is_a_fault),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
