/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A control group of ours (version 2) for a child and all that it starts: one limit for their memory
 * together, one for their number.
 *
 * Only where the group this process is in was handed to it: systemd says so of a unit with Delegate=
 * (the attribute user.delegate or trusted.delegate), or no systemd runs that the groups would belong
 * to. systemd moves and removes groups it did not hand on as it likes. */
#ifndef SECEP_LIB_CGROUP_H
#define SECEP_LIB_CGROUP_H

#include <stdbool.h>

struct cgroup {
        int fd;  /* its directory; -1: there is none */
        int own; /* the one it is below */
        int leaf; /* where the processes of that one are meanwhile, since a group with limits below it
                     may hold none; -1: they stayed */
        char name[32], leaf_name[32];
};
#define CGROUP_NONE                                                                                \
        {                                                                                          \
                .fd = -1, .own = -1, .leaf = -1                                                    \
        }

/* Makes one. 0, or -errno and *OUT has none: -ENOENT (no version 2 here), -EPERM (not handed to us),
 * -EOPNOTSUPP (without memory and pids), -EBUSY (others are in our group), -EROFS, ... */
int cgroup_make(unsigned long long memory, unsigned processes, struct cgroup *out);

/* In a child: enters it. 0 or -errno. FD is cgroup.fd. */
int cgroup_join(int fd);

/* Was a process of it ended because its memory was used up? */
bool cgroup_out_of_memory(const struct cgroup *group);

/* Ends what is left in it, removes it, and puts everybody back. */
void cgroup_free(struct cgroup *group);

#endif
