/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files moved within a file system and to another one. */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

/* after sys/mount.h: of the C library before 2.36 both define its flags */
#include <linux/fs.h>

#include "lib/move.h"

static void test_move_file(void **state)
{
        struct scratch s;
        struct stat before, after;
        char *why = NULL;

        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/a/f", "text");
        scratch_write(&s, "/b/x", "");
        chmod(scratch_path(&s, "/a/f"), 0640);
        stat(scratch_path(&s, "/a/f"), &before);
        assert_int_equal(move_file(&s.sys, "/a/f", "/b/f", NULL), 0);
        stat(scratch_path(&s, "/b/f"), &after);
        assert_int_equal(before.st_ino, after.st_ino);
        scratch_write(&s, "/a/f", "other");
        assert_int_equal(move_file(&s.sys, "/a/f", "/b/f", &why), -EEXIST);
        assert_non_null(why);
        free(why);
        scratch_close(&s);
}

static bool mounts_of_our_own(void)
{
        return unshare(CLONE_NEWNS) == 0 &&
               mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static size_t entries(const struct scratch *s, const char *path)
{
        DIR *dir = opendir(scratch_path(s, path));
        size_t n = 0;

        for (struct dirent *e; (e = readdir(dir));)
                n += *e->d_name != '.' || e->d_name[1] == 's'; /* .secep-* too */
        closedir(dir);
        return n;
}

static void moves_with_all(const struct scratch *s, const char *from, const char *to)
{
        const struct timespec times[2] = { { 11, 12 }, { 13, 14 } };
        struct stat st;
        char value[8];

        scratch_write(s, from, "text");
        assert_int_equal(chown(scratch_path(s, from), 7, 8), 0);
        assert_int_equal(chmod(scratch_path(s, from), 02640), 0);
        assert_int_equal(setxattr(scratch_path(s, from), "trusted.x", "v", 1, 0), 0);
        assert_int_equal(utimensat(AT_FDCWD, scratch_path(s, from), times, 0), 0);
        assert_int_equal(move_file(&s->sys, from, to, NULL), 0);
        assert_int_equal(access(scratch_path(s, from), F_OK), -1);
        assert_int_equal(stat(scratch_path(s, to), &st), 0);
        assert_int_equal(st.st_uid, 7);
        assert_int_equal(st.st_gid, 8);
        assert_int_equal(st.st_mode, S_IFREG | 02640);
        assert_int_equal(st.st_size, 4);
        assert_int_equal(st.st_nlink, 1);
        assert_int_equal(st.st_mtim.tv_sec, 13);
        assert_int_equal(st.st_mtim.tv_nsec, 14);
        assert_int_equal(getxattr(scratch_path(s, to), "trusted.x", value, sizeof(value)), 1);
        assert_int_equal(unlink(scratch_path(s, to)), 0);
}

/* As a file system without O_TMPFILE answers, from here on. */
static void no_unnamed_files(void)
{
        struct sock_filter filter[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
                BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_TMPFILE & ~O_DIRECTORY, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = { ARRAY_SIZE(filter), filter };

        assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void move_refused(const struct scratch *s)
{
        size_t len = 1 << 20;
        char *big = xcalloc(len, 1), *why = NULL;

        scratch_bytes(s, "/a/big", big, len);
        assert_int_equal(move_file(&s->sys, "/a/big", "/b/big", &why), -ENOSPC);
        assert_non_null(strstr(why, "No space left"));
        free(why);
        free(big);
        assert_int_equal(access(scratch_path(s, "/a/big"), F_OK), 0);
        assert_int_equal(entries(s, "/b"), 0);
        scratch_write(s, "/a/f", "one");
        scratch_write(s, "/b/f", "two");
        assert_int_equal(move_file(&s->sys, "/a/f", "/b/f", NULL), -EEXIST);
        assert_int_equal(entries(s, "/b"), 1);
        unlink(scratch_path(s, "/b/f"));
}

/* What cannot be taken away stays, and there is no copy of it. */
static void move_of_immutable(const struct scratch *s)
{
        unsigned flags = FS_IMMUTABLE_FL, none = 0;

        scratch_write(s, "/a/f", "text");
        int fd = open(scratch_path(s, "/a/f"), O_RDONLY);

        if (ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0) {
                print_message("not asked: no immutable files here\n");
        } else {
                assert_int_equal(move_file(&s->sys, "/a/f", "/b/f", NULL), -EPERM);
                assert_int_equal(entries(s, "/b"), 0);
                assert_int_equal(ioctl(fd, FS_IOC_SETFLAGS, &none), 0);
        }
        close(fd);
        unlink(scratch_path(s, "/a/f"));
}

static void test_move_across(void **state)
{
        struct scratch s;

        (void)state;
        if (!mounts_of_our_own()) {
                print_message("skipped: no mounts of our own\n");
                skip();
        }
        scratch_open(&s);
        scratch_parents(&s, "/b/x");
        assert_int_equal(mount("tmpfs", scratch_path(&s, "/b"), "tmpfs", 0, "size=256k"), 0);
        assert_int_equal(mkfifo(scratch_path(&s, "/fifo"), 0600), 0);
        assert_int_equal(move_file(&s.sys, "/fifo", "/b/fifo", NULL), -EXDEV);
        assert_int_equal(symlink("/etc/passwd", scratch_path(&s, "/link")), 0);
        assert_int_equal(move_file(&s.sys, "/link", "/b/link", NULL), -ELOOP);
        moves_with_all(&s, "/a/f", "/b/f");
        moves_with_all(&s, "/b/f", "/a/f");
        move_refused(&s);
        move_of_immutable(&s);
        no_unnamed_files();
        scratch_write(&s, "/b/.secep-moved", "of a move that was cut off");
        moves_with_all(&s, "/a/f", "/b/f");
        move_refused(&s);
        umount2(scratch_path(&s, "/b"), MNT_DETACH);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_move_file),
                cmocka_unit_test(test_move_across),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
