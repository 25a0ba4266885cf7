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

void account_groups(const struct sys *sys, const char *name, struct account_ids *ids)
{
        _cleanup_free_ char *text = NULL;
        struct record_reader reader;
        struct record record;
        size_t len = 0;
        if (records_read(sys, GROUP, &text, &len, NULL) < 0)
                return;
        record_reader_init(&reader, GROUP, text, len);
        while (ids->n_groups < NGROUPS_MAX && record_next(&reader, &record)) {
                if (!record.read || !is_member(record.field[GROUP_MEMBERS], name))
                        continue;
                ids->groups = xreallocarray(ids->groups, ids->n_groups + 1, sizeof(*ids->groups));
                ids->groups[ids->n_groups++] = record_id(&record, GROUP_GID);
        }
}

/* Descends from ROOT; WHERE is the part the account got to. 0, or -errno. */
static int descend(int root, const char *path, char *where)
{
        _cleanup_free_ char *copy = xstrdup(path);
        _cleanup_close_ int fd = fcntl(root, F_DUPFD_CLOEXEC, 0);
        char *rest = copy, *name;
        *where = '\0';
        while ((name = strsep(&rest, "/"))) {
                if (!*name)
                        continue;
                int next = openat(fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (next < 0)
                        return -errno;
                close(fd);
                fd = next;
                strcat(where, "/");
                strcat(where, name);
        }
        _cleanup_close_ int listed = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return listed < 0 ? -errno : 0;
}

/* In the child: status 0: reached, or not there; 1: refused, with where; 2: it may not become the
 * account. */
static int ask(void *data, int out)
{
        const struct question *q = data;
        int root = open(q->sys->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        uid_t uid = q->ids->uid;
        gid_t gid = q->ids->gid;
        if (root < 0 || setgroups(q->ids->n_groups, q->ids->groups) < 0 ||
            setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
                return 2;
        for (char *const *p = q->paths; *p; p++) {
                _cleanup_free_ char *where = xcalloc(strlen(*p) + 2, 1);
                if (descend(root, *p, where) != -EACCES)
                        continue;
                dprintf(out, "%s", *where ? where : "/");
                return 1;
        }
        return 0;
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

/* No child is asked that could not become the account: the monitor looks each minute. */
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
        struct run_child child = { .fn = ask, .data = &q, .timeout_ms = ANSWER_MS };
        _cleanup_run_result_ struct run_result result = { 0 };
        if (!may_become_another())
                return reached_by_mode(&q, where);
        int r = run_child(&child, &result);
        bool refused = result.status == 1; /* it says where */
        if (r < 0 || result.timed_out || (refused && !*result.out))
                return fail(why, r < 0 ? r : -EAGAIN,
                            "whether uid %u gets to %s could not be asked", ids->uid, *paths);
        if (refused)
                *where = xstrdup(result.out);
        if (refused || result.status == 0)
                return !refused;
        return reached_by_mode(&q, where);
}
