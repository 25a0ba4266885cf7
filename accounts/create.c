/* SPDX-License-Identifier: GPL-2.0-or-later */
/* groupadd, useradd and usermod -L of the host, and their outcome read back. */
#include "accounts/accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/statvfs.h>

#include "accounts/records.h"
#include "lib/door.h"
#include "lib/i18n.h"
#include "lib/run.h"
#include "lib/i18n.h"
#include "lib/util.h"
#include "lib/wait.h"

#define TOOL_MS 60000 /* a tool itself waits 15 s for another's lock */
#define RETRY_MS 200
#define PWD_LOCK "/etc/.pwd.lock"
#define COMMENT "Cisco Secure Endpoint scan service"

/* In another root they are the host's tools on the root's files, behind the door: its name service
 * modules are never loaded. */
static const struct door door = { .profile = DOOR_TRANSACTION, .tools = true };

static bool is_running(long pid)
{
        return kill((pid_t)pid, 0) == 0 || errno == EPERM;
}

/* Is PATH a lock the tools never take away themselves? 1 with *WHY, 0, or 2: a program that is
 * running holds it. */
static int lock_is_stale(const struct sys *sys, const char *path, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        int r = sys_read(sys, path, 64, &text, &len);
        if (r == -ENOENT)
                return 0;
        long pid;
        if (r < 0 || parse_long(text, 1, 1 << 30, &pid) < 0) {
                (void)fail(why, -EBUSY,
                           "%s was left behind by a program that was ended and names no process: "
                           "remove it",
                           path);
                return 1;
        }
        if (!sys->live || !is_running(pid))
                return 0;
        (void)fail(why, -EBUSY, "%s is held by process %ld", path, pid);
        return 2;
}

/* lckpwdf(3)'s lock, which the tools take first. As lock_is_stale(). */
static int database_locked(const struct sys *sys, char **why)
{
        _cleanup_close_ int fd = sys_openat(sys, PWD_LOCK, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0);
        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
        if (fd < 0 || fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
                return 0;
        (void)fail(why, -EBUSY, "%s is held by process %d", PWD_LOCK, (int)lock.l_pid);
        return 2;
}

/* A pid that another root's lock file names is of another pid namespace, or long gone: the tools,
 * in one of their own there, clear it. */
static int locks_look(const struct sys *sys, char **why)
{
        int held = database_locked(sys, why);
        if (held)
                return held;
        for (int file = 0; file < RECORDS_FILES; file++) {
                _cleanup_free_ char *path = xasprintf("%s.lock", records_path(file));
                int r = lock_is_stale(sys, path, why);
                if (r > 0)
                        return r;
        }
        return 0;
}

static bool is_full(const struct sys *sys)
{
        struct statvfs v;
        _cleanup_close_ int etc = sys_openat(sys, "/etc", O_RDONLY | O_DIRECTORY, 0);
        return etc >= 0 && fstatvfs(etc, &v) == 0 && v.f_bavail == 0;
}

/* The tools say of a range without a free id only that they failed. With *WHY. */
static bool no_id_left(const struct sys *sys, char **why)
{
        _cleanup_free_ char *users = NULL, *groups = NULL;
        uid_t uid;
        gid_t gid;
        if (account_free_gid(sys, &gid, &groups) == -ERANGE)
                *why = TAKE_PTR(groups);
        else if (account_free_uid(sys, &uid, &users) == -ERANGE)
                *why = TAKE_PTR(users);
        return *why != NULL;
}

/* Runs the tool; while another program holds one of its locks, again until the time is up. */
static int tool_run(const struct sys *sys, const char *tool, const char *const *words, int lock_fd,
                    char **why)
{
        _cleanup_strv_ char **argv = NULL;
        int r;
        strv_add(&argv, tool);
        for (; *words; words++)
                strv_add(&argv, *words);
        struct run run = { RUN_DEFAULT, .argv = (const char *const *)argv, .timeout_ms = TOOL_MS };
        run.keep_fd = lock_fd;
        struct wait wait = { 0 };
        for (;;) {
                _cleanup_free_ char *said = NULL, *lock = NULL;
                r = door_checked(sys, &door, &run, NULL, &said);
                if (r == 0)
                        return 0;
                int locked = r == -EIO ? locks_look(sys, &lock) : 0;
                int waited = locked == 2 ? wait_pause(sys, &wait,
                                                      _("another program that changes users"),
                                                      RETRY_MS, why)
                                         : -EAGAIN;
                if (waited != -EAGAIN) {
                        if (waited < 0)
                                return waited;
                        continue;
                }
                if (locked)
                        return fail(why, locked == 1 ? -ENOTRECOVERABLE : -EBUSY, "%s", lock);
                if (r == -EIO && no_id_left(sys, &lock))
                        return fail(why, -ERANGE, "%s (%s)", lock, said);
                if (r == -EIO && is_full(sys))
                        return fail(why, -ENOSPC, "/etc: no space left on device (%s)", said);
                return fail(why, r, "%s", said);
        }
}

/* Opened for writing and closed again: says what a write would say. */
static int file_changeable(const struct sys *sys, const char *path, char **why)
{
        _cleanup_close_ int fd = sys_openat(sys, path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW, 0);
        if (fd >= 0 || fd == -ENOENT)
                return 0;
        if (fd == -EPERM)
                return fail(why, fd, "%s is immutable: chattr -i -a %s lets it be changed", path,
                            path);
        return fail(why, fd, "%s cannot be changed: %s", path, sys_why(fd));
}

/* What the tools open beside these: of a FIFO there they would wait until they are ended. */
static int tools_answer(const struct sys *sys, char **why)
{
        static const char *const read[] = { PWD_LOCK,
                                            "/etc/login.defs",
                                            "/etc/subuid",
                                            "/etc/subgid",
                                            "/etc/default/useradd",
                                            "/etc/shells",
                                            "/etc/nsswitch.conf" };
        struct stat st;
        for (size_t i = 0; i < ARRAY_SIZE(read); i++)
                if (sys_stat(sys, read[i], &st) == 0 && S_ISFIFO(st.st_mode))
                        return fail(why, -EINVAL, "%s: %s", read[i], sys_why(-EINVAL));
        return 0;
}

int account_changeable(const struct sys *sys, char **why)
{
        int r = tools_answer(sys, why);
        for (int file = 0; file < RECORDS_FILES && r == 0; file++)
                r = file_changeable(sys, records_path(file), why);
        if (r < 0)
                return r;
        _cleanup_close_ int etc = sys_openat(sys, "/etc", O_RDONLY | O_DIRECTORY, 0);
        if (etc >= 0 && faccessat(etc, ".", W_OK, 0) < 0)
                return fail(why, -errno, "/etc cannot be changed: %s", error_text(errno));
        return etc < 0 ? fail(why, etc, "/etc: %s", error_text(-etc)) : 0;
}

int account_read_to_change(const struct sys *sys, const char *name, struct account *out, char **why)
{
        int r = account_changeable(sys, why);
        return r < 0 ? r : account_read(sys, name, out, why);
}

int account_create_group(const struct sys *sys, const char *name, const char *gid, int lock_fd,
                         char **why)
{
        const char *free_choice[] = { "-r", name, NULL };
        const char *given[] = { "-r", "-g", gid, name, NULL };
        int r = tool_run(sys, "groupadd", *gid ? given : free_choice, lock_fd, why);
        if (r < 0)
                return r;
        _cleanup_account_ struct account a = { .user = false };
        r = account_read(sys, name, &a, why);
        if (r == 0 && !a.group)
                return fail(why, -EIO, "groupadd reported success, but there is no group %s", name);
        return r;
}

int account_create_user(const struct sys *sys, const char *name, const char *group, int lock_fd,
                        char **why)
{
        const char *words[] = { "-r", "-g",           group, "-M",
                                "-d", "/nonexistent", "-s",  account_nologin(sys),
                                "-c", COMMENT,        name,  NULL };
        int r = tool_run(sys, "useradd", words, lock_fd, why);
        if (r < 0)
                return r;
        _cleanup_account_ struct account a = { .user = false };
        r = account_read(sys, name, &a, why);
        if (r < 0)
                return r;
        if (!a.user)
                return fail(why, -EIO, "useradd reported success, but there is no user %s", name);
        if (!a.primary_name || !streq(a.primary_name, group))
                return fail(why, -EIO, "useradd made %s without its primary group %s", name, group);
        if (a.password == PASSWORD_USABLE || a.password == PASSWORD_EMPTY)
                return fail(why, -EIO, "useradd made %s without locking its password", name);
        return 0;
}

int account_lock_password(const struct sys *sys, const char *name, int lock_fd, char **why)
{
        const char *words[] = { "-L", name, NULL };
        int r = tool_run(sys, "usermod", words, lock_fd, why);
        if (r < 0)
                return r;
        _cleanup_account_ struct account a = { .user = false };
        r = account_read(sys, name, &a, why);
        if (r == 0 && (a.password == PASSWORD_USABLE || a.password == PASSWORD_EMPTY))
                return fail(why, -EIO, "usermod -L reported success, but %s still has a password",
                            name);
        return r;
}
