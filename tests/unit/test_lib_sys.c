/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths through the root fd: by openat2, and by the walk where a seccomp filter hides the call. */
#include "lib/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "tests/unit/scratch.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* A root with what a distribution has and what an attacker would plant. */
static void fill(struct scratch *s)
{
        scratch_open(s);
        int d = s->sys.root_fd;
        scratch_write(s, "/etc/file", "inside\n");
        scratch_write(s, "/usr/lib/os-release", "ID=test\n");
        assert_int_equal(symlinkat("usr/lib", d, "lib"), 0);
        assert_int_equal(symlinkat("/etc/file", d, "absolute"), 0);
        assert_int_equal(symlinkat("../../../../../../etc/file", d, "usr/climber"), 0);
        assert_int_equal(symlinkat("loop", d, "loop"), 0);
        assert_int_equal(symlinkat("/", d, "top"), 0);
        assert_int_equal(mkfifoat(d, "fifo", 0644), 0);
}

static void assert_reads(const struct sys *sys, const char *path, const char *expected)
{
        _cleanup_free_ char *text = NULL;
        assert_int_equal(sys_read(sys, path, 100, &text, NULL), 0);
        assert_string_equal(text, expected);
}

/* Every answer both ways of resolving must give alike. */
static void check_resolution(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        struct stat st;
        assert_reads(sys, "/etc/file", "inside\n");
        assert_reads(sys, "etc//./file", "inside\n");
        assert_reads(sys, "lib/os-release", "ID=test\n");
        assert_reads(sys, "/absolute", "inside\n");
        assert_reads(sys, "/usr/climber", "inside\n");
        assert_reads(sys, "/top/top/lib/../../etc/file", "inside\n");
        assert_reads(sys, "../../etc/file", "inside\n");
        assert_int_equal(sys_read(sys, "loop", 100, &text, NULL), -ELOOP);
        assert_int_equal(sys_read(sys, "nothing", 100, &text, NULL), -ENOENT);
        assert_int_equal(sys_read(sys, "etc/file/below", 100, &text, NULL), -ENOTDIR);
        assert_int_equal(sys_read(sys, "fifo", 100, &text, NULL), -EINVAL);
        assert_int_equal(sys_read(sys, "etc", 100, &text, NULL), -EINVAL);
        assert_int_equal(sys_read(sys, "etc/file", 3, &text, NULL), -EFBIG);
        assert_int_equal(sys_read_nolinks(sys, "lib/os-release", 100, &text, NULL), -ELOOP);
        assert_int_equal(sys_read_nolinks(sys, "absolute", 100, &text, NULL), -ELOOP);
        assert_null(text);
        assert_int_equal(sys_lstat(sys, "absolute", &st), 0);
        assert_true(S_ISLNK(st.st_mode));
        assert_int_equal(sys_lstat_nolinks(sys, "absolute", &st), 0);
        assert_true(S_ISLNK(st.st_mode));
        assert_int_equal(sys_lstat_nolinks(sys, "lib/os-release", &st), -ELOOP);
        assert_int_equal(sys_stat(sys, "absolute", &st), 0);
        assert_true(S_ISREG(st.st_mode));
        assert_int_equal(sys_readlink(sys, "lib", &text), 0);
        assert_string_equal(text, "usr/lib");
        assert_int_equal(sys_readlink(sys, "etc", &text), -EINVAL);
        assert_int_equal(sys_mkdirs(sys, "/made/of/parts", 0750), 0);
        assert_int_equal(sys_mkdirs(sys, "made/of/parts", 0750), 0);
        assert_int_equal(sys_stat(sys, "made/of", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0750);
        int fd = sys_openat(sys, "made/new", O_WRONLY | O_CREAT | O_EXCL, 0640);
        assert_true(fd >= 0);
        close(fd);
        assert_int_equal(sys_openat(sys, "made/new", O_WRONLY | O_CREAT | O_EXCL, 0640), -EEXIST);
        assert_int_equal(sys_openat(sys, "made/no/new", O_WRONLY | O_CREAT, 0640), -ENOENT);
}

static void test_openat2(void **state)
{
        struct scratch s;
        (void)state;
        fill(&s);
        check_resolution(&s.sys);
        scratch_close(&s);
}

static int hide_openat2(int error)
{
        struct sock_filter filter[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = { .len = ARRAY_SIZE(filter), .filter = filter };
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return -1;
        return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void check_hidden(int error)
{
        struct scratch s;
        fill(&s);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                if (hide_openat2(error) < 0 || syscall(SYS_openat2, 0, 0, 0, 0) != -1 ||
                    errno != error)
                        _exit(9);
                check_resolution(&s.sys);
                _exit(0);
        }
        int status = -1;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        scratch_close(&s);
}

static void test_without_openat2(void **state)
{
        (void)state;
        check_hidden(ENOSYS);
}

static void test_openat2_refused(void **state)
{
        (void)state;
        check_hidden(EPERM);
}

static void test_host_path(void **state)
{
        struct scratch s;
        struct sys *sys = &s.sys;
        _cleanup_free_ char *path = NULL, *why = NULL;
        (void)state;
        fill(&s);
        assert_int_equal(sys_host_path(sys, "/etc/not/there/yet", &path, &why), 0);
        _cleanup_free_ char *expected = xasprintf("%s/etc/not/there/yet", sys->root);
        assert_string_equal(path, expected);
        free(path);
        path = NULL;
        assert_int_equal(sys_host_path(sys, "lib/os-release", &path, &why), 0);
        static const char *const out[] = { "absolute", "usr/climber", "top/etc/file", "..",
                                           "etc/../../x" };
        for (size_t i = 0; i < ARRAY_SIZE(out); i++) {
                _cleanup_free_ char *bad = NULL, *said = NULL;
                assert_int_equal(sys_host_path(sys, out[i], &bad, &said), -EXDEV);
                assert_non_null(strstr(said, out[i]));
                assert_null(bad);
        }
        scratch_close(&s);
}

static void test_open(void **state)
{
        (void)state;
        struct sys sys;
        _cleanup_free_ char *why = NULL;
        assert_int_equal(sys_open("/etc/passwd", &sys, &why), -ENOTDIR);
        assert_string_equal(why, "/etc/passwd: Not a directory");
        free(why);
        why = NULL;
        assert_int_equal(sys_open("/nowhere", &sys, &why), -ENOENT);
        assert_int_equal(sys_open("/etc/..", &sys, NULL), 0);
        assert_true(sys.live);
        assert_string_equal(sys.root, "/");
        /* A file of sysfs says 4096 and holds less. A chroot may have no sysfs. */
        _cleanup_free_ char *text = NULL;
        const char *file = "/sys/kernel/uevent_seqnum";
        if (sys_exists(&sys, file))
                assert_int_equal(sys_read(&sys, file, 64, &text, NULL), 0);
        sys_close(&sys);
}

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

/* O_CREAT makes a file where none is, opens the one that is there, and goes through no link. */
static void test_create(void **state)
{
        struct scratch s;
        struct stat st;
        (void)state;
        fill(&s);
        int d = s.sys.root_fd;
        assert_int_equal(symlinkat("made", d, "dangling"), 0);
        for (unsigned times = 0; times < 2; times++) {
                int fd = sys_openat_nolinks(&s.sys, "new", O_RDWR | O_CREAT | O_APPEND, 0640);
                assert_true(fd >= 0);
                assert_int_equal(write(fd, "x", 1), 1);
                close(fd);
        }
        assert_int_equal(sys_stat(&s.sys, "new", &st), 0);
        assert_int_equal(st.st_size, 2);
        assert_int_equal(sys_openat(&s.sys, "dangling", O_WRONLY | O_CREAT, 0600), -EEXIST);
        assert_int_equal(sys_openat_nolinks(&s.sys, "dangling", O_WRONLY | O_CREAT, 0600), -ELOOP);
        assert_int_equal(sys_stat(&s.sys, "made", &st), -ENOENT);
        int fd = sys_openat(&s.sys, "new", O_WRONLY | O_TRUNC, 0);
        assert_true(fd >= 0);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_size, 0);
        close(fd);
        scratch_close(&s);
}

/* A file of a terabyte without a block: refused by its size, not read up to the limit. */
static void test_sparse(void **state)
{
        struct scratch s;
        _cleanup_free_ char *text = NULL;
        (void)state;
        fill(&s);
        assert_int_equal(truncate(scratch_path(&s, "etc/file"), (off_t)1 << 40), 0);
        assert_int_equal(sys_read(&s.sys, "etc/file", (size_t)1 << 39, &text, NULL), -EFBIG);
        assert_null(text);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_openat2),
                cmocka_unit_test(test_without_openat2),
                cmocka_unit_test(test_openat2_refused),
                cmocka_unit_test(test_never_opened),
                cmocka_unit_test(test_without_proc),
                cmocka_unit_test(test_create),
                cmocka_unit_test(test_sparse),
                cmocka_unit_test(test_host_path),
                cmocka_unit_test(test_open),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
