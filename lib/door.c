/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door: namespaces, then mounts, then rights. */
#include "lib/door.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#include "lib/child_exec.h"
#include "lib/door_parts.h"
#include "lib/plugin.h"
#include "lib/util.h"

static int namespaces(const struct door *door, char **why)
{
        int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
        if (!door->net)
                flags |= CLONE_NEWNET;
        if (unshare(flags) < 0)
                return fail(why, -EPERM, "the kernel grants no namespaces here (%s): " DOOR_REFUSED,
                            error_text(errno));
        return 0;
}

static int inner_of(const struct sys *outer, struct sys *inner, char **why)
{
        if (!inner)
                return 0;
        int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return fail(why, -errno, "/: %m");
        *inner = *outer;
        inner->root_fd = fd;
        inner->root = (char *)"/";
        if (outer->offline_dir)
                inner->offline_dir = (char *)OFFLINE_INSIDE;
        return 0;
}

bool door_needed(const struct sys *sys)
{
        return !sys->live || sys->copy;
}

int door_enter(const struct sys *outer, const struct stat *root, const struct door *door,
               struct sys *inner, char **why)
{
        const struct door_filter *filter = NULL;
        struct door_host host;
        /* a library of the host: loaded while "/" is the host's */
        int r = plugin_open("seccomp", "secep_seccomp", (const void **)&filter, why);
        if (r == 0)
                r = namespaces(door, why);
        if (r == 0 && (r = child_split()) < 0)
                (void)fail(why, r, "a process in the new pid namespace: %s", error_text(-r));
        if (r == 0)
                r = door_host_open(outer, root, door, &host, why);
        if (r < 0)
                return r;
        r = door_mounts(outer, root, door, &host, why);
        door_host_close(&host);
        if (r == 0)
                r = inner_of(outer, inner, why);
        return r < 0 ? r : door_rights(door, filter, why);
}
