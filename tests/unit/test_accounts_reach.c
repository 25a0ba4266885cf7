/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an account gets at a directory: by this thread, by a child, by modes, or nobody can say. */
#include "scratch.h"

#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "accounts/accounts.h"

#define UID 54321
#define GID 54322
#define FURTHER 54323
#define BIN "/opt/cisco/amp/bin"

static void setup(struct scratch *s)
{
        scratch_open(s);
        assert_int_equal(sys_mkdirs(&s->sys, BIN, 0755), 0);
}

static int reaches(struct scratch *s, char **where, char **why)
{
        gid_t further[] = { FURTHER };
        const struct account_ids ids = { UID, GID, further, 1 };
        char *const paths[] = { (char *)"/opt/cisco", (char *)BIN, (char *)"/opt/none", NULL };
        return account_reaches(&s->sys, &ids, paths, where, why);
}

static void refused_at(struct scratch *s, const char *path)
{
        _cleanup_free_ char *where = NULL;
        assert_int_equal(reaches(s, &where, NULL), 0);
        assert_string_equal(where, path);
}

/* FN in a process of its own, which is to end with status 0. */
static void apart(void (*fn)(struct scratch *), struct scratch *s)
{
        int status = -1;
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                fn(s);
                _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
}

/* From here on ACTION (a SECCOMP_RET_) is what each of CALLS gets. */
static void calls_get(const int *calls, size_t n, unsigned action)
{
        struct sock_filter filter[16] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        };
        size_t at = 1;
        for (size_t i = 0; i < n; i++) {
                filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                            (unsigned)calls[i], 0, 1);
                filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
        }
        filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        struct sock_fprog program = { (unsigned short)at, filter };
        assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void call_gets(int call, unsigned action)
{
        calls_get(&call, 1, action);
}

static void modes_and_groups_count(void **state)
{
        static const struct {
                mode_t mode;
                uid_t uid;
                gid_t gid;
                bool reached;
        } rows[] = {
                { 0755, 0, 0, true },        { 0750, 0, 0, false },  { 0700, UID, 0, true },
                { 0077, UID, 0, false },     { 0750, 0, GID, true }, { 0750, 0, FURTHER, true },
                { 0707, 0, FURTHER, false }, { 0754, 0, 0, false },  { 0000, 0, 0, false },
        };
        NEEDS_ROOT();
        (void)state;
        struct scratch s;
        setup(&s);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *path = scratch_path(&s, "/opt");
                assert_int_equal(chown(path, rows[i].uid, rows[i].gid), 0);
                assert_int_equal(chmod(path, rows[i].mode), 0);
                if (!rows[i].reached)
                        refused_at(&s, "/opt");
                else
                        assert_int_equal(reaches(&s, NULL, NULL), 1);
        }
        scratch_close(&s);
}

/* u::rwx u:UID:--- g::r-x m::r-x o::r-x, which the mode does not show. */
static void an_acl_counts(void **state)
{
        static const unsigned char acl[] = {
                2,    0, 0, 0,                                   /* version */
                1,    0, 7, 0, 0xff,       0xff,     0xff, 0xff, /* owner */
                2,    0, 0, 0, UID & 0xff, UID >> 8, 0,    0,    /* the account */
                4,    0, 5, 0, 0xff,       0xff,     0xff, 0xff, /* group */
                0x10, 0, 5, 0, 0xff,       0xff,     0xff, 0xff, /* mask */
                0x20, 0, 5, 0, 0xff,       0xff,     0xff, 0xff, /* others */
        };
        NEEDS_ROOT();
        (void)state;
        struct scratch s;
        setup(&s);
        if (setxattr(scratch_path(&s, "/opt/cisco"), "system.posix_acl_access", acl, sizeof(acl),
                     0) < 0)
                print_message("not asked: no ACLs here\n");
        else
                refused_at(&s, "/opt/cisco");
        scratch_close(&s);
}

/* What /proc says of this thread's ids, groups and rights. */
static char *myself(void)
{
        _cleanup_fclose_ FILE *f = fopen("/proc/thread-self/status", "re");
        char line[512], *text = xstrdup("");
        assert_non_null(f);
        while (fgets(line, sizeof(line), f)) {
                _cleanup_free_ char *old = text;
                bool wanted = startswith(line, "Uid:") || startswith(line, "Gid:") ||
                              startswith(line, "Groups:") || startswith(line, "Cap");
                text = xasprintf("%s%s", old, wanted ? line : "");
        }
        return text;
}

/* Without a process: clone, fork and vfork would end this one. */
static void as_before(struct scratch *s)
{
        static const int forks[] = { SYS_clone,
#ifdef SYS_clone3
                                     SYS_clone3,
#endif
#ifdef SYS_fork
                                     SYS_fork,
#endif
#ifdef SYS_vfork
                                     SYS_vfork
#endif
        };
        const gid_t groups[] = { 7, 8, 9 };
        int death = 0;
        assert_int_equal(setgroups(ARRAY_SIZE(groups), groups), 0);
        assert_int_equal(setresgid(1, 2, 3), 0);
        assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0);
        assert_int_equal(prctl(PR_SET_PDEATHSIG, SIGUSR1), 0);
        calls_get(forks, ARRAY_SIZE(forks), SECCOMP_RET_KILL);
        _cleanup_free_ char *before = myself();
        assert_non_null(strstr(before, "7 8 9"));
        assert_int_equal(reaches(s, NULL, NULL), 1);
        _cleanup_free_ char *after = myself();
        assert_string_equal(after, before);
        assert_int_equal(prctl(PR_GET_DUMPABLE), 1);
        assert_int_equal(prctl(PR_GET_PDEATHSIG, &death), 0);
        assert_int_equal(death, SIGUSR1);
}

static void root_keeps_no_right(struct scratch *s)
{
        /* Rights stay with every user: SECBIT_NO_SETUID_FIXUP. */
        assert_int_equal(prctl(PR_SET_SECUREBITS, 1UL << 2), 0);
        assert_int_equal(chmod(scratch_path(s, "/opt"), 0750), 0);
        refused_at(s, "/opt");
        assert_int_equal(chmod(scratch_path(s, "/opt"), 0755), 0);
        assert_int_equal(reaches(s, NULL, NULL), 1);
}

static void this_thread_asks_and_is_itself_again(void **state)
{
        NEEDS_ROOT();
        (void)state;
        struct scratch s;
        setup(&s);
        apart(as_before, &s);
        apart(root_keeps_no_right, &s);
        scratch_close(&s);
}

/* The account is refused, and the child that would say where is ended by a signal. */
static void child_ended(struct scratch *s)
{
        _cleanup_free_ char *where = NULL, *why = NULL;
        call_gets(SYS_setresuid, SECCOMP_RET_KILL);
        assert_int_equal(reaches(s, NULL, NULL), 1); /* the thread needs no child */
        assert_int_equal(chmod(scratch_path(s, "/opt"), 0750), 0);
        assert_int_equal(reaches(s, &where, &why), -EAGAIN);
        assert_null(where);
        assert_non_null(strstr(why, "could not be asked"));
}

static void no_group_list(struct scratch *s)
{
        _cleanup_free_ char *before = myself();
        call_gets(SYS_setgroups, SECCOMP_RET_ERRNO | EPERM);
        assert_int_equal(reaches(s, NULL, NULL), 1);
        _cleanup_free_ char *after = myself();
        assert_string_equal(after, before);
        assert_int_equal(chmod(scratch_path(s, "/opt"), 0750), 0);
        refused_at(s, "/opt");
}

/* Then by a child, which finds the way. */
static void no_file_user(struct scratch *s)
{
        _cleanup_free_ char *before = myself();
        call_gets(SYS_setfsuid, SECCOMP_RET_ERRNO | EPERM);
        assert_int_equal(reaches(s, NULL, NULL), 1);
        _cleanup_free_ char *after = myself();
        assert_string_equal(after, before);
}

static void what_fails_is_no_answer(struct scratch *s)
{
        static const int opens[] = { SYS_openat,
#ifdef SYS_openat2
                                     SYS_openat2
#endif
        };
        _cleanup_free_ char *why = NULL;
        calls_get(opens, ARRAY_SIZE(opens), SECCOMP_RET_ERRNO | EIO);
        assert_int_equal(reaches(s, NULL, &why), -EAGAIN);
        assert_non_null(why);
}

static void who_cannot_say_says_so(void **state)
{
        static void (*const cases[])(struct scratch *) = { child_ended, no_group_list, no_file_user,
                                                           what_fails_is_no_answer };
        NEEDS_ROOT();
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                struct scratch s;
                setup(&s);
                apart(cases[i], &s);
                scratch_close(&s);
        }
}

/* A mount of FUSE is its owner's alone, by the real and the saved ids: root's refuses the account. */
static void mount_of_root(struct scratch *s)
{
        _cleanup_close_ int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
        _cleanup_free_ char *options = xasprintf("fd=%d,rootmode=40755,user_id=0,group_id=0", fuse);
        if (fuse < 0 || unshare(CLONE_NEWNS) < 0 ||
            mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("test", scratch_path(s, "/opt/cisco"), "fuse", MS_NOSUID | MS_NODEV, options) <
                    0) {
                print_message("not asked: no FUSE here\n");
                return;
        }
        sys_close(&s->sys); /* it is of the namespace before */
        assert_int_equal(sys_open(s->dir, &s->sys, NULL), 0);
        refused_at(s, "/opt/cisco");
}

static void a_mount_of_root_alone(void **state)
{
        NEEDS_ROOT();
        (void)state;
        struct scratch s;
        setup(&s);
        apart(mount_of_root, &s);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(modes_and_groups_count),
                cmocka_unit_test(an_acl_counts),
                cmocka_unit_test(this_thread_asks_and_is_itself_again),
                cmocka_unit_test(who_cannot_say_says_so),
                cmocka_unit_test(a_mount_of_root_alone),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
