/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ampcli run for real, in every way it may misbehave. */
#include "tests/unit/scratch.h"

#include <errno.h>

#include "connector/ampcli.h"
#include "lib/conf.h"

/* A directory of root's alone all the way up: nothing else is run. */
#define PLACE "/run/secep-unit-ampcli"

static int ask(const char *script, int seconds, struct ampcli_status *out, char **why)
{
        struct scratch s;
        char path[128], conf[256];
        int64_t begin = now_ms();
        int r;

        mkdir(PLACE, 0755);
        chmod(PLACE, 0755);
        snprintf(path, sizeof(path), "%s/ampcli-%d", PLACE, getpid());
        snprintf(conf, sizeof(conf), "AmpCli=%s\nAmpCliSeconds=%d\n", path, seconds);
        scratch_open(&s);
        scratch_write(&s, "/etc/secep/secep.conf", conf);
        assert_int_equal(conf_load(&s.sys, NULL), 0);
        scratch_write(&s, "/script", script);
        assert_int_equal(chmod(scratch_path(&s, "/script"), 0755), 0);
        {
                struct sys host = { .root_fd = -1 };
                _cleanup_free_ char *text = NULL;
                size_t len = 0;
                int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

                assert_true(fd >= 0);
                assert_int_equal(sys_read(&s.sys, "/script", 65536, &text, &len), 0);
                assert_int_equal(write(fd, text, len), (ssize_t)len);
                close(fd);
                assert_int_equal(sys_open("/", &host, NULL), 0);
                host.conf = TAKE_PTR(s.sys.conf);
                r = ampcli_ask(&host, out, why);
                sys_close(&host);
        }
        unlink(path);
        rmdir(PLACE);
        scratch_close(&s);
        assert_true(now_ms() - begin < 8000);
        return r;
}

static void test_answers(void **state)
{
        NEEDS_ROOT();
        struct ampcli_status status = { 0 };
        char *why = NULL;

        (void)state;
        assert_int_equal(ask("#!/bin/sh\necho 'Status: Connected'\necho 'Fault IDs: 7'\n", 30,
                             &status, &why),
                         0);
        assert_non_null(ampcli_fault(&status, 7));
        ampcli_free(&status);
        assert_int_equal(ask("#!/bin/sh\nprintf 'Status: x\\0\\0\\nFault IDs: 6\\n\\0'\n", 30,
                             &status, &why),
                         0);
        assert_non_null(ampcli_fault(&status, 6));
        ampcli_free(&status);
        /* a child of its own that keeps the stream open */
        assert_int_equal(ask("#!/bin/sh\nsleep 5 &\necho Status: x\n", 30, &status, &why), 0);
        ampcli_free(&status);
}

static void test_misbehaves(void **state)
{
        NEEDS_ROOT();
        static const struct {
                const char *script;
                int error;
                const char *says;
        } rows[] = {
                { "#!/bin/sh\nexec sleep 100\n", -ETIMEDOUT, "no answer in 1 s" },
                { "#!/bin/sh\ntrap '' TERM INT HUP\nwhile :; do sleep 1; done\n", -ETIMEDOUT,
                  "no answer in 1 s" },
                { "#!/bin/sh\nexec yes 'ID 1 - x'\n", -ETIMEDOUT, "no answer in 1 s" },
                { "#!/bin/sh\nhead -c 10485760 /dev/zero\n", -EBADMSG, "printed no status" },
                { "#!/bin/sh\nexit 139\n", -EIO, "ended with status 139" },
                { "#!/bin/sh\necho Status: x\nkill -SEGV $$\n", -EIO, "ended by signal 11" },
                { "#!/bin/sh\n[ -t 0 ] || read -r x || exit 7\n", -EIO, "ended with status 7" },
                { "#!/bin/sh\n", -EBADMSG, "printed no status" },
                { "#!/no/such/interpreter\n", -ENOENT, "No such file" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct ampcli_status status = { 0 };
                char *why = NULL;

                assert_int_equal(
                        ask(rows[i].script, rows[i].error == -ETIMEDOUT ? 1 : 30, &status, &why),
                        rows[i].error);
                assert_non_null(strstr(why, rows[i].says));
                free(why);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_answers),
                cmocka_unit_test(test_misbehaves),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
