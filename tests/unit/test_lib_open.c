/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening what is in a root: device nodes, FIFOs and sockets never, with /proc and without. */
#include "lib/sys.h"

#include <sched.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "tests/unit/resolution.h"

/* Has anything been opened since? Events are there when open(2) returns. */
static bool was_opened(int watch)
{
        char events[4096];
        return read(watch, events, sizeof(events)) > 0;
}

/* IN_OPEN of the four kinds of file below /planted; -1 where the kernel says it of O_PATH, too. */
static int plant(const struct scratch *s)
{
        static const char *const names[] = { "planted/fifo", "planted/socket", "planted/null" };
        int d = s->sys.root_fd, watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        assert_int_equal(sys_mkdirs(&s->sys, "planted", 0755), 0);
        assert_int_equal(mkfifoat(d, names[0], 0644), 0);
        assert_int_equal(mknodat(d, names[1], S_IFSOCK | 0644, 0), 0);
        /* without the right to make one, a FIFO in its place */
        if (mknodat(d, names[2], S_IFCHR | 0644, makedev(1, 3)) < 0)
                assert_int_equal(mkfifoat(d, names[2], 0644), 0);
        assert_int_equal(symlinkat("/planted/fifo", d, "planted/link"), 0);
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                assert_true(inotify_add_watch(watch, scratch_path(s, names[i]), IN_OPEN) >= 0);
        int fd = openat(d, names[0], O_PATH | O_CLOEXEC);
        close(fd);
        if (!was_opened(watch))
                return watch;
        close(watch);
        return -1;
}

static void check_never_opened(const struct sys *sys, int watch)
{
        static const char *const names[] = { "planted/fifo", "planted/socket", "planted/null" };
        static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY | O_NONBLOCK,
                                     O_WRONLY | O_CREAT | O_TRUNC };
        _cleanup_free_ char *text = NULL;
        _cleanup_close_ int dir = sys_openat(sys, "planted", O_RDONLY | O_DIRECTORY, 0);
        assert_true(dir >= 0);
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                for (size_t k = 0; k < ARRAY_SIZE(flags); k++) {
                        if (!sys->live)
                                assert_int_equal(sys_openat(sys, names[i], flags[k], 0600),
                                                 -EINVAL);
                        assert_int_equal(sys_openat_nolinks(sys, names[i], flags[k], 0600),
                                         -EINVAL);
                        assert_int_equal(sys_open_entry(dir, strchr(names[i], '/') + 1, O_RDONLY),
                                         -EINVAL);
                        assert_int_equal(sys_read_nolinks(sys, names[i], 100, &text, NULL),
                                         -EINVAL);
                }
        if (!sys->live)
                assert_int_equal(sys_read(sys, "planted/link", 100, &text, NULL), -EINVAL);
        assert_int_equal(sys_open_entry(dir, "link", O_RDONLY), -ELOOP);
        assert_false(was_opened(watch));
        assert_null(text);
}

static void test_never_opened(void **state)
{
        struct scratch s;
        (void)state;
        fill(&s);
        _cleanup_close_ int watch = plant(&s);
        if (watch < 0) {
                scratch_close(&s);
                print_message("skipped: this kernel reports O_PATH as an opening\n");
                skip();
        }
        check_never_opened(&s.sys, watch);
        s.sys.live = true;
        check_never_opened(&s.sys, watch);
        s.sys.live = false;
        /* the test can fail: this opens it */
        _cleanup_close_ int fd =
                openat(s.sys.root_fd, "planted/fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        assert_true(was_opened(watch));
        scratch_close(&s);
}

/* In a child: nothing below /proc. */
static int hide_proc(void)
{
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                return -1;
        return mount("tmpfs", "/proc", "tmpfs", 0, NULL);
}

static void test_without_proc(void **state)
{
        struct scratch s;
        (void)state;
        NEEDS_ROOT();
        fill(&s);
        _cleanup_close_ int watch = plant(&s);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                if (hide_proc() < 0)
                        _exit(77);
                check_resolution(&s.sys);
                if (watch >= 0)
                        check_never_opened(&s.sys, watch);
                _exit(0);
        }
        int status = -1;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        scratch_close(&s);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
                print_message("skipped: no mount namespace here\n");
                skip();
        }
        assert_int_equal(status, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_never_opened),
                cmocka_unit_test(test_without_proc),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
