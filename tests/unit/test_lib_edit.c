/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file changes whole or not at all. */
#include "lib/edit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/xattr.h>
#include <signal.h>

#include "tests/unit/scratch.h"

static unsigned entries(const struct scratch *s, const char *dir)
{
        DIR *d = opendir(scratch_path(s, dir));
        unsigned n = 0;
        assert_non_null(d);
        while (readdir(d))
                n++;
        closedir(d);
        return n - 2;
}

static void assert_text(const struct scratch *s, const char *path, const char *expected)
{
        _cleanup_free_ char *text = NULL;
        assert_int_equal(sys_read(&s->sys, path, 1 << 20, &text, NULL), 0);
        assert_string_equal(text, expected);
}

static void test_keeps_metadata(void **state)
{
        struct scratch s;
        struct stat before, after;
        char value[8] = "";
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/etc/conf", "old\n");
        const char *path = scratch_path(&s, "/etc/conf");
        if (geteuid() == 0)
                assert_int_equal(chown(path, 12, 34), 0);
        assert_int_equal(chmod(path, 0641), 0);
        bool xattrs = setxattr(path, "user.secep", "label", 5, 0) == 0;
        assert_int_equal(stat(path, &before), 0);
        assert_int_equal(edit_replace(&s.sys, "/etc/conf", "new\n", 4, 0600, NULL), 0);
        assert_int_equal(stat(path, &after), 0);
        assert_text(&s, "/etc/conf", "new\n");
        assert_int_equal(after.st_mode, before.st_mode);
        assert_int_equal(after.st_uid, before.st_uid);
        assert_int_equal(after.st_gid, before.st_gid);
        assert_int_not_equal(after.st_ino, before.st_ino);
        if (xattrs) {
                assert_int_equal(getxattr(path, "user.secep", value, sizeof(value)), 5);
                assert_memory_equal(value, "label", 5);
        }
        assert_int_equal(entries(&s, "/etc"), 1);
        scratch_close(&s);
}

static void test_makes_and_removes(void **state)
{
        struct scratch s;
        struct stat st;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/etc/other", "");
        assert_int_equal(edit_replace(&s.sys, "/etc/conf", "new\n", 4, 0604, NULL), 0);
        assert_int_equal(sys_stat(&s.sys, "/etc/conf", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0604);
        assert_int_equal(edit_remove(&s.sys, "/etc/conf", NULL), 0);
        assert_int_equal(edit_remove(&s.sys, "/etc/conf", NULL), 0);
        assert_int_equal(edit_remove(&s.sys, "/no/dir/conf", NULL), 0);
        assert_int_equal(entries(&s, "/etc"), 1);
        scratch_close(&s);
}

static void assert_refused(const struct scratch *s, const char *path, int r, const char *words)
{
        _cleanup_free_ char *why = NULL;
        assert_int_equal(edit_replace(&s->sys, path, "new\n", 4, 0600, &why), r);
        assert_non_null(strstr(why, path));
        assert_non_null(strstr(why, words));
}

static void test_refuses(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/etc/target", "keep\n");
        assert_int_equal(symlinkat("target", s.sys.root_fd, "etc/link"), 0);
        assert_int_equal(mkdirat(s.sys.root_fd, "etc/dir", 0755), 0);
        assert_int_equal(mkfifoat(s.sys.root_fd, "etc/fifo", 0644), 0);
        assert_refused(&s, "/etc/link", -ELOOP, "symbolic link");
        assert_refused(&s, "/etc/dir", -EINVAL, "not a regular file");
        assert_refused(&s, "/etc/fifo", -EINVAL, "not a regular file");
        assert_refused(&s, "/nodir/file", -ENOENT, "No such file");
        assert_text(&s, "/etc/target", "keep\n");
        assert_int_equal(entries(&s, "/etc"), 4);
        scratch_close(&s);
}

/* A limit on the file size stands in for a full disk: write(2) fails half-way just so. */
static void test_full_disk(void **state)
{
        struct scratch s;
        struct rlimit was, small = { .rlim_cur = 4096 };
        char *big = xcalloc(1, 100000);
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/etc/conf", "old\n");
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
        small.rlim_max = was.rlim_max;
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        _cleanup_free_ char *why = NULL;
        int r = edit_replace(&s.sys, "/etc/conf", big, 100000, 0600, &why);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
        assert_int_equal(r, -EFBIG);
        assert_text(&s, "/etc/conf", "old\n");
        assert_int_equal(entries(&s, "/etc"), 1);
        free(big);
        scratch_close(&s);
}

static void test_immutable(void **state)
{
        struct scratch s;
        int flags = FS_IMMUTABLE_FL, none = 0;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/etc/conf", "old\n");
        int fd = open(scratch_path(&s, "/etc/conf"), O_RDONLY);
        if (ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0) {
                print_message("skipped: no chattr +i on the file system of %s\n", s.dir);
                close(fd);
                scratch_close(&s);
                skip();
        }
        assert_refused(&s, "/etc/conf", -EPERM, "immutable");
        assert_text(&s, "/etc/conf", "old\n");
        assert_int_equal(entries(&s, "/etc"), 1);
        assert_int_equal(ioctl(fd, FS_IOC_SETFLAGS, &none), 0);
        close(fd);
        scratch_close(&s);
}

static void test_sweep(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/etc/.secep-0a1b2c", "left by a killed run");
        scratch_write(&s, "/etc/.secep-notours", "");
        scratch_write(&s, "/etc/.secep-0a1b2cd", "");
        assert_int_equal(edit_sweep(&s.sys, "/etc"), 0);
        assert_int_equal(entries(&s, "/etc"), 2);
        assert_int_equal(edit_sweep(&s.sys, "/nodir"), 0);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_keeps_metadata), cmocka_unit_test(test_makes_and_removes),
                cmocka_unit_test(test_refuses),        cmocka_unit_test(test_full_disk),
                cmocka_unit_test(test_immutable),      cmocka_unit_test(test_sweep),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
