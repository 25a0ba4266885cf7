/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts over the caches of the running system. */
#include "packages/shield.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "lib/door.h"
#include "lib/util.h"

static int shield(const char *const *caches, bool fresh)
{
        for (; caches && *caches; caches++) {
                struct stat st;
                if (stat(*caches, &st) < 0)
                        continue;
                int r = fresh ? mount("tmpfs", *caches, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755")
                              : mount(*caches, *caches, NULL, MS_BIND | MS_REC, NULL);
                if (r == 0 && !fresh)
                        r = mount(NULL, *caches, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
                if (r < 0)
                        return -errno;
        }
        return 0;
}

static int make_extra(char **why)
{
        if ((mkdir(EXTRA_INSIDE, 0755) < 0 && errno != EEXIST) ||
            mount("tmpfs", EXTRA_INSIDE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0)
                return fail(why, -errno, EXTRA_INSIDE ": %m");
        return 0;
}

static int own_mounts(void)
{
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                return -errno;
        return 0;
}

int shield_caches(const char *const *caches, bool fresh, bool extra, char **why)
{
        if (own_mounts() < 0)
                return fail(why, -EPERM, "the kernel grants no private mounts here");
        int r = shield(caches, fresh);
        if (r < 0)
                return fail(why, r, "mount over the package cache: %s", error_text(-r));
        return extra ? make_extra(why) : 0;
}
