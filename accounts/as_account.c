/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This thread as an account, for file access. */
#include "accounts/as_account.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/util.h"

/* Where the first had 16 bits for an id. */
#ifdef SYS_setgroups32
#define CALL_SETGROUPS SYS_setgroups32
#define CALL_SETRESGID SYS_setresgid32
#else
#define CALL_SETGROUPS SYS_setgroups
#define CALL_SETRESGID SYS_setresgid
#endif

struct as_account {
        gid_t real, effective, saved;
        uid_t user; /* of the file system */
        gid_t *groups;
        int n_groups;
        struct __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3];
        bool dumpable;
        int death; /* the signal when the parent dies; 0: none */
        pid_t parent;
        enum {
                NOTHING,
                GROUPS,
                GROUP
        } taken; /* so far: what was not cannot always be given back */
};

static int rights_call(long call, struct __user_cap_data_struct *rights)
{
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        return syscall(call, &head, rights) < 0 ? -errno : 0;
}

static uid_t file_user(void)
{
        return (uid_t)setfsuid((uid_t)-1); /* refused, and says who it is */
}

static int set_groups(size_t n, const gid_t *groups)
{
        return syscall(CALL_SETGROUPS, n, groups) < 0 ? -errno : 0;
}

static int set_group(gid_t real, gid_t effective, gid_t saved)
{
        return syscall(CALL_SETRESGID, real, effective, saved) < 0 ? -errno : 0;
}

static int set_file_user(uid_t user)
{
        (void)setfsuid(user); /* it says who it was, whether or not it did anything */
        return file_user() == user ? 0 : -EPERM;
}

static int remember(struct as_account *was)
{
        int n = getgroups(0, NULL);
        was->groups = xcalloc(n < 0 ? 1 : (size_t)n + 1, sizeof(*was->groups));
        was->n_groups = getgroups(n, was->groups);
        if (was->n_groups < 0 || getresgid(&was->real, &was->effective, &was->saved) < 0)
                return -errno;
        was->user = file_user();
        was->dumpable = prctl(PR_GET_DUMPABLE) == 1;
        was->parent = getppid();
        (void)prctl(PR_GET_PDEATHSIG, &was->death);
        return rights_call(SYS_capget, was->rights);
}

static int become(const struct account_ids *ids, struct as_account *was)
{
        struct __user_cap_data_struct way_back[_LINUX_CAPABILITY_U32S_3];
        memcpy(way_back, was->rights, sizeof(way_back));
        way_back[0].effective &= 1U << CAP_SETUID | 1U << CAP_SETGID;
        way_back[1].effective = 0;
        int r = set_groups(ids->n_groups, ids->groups);
        if (r < 0)
                return r;
        was->taken = GROUPS;
        r = set_group(ids->gid, ids->gid, ids->gid);
        if (r < 0)
                return r;
        was->taken = GROUP;
        r = set_file_user(ids->uid);
        /* Last: whoever is not root as to files has lost those of files, unless securebits say no. */
        return r == 0 ? rights_call(SYS_capset, way_back) : r;
}

static bool give_back(struct as_account *was)
{
        /* The user first: its way back fills the rights in effect from those permitted. */
        return set_file_user(was->user) == 0 &&
               (was->taken < GROUP || set_group(was->real, was->effective, was->saved) == 0) &&
               (was->taken < GROUPS || set_groups((size_t)was->n_groups, was->groups) == 0) &&
               rights_call(SYS_capset, was->rights) == 0;
}

int as_account_begin(const struct account_ids *ids, struct as_account **out)
{
        /* -1 is no id to these calls: they would change nothing. */
        if (ids->uid == (uid_t)-1 || ids->gid == (gid_t)-1)
                return -EINVAL;
        struct as_account *was = xcalloc(1, sizeof(*was));
        int r = remember(was);
        if (r < 0) {
                free(was->groups);
                free(was);
                return r;
        }
        r = become(ids, was);
        if (r < 0)
                as_account_end(was);
        else
                *out = was;
        return r;
}

void as_account_end(struct as_account *was)
{
        if (!give_back(was))
                abort();
        if (was->dumpable)
                (void)prctl(PR_SET_DUMPABLE, 1);
        if (was->death) {
                (void)prctl(PR_SET_PDEATHSIG, was->death);
                if (getppid() != was->parent) /* it died meanwhile */
                        raise(was->death);
        }
        free(was->groups);
        free(was);
}
