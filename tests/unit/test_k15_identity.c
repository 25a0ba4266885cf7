/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process is the connector's by the file it executes and its namespaces, not by a name: a user may
 * lay a program of his own over the path in a mount namespace of his. */
#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "host/process.h"
#include "lib/conf.h"

static struct scratch s;

static void copy_program(const char *path)
{
        _cleanup_free_ char *bytes = NULL;
        struct sys host;
        size_t len = 0;
        assert_int_equal(sys_open("/", &host, NULL), 0);
        assert_int_equal(sys_read(&host, "/bin/sleep", (size_t)8 << 20, &bytes, &len), 0);
        scratch_bytes(&s, path, bytes, len);
        assert_int_equal(chmod(scratch_path(&s, path), 0755), 0);
        sys_close(&host);
}

/* Starts ARGV and waits until it executes something called NAME. */
static pid_t start(const char *const *argv, const char *name)
{
        char path[64], exe[4096];
        pid_t pid = fork();
        if (pid == 0) {
                execvp(argv[0], (char *const *)argv);
                _exit(127);
        }
        snprintf(path, sizeof(path), "/proc/%d/exe", pid);
        for (int i = 0; i < 1000; i++) {
                ssize_t n = readlink(path, exe, sizeof(exe) - 1);
                if (n > 0 && (exe[n] = '\0', strstr(exe, name)))
                        return pid;
                if (waitpid(pid, NULL, WNOHANG) == pid)
                        return -1;
                sleep_ms(10);
        }
        return -1;
}

static void end_it(pid_t pid)
{
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
}

static size_t found(const char *program)
{
        _cleanup_free_ struct process *list = NULL;
        struct sys host;
        size_t n = 0;
        assert_int_equal(sys_open("/", &host, NULL), 0);
        assert_int_equal(process_find(&host, program, &list, &n, NULL), 0);
        sys_close(&host);
        return n;
}

static void finds_ours_also_when_it_was_replaced(void **state)
{
        (void)state;
        scratch_open(&s);
        copy_program("/opt/scanner");
        _cleanup_free_ char *program = xstrdup(scratch_path(&s, "/opt/scanner"));
        const char *const argv[] = { program, "60", NULL };
        pid_t pid = start(argv, "/opt/scanner");
        assert_true(pid > 0);
        assert_int_equal(found(program), 1);
        assert_int_equal(unlink(program), 0);
        copy_program("/opt/scanner");
        assert_int_equal(found(program), 1);
        end_it(pid);
        assert_int_equal(found(program), 0);
        scratch_close(&s);
}

static void passes_over_a_users_namespace(void **state)
{
        (void)state;
        scratch_open(&s);
        copy_program("/opt/scanner");
        copy_program("/other/scanner");
        _cleanup_free_ char *program = xstrdup(scratch_path(&s, "/opt/scanner"));
        const char *const argv[] = {
                "unshare",
                "-Urm",
                "sh",
                "-c",
                "mount --bind \"$1/other\" \"$1/opt\" && exec \"$1/opt/scanner\" 60",
                "sh",
                s.dir,
                NULL
        };
        pid_t pid = start(argv, "/scanner");
        if (pid < 0) {
                scratch_close(&s);
                print_message("skipped: user namespaces with mounts are refused here\n");
                skip();
        }
        assert_int_equal(found(program), 0);
        end_it(pid);
        scratch_close(&s);
}

/* The same without a user namespace: root's, but another file. */
static void passes_over_another_file_at_the_path(void **state)
{
        (void)state;
        scratch_open(&s);
        copy_program("/opt/scanner");
        copy_program("/other/scanner");
        _cleanup_free_ char *program = xstrdup(scratch_path(&s, "/opt/scanner"));
        const char *const argv[] = {
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount --bind \"$1/other\" \"$1/opt\" && exec \"$1/opt/scanner\" 60",
                "sh",
                s.dir,
                NULL
        };
        pid_t pid = start(argv, "/scanner");
        if (pid < 0) {
                scratch_close(&s);
                print_message("skipped: no mount namespace without root\n");
                skip();
        }
        assert_int_equal(found(program), 0);
        end_it(pid);
        scratch_close(&s);
}

/* A configuration that somebody else could have written, or put there, is not obeyed. */
static void refuses_anothers_configuration(void **state)
{
        static const struct {
                const char *what;
                uid_t uid;
                mode_t mode;
                const char *why;
        } rows[] = {
                { "/etc/secep/secep.conf", 0, 0644, NULL },
                { "/etc/secep/secep.conf", 0, 0666,
                  "/etc/secep/secep.conf is writable by others than root (mode 0666)" },
                { "/etc/secep/secep.conf", 0, 0664,
                  "/etc/secep/secep.conf is writable by others than root (mode 0664)" },
                { "/etc/secep/secep.conf", 1000, 0644,
                  "/etc/secep/secep.conf belongs to uid 1000, not to root" },
                { "/etc/secep", 0, 0777, "/etc/secep is writable by others than root" },
                { "/etc", 0, 0775, "/etc is writable by others than root" },
                { "/etc", 1000, 0755, "/etc belongs to uid 1000" },
                { "/", 1000, 0755, "/ belongs to uid 1000" },
        };
        (void)state;
        if (geteuid() != 0) {
                print_message("skipped: changing a file's owner takes root\n");
                skip();
        }
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *why = NULL;
                scratch_open(&s);
                scratch_write(&s, "/etc/secep/secep.conf", "ScanRestartLimit=5\n");
                assert_int_equal(chown(scratch_path(&s, rows[i].what), rows[i].uid, 0), 0);
                assert_int_equal(chmod(scratch_path(&s, rows[i].what), rows[i].mode), 0);
                assert_int_equal(conf_load(&s.sys, &why), rows[i].why ? -EPERM : 0);
                if (rows[i].why)
                        assert_non_null(strstr(why, rows[i].why));
                scratch_close(&s);
        }
}

/* What it said not to touch would be touched. */
static void refuses_a_configuration_that_is_gone(void **state)
{
        _cleanup_free_ char *why = NULL;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/etc/secep/other.conf", "ScanRestartLimit=5\n");
        assert_int_equal(symlink("other.conf", scratch_path(&s, "/etc/secep/secep.conf")), 0);
        assert_int_equal(conf_load(&s.sys, &why), 0);
        assert_int_equal(unlink(scratch_path(&s, "/etc/secep/other.conf")), 0);
        assert_int_equal(conf_load(&s.sys, &why), -ENOLINK);
        assert_string_equal(why, "/etc/secep/secep.conf: leads nowhere");
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(finds_ours_also_when_it_was_replaced),
                cmocka_unit_test(passes_over_a_users_namespace),
                cmocka_unit_test(passes_over_another_file_at_the_path),
                cmocka_unit_test(refuses_anothers_configuration),
                cmocka_unit_test(refuses_a_configuration_that_is_gone),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
