/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths through the root fd: by openat2, and by the walk where a seccomp filter hides the call. */
#include "lib/sys.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/unit/resolution.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

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
                cmocka_unit_test(test_host_path),
                cmocka_unit_test(test_open),
                cmocka_unit_test(test_create),
                cmocka_unit_test(test_sparse),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
