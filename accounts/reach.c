/* SPDX-License-Identifier: GPL-2.0-or-later */
/* May an account really get at a directory: the kernel is asked as that account, so that modes,
 * ACLs and mount options of every parent count as they do for it. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include "accounts/accounts.h"
#include "accounts/as_account.h"
#include "accounts/records.h"
#include "lib/run.h"
#include "lib/util.h"

#define ANSWER_MS 5000 /* a file system that answers at all does within this */

struct question {
        const struct sys *sys;
        const struct account_ids *ids;
        char *const *paths;
};

void account_ids_free(struct account_ids *ids)
{
        free(ids->groups);
}

static bool is_member(const char *members, const char *name)
{
        size_t n = strlen(name);
        for (const char *at = members; *at; at += strcspn(at, ","), at += *at == ',')
                if (strcspn(at, ",") == n && memcmp(at, name, n) == 0)
                        return true;
        return false;
}

/* The next line of TEXT, which ends at END, that has NAME in it: *LINE is cut out, and what is left
 * returned; NULL: none has. */
static char *line_with(char *text, char *end, const char *name, struct record_reader *line)
{
        char *at = memmem(text, (size_t)(end - text), name, strlen(name));
        if (!at)
                return NULL;
        char *eol = memchr(at, '\n', (size_t)(end - at));
        while (at > text && at[-1] != '\n')
                at--;
        record_reader_init(line, GROUP, at, (size_t)((eol ? eol : end) - at));
        return eol ? eol + 1 : end;
}

void account_groups(const struct sys *sys, const char *name, struct account_ids *ids)
{
        _cleanup_free_ char *text = NULL;
        struct record_reader reader;
        struct record record;
        size_t len = 0;
        if (records_read(sys, GROUP, &text, &len, NULL) < 0)
                return;
        char *rest = text, *end = text + len;
        while (ids->n_groups < NGROUPS_MAX && (rest = line_with(rest, end, name, &reader))) {
                if (!record_next(&reader, &record) || !record.read ||
                    !is_member(record.field[GROUP_MEMBERS], name))
                        continue;
                ids->groups = xreallocarray(ids->groups, ids->n_groups + 1, sizeof(*ids->groups));
                ids->groups[ids->n_groups++] = record_id(&record, GROUP_GID);
        }
}

/* Descends from ROOT; WHERE is the part the account got to. 0, or -errno. */
static int descend(int root, const char *path, char *where)
{
        _cleanup_free_ char *copy = xstrdup(path);
        _cleanup_close_ int fd = -1;
        char *rest = copy, *name;
        *where = '\0';
        while ((name = strsep(&rest, "/"))) {
                if (!*name)
                        continue;
                int next = openat(fd < 0 ? root : fd, name,
                                  O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (next < 0)
                        return -errno;
                if (fd >= 0)
                        close(fd);
                fd = next;
                strcat(where, "/");
                strcat(where, name);
        }
        _cleanup_close_ int listed =
                openat(fd < 0 ? root : fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return listed < 0 ? -errno : 0;
}

enum answer {
        REACHED,
        REFUSED,
        MAY_NOT, /* this process may not become the account */
        UNTOLD,
};

/* Not there, or something else: that is not refused here. */
static bool is_no_directory(int r)
{
        return r == -ENOENT || r == -ENOTDIR || r == -ELOOP || r == -ENAMETOOLONG;
}

/* As the account. REFUSED: with *WHERE, malloc'ed. */
static enum answer descend_all(int root, char *const *paths, char **where)
{
        for (char *const *p = paths; *p; p++) {
                _cleanup_free_ char *got_to = xcalloc(strlen(*p) + 2, 1);
                int r = descend(root, *p, got_to);
                if (r == 0 || is_no_directory(r))
                        continue;
                if (r != -EACCES)
                        return UNTOLD;
                *where = *got_to ? TAKE_PTR(got_to) : xstrdup("/");
                return REFUSED;
        }
        return REACHED;
}

static enum answer become(const struct account_ids *ids)
{
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };
        uid_t uid = ids->uid;
        gid_t gid = ids->gid;
        if (uid == (uid_t)-1 || gid == (gid_t)-1) /* "as it is", to these calls */
                return MAY_NOT;
        /* The last: whom securebits let keep its rights. */
        if (setgroups(ids->n_groups, ids->groups) == 0 && setresgid(gid, gid, gid) == 0 &&
            setresuid(uid, uid, uid) == 0 && syscall(SYS_capset, &head, none) == 0)
                return REACHED;
        return errno == EPERM || errno == EINVAL ? MAY_NOT : UNTOLD;
}

/* In the child: an enum answer; where it is refused is written to OUT. */
static int ask(void *data, int out)
{
        const struct question *q = data;
        _cleanup_free_ char *where = NULL;
        _cleanup_close_ int root = open(q->sys->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        enum answer a = root < 0 ? UNTOLD : become(q->ids);
        if (a == REACHED)
                a = descend_all(root, q->paths, &where);
        if (a == REFUSED)
                dprintf(out, "%s", where);
        return (int)a;
}

/* By a process that is the account in all. REFUSED: with *WHERE, malloc'ed. */
static enum answer ask_in_child(struct question *q, char **where)
{
        struct run_child child = { .fn = ask, .data = q, .timeout_ms = ANSWER_MS };
        _cleanup_run_result_ struct run_result result = { 0 };
        /* One that a signal ended has no status: it has told nothing. */
        if (run_child(&child, &result) < 0 || result.timed_out || result.status < REACHED ||
            result.status > UNTOLD)
                return UNTOLD;
        if (result.status == REFUSED && !*result.out)
                return UNTOLD;
        if (result.status == REFUSED)
                *where = TAKE_PTR(result.out);
        return (enum answer)result.status;
}

/* By this thread, and each path by one call: REACHED, or else it is the child's to say. */
static enum answer ask_here(const struct question *q)
{
        struct as_account *was;
        enum answer a = REACHED;
        if (as_account_begin(q->ids, &was) < 0)
                return UNTOLD;
        for (char *const *p = q->paths; *p && a == REACHED; p++) {
                _cleanup_close_ int fd = sys_openat_nolinks(q->sys, *p, O_RDONLY | O_DIRECTORY, 0);
                a = fd >= 0 || is_no_directory(fd) ? REACHED : UNTOLD;
        }
        as_account_end(was);
        return a;
}

static bool in_group(const struct account_ids *ids, gid_t gid)
{
        bool found = gid == ids->gid;
        for (size_t i = 0; i < ids->n_groups; i++)
                found |= ids->groups[i] == gid;
        return found;
}

/* What the mode alone grants at PATH: search, and LIST on the last one. */
static bool mode_grants(const struct question *q, const char *path, bool list)
{
        struct stat st;
        if (sys_lstat_nolinks(q->sys, path, &st) < 0 || !S_ISDIR(st.st_mode))
                return true; /* not there, or no directory: not refused here */
        unsigned want = list ? 05 : 01;
        unsigned bits = st.st_uid == q->ids->uid      ? st.st_mode >> 6
                        : in_group(q->ids, st.st_gid) ? st.st_mode >> 3
                                                      : st.st_mode;
        return (bits & want) == want;
}

/* Where this process may not become another user, as the monitor may not: by modes, without ACLs. */
static bool one_by_mode(const struct question *q, const char *wanted, char **where)
{
        _cleanup_free_ char *path = xstrdup(wanted);
        if (!mode_grants(q, "/", false)) {
                *where = xstrdup("/");
                return false;
        }
        for (char *end = path; *end;) {
                end += 1 + strcspn(end + 1, "/");
                char kept = *end;
                *end = '\0';
                if (!mode_grants(q, path, kept == '\0')) {
                        *where = xstrdup(path);
                        return false;
                }
                *end = kept;
        }
        return true;
}

static bool reached_by_mode(const struct question *q, char **where)
{
        for (char *const *p = q->paths; *p; p++)
                if (!one_by_mode(q, *p, where))
                        return false;
        return true;
}

/* Nothing is tried that could not become the account: the monitor looks each minute. */
static bool may_become_another(void)
{
        const uint32_t need = 1u << CAP_SETUID | 1u << CAP_SETGID;
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
        return syscall(SYS_capget, &head, data) < 0 || (data[0].effective & need) == need;
}

int account_reaches(const struct sys *sys, const struct account_ids *ids, char *const *paths,
                    char **where, char **why)
{
        struct question q = { sys, ids, paths };
        if (!may_become_another())
                return reached_by_mode(&q, where);
        enum answer a = ask_here(&q);
        if (a != REACHED)
                a = ask_in_child(&q, where);
        if (a == MAY_NOT)
                return reached_by_mode(&q, where);
        if (a == UNTOLD)
                return fail(why, -EAGAIN, "whether uid %u gets to %s could not be asked", ids->uid,
                            *paths);
        return a == REACHED;
}
