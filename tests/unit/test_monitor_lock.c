/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's lock: it ends with the daemon, whatever became of the children a look asked. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "monitor/snapshot.h"
#include "tests/unit/scratch.h"

/* A daemon in the midst of a look: it holds the lock and has a child, which outlives it until END is
 * closed. READY gets a byte once both are so. */
static pid_t daemon_start(const struct sys *sys, int ready, int end[2])
{
        pid_t pid = fork();
        if (pid != 0)
                return pid;
        int lock = monitor_lock(sys);
        if (lock >= 0 && fork() == 0) {
                char byte = 'r';
                close(end[1]);
                if (write(ready, &byte, 1) == 1)
                        (void)!read(end[0], &byte, 1);
                _exit(0);
        }
        close(ready);
        for (;;)
                pause();
}

static void test_ends_with_the_daemon(void **state)
{
        struct scratch s;
        int ready[2], end[2];
        char byte = 0;
        (void)state;
        scratch_open(&s);
        assert_int_equal(pipe(ready), 0);
        assert_int_equal(pipe(end), 0);
        assert_false(monitor_lives(&s.sys));
        pid_t pid = daemon_start(&s.sys, ready[1], end);
        assert_true(pid > 0);
        close(ready[1]);
        assert_int_equal(read(ready[0], &byte, 1), 1);
        assert_int_equal(monitor_lock(&s.sys), -EAGAIN);
        assert_true(monitor_lives(&s.sys));

        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        assert_false(monitor_lives(&s.sys));
        int lock = monitor_lock(&s.sys);
        assert_true(lock >= 0);
        close(lock);
        close(ready[0]);
        close(end[0]);
        close(end[1]);
        scratch_close(&s);
}

/* Who may open it may lock it, and so keep the daemon from its start. */
static void test_is_for_root_alone(void **state)
{
        struct scratch s;
        struct stat st;
        (void)state;
        scratch_open(&s);
        assert_int_equal(sys_mkdirs(&s.sys, MONITOR_RUN_DIR, 0755), 0);
        int old = sys_openat_nolinks(&s.sys, MONITOR_LOCK, O_RDWR | O_CREAT, 0644);
        assert_true(old >= 0);
        assert_int_equal(fchmod(old, 0644), 0);
        close(old);
        int lock = monitor_lock(&s.sys);
        assert_true(lock >= 0);
        assert_int_equal(fstat(lock, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        close(lock);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ends_with_the_daemon),
                cmocka_unit_test(test_is_for_root_alone),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
