/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths through the root fd: by openat2, and by the walk where a seccomp filter hides the call. */
#include "lib/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_openat2),
                cmocka_unit_test(test_without_openat2),
                cmocka_unit_test(test_openat2_refused),
                cmocka_unit_test(test_host_path),
                cmocka_unit_test(test_open),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
