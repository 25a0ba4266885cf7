/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Into the root: the package system then reads that root's configuration, sources and keys, and its
 * scriptlets find what they expect; the mounts go with the process. */
#include "lib/other_root.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/util.h"

static bool has_null(void)
{
        struct stat st;
        return stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

/* A mount of the host at DIR, by a descriptor taken before the chroot. */
static int bind_fd(int fd, const char *dir)
{
        _cleanup_free_ char *source = xasprintf("/proc/self/fd/%d", fd);
        return mount(source, dir, NULL, MS_BIND | MS_REC, NULL) < 0 ? -errno : 0;
}

static int furnish(int dev_fd, int offline_fd, char **why)
{
        struct stat st;
        if (stat("/proc/self/stat", &st) < 0 &&
            mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
                return fail(why, -errno, "mount /proc in the root: %m");
        int r = has_null() || dev_fd < 0 ? 0 : bind_fd(dev_fd, "/dev");
        if (r < 0)
                return fail(why, r, "bind /dev into the root: %s", strerror(-r));
        if (mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0)
                return fail(why, -errno, "mount /run in the root: %m");
        if (offline_fd < 0)
                return 0;
        if (mkdir(OFFLINE_INSIDE, 0755) < 0 || (r = bind_fd(offline_fd, OFFLINE_INSIDE)) < 0)
                return fail(why, r < 0 ? r : -errno, "bind the --offline directory into the root");
        return 0;
}

static int shield(const char *const *caches, bool fresh)
{
        for (; *caches; caches++) {
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

/* The root again, opened in our mount namespace: it must be the directory the parent looked at. */
static int change_root(const struct sys *outer, const struct stat *root, char **why)
{
        struct stat st;
        if (chdir(outer->root) < 0 || stat(".", &st) < 0)
                return fail(why, -errno, "%s: %m", outer->root);
        if (st.st_dev != root->st_dev || st.st_ino != root->st_ino)
                return fail(why, -ESTALE, "%s is not the directory it was any more", outer->root);
        if (chroot(".") < 0 || chdir("/") < 0)
                return fail(why, -errno, "chroot to %s: %m", outer->root);
        return 0;
}

static int open_dir(const char *path)
{
        return path ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
}

static int enter_other(const struct sys *outer, const struct stat *root, bool mounts, char **why)
{
        _cleanup_close_ int dev_fd = open_dir("/dev"), offline_fd = open_dir(outer->offline_dir);
        if (outer->offline_dir && offline_fd < 0)
                return fail(why, -ENOENT, "%s: no such directory", outer->offline_dir);
        int r = change_root(outer, root, why);
        return r < 0 || !mounts ? r : furnish(dev_fd, offline_fd, why);
}

int inside_enter(const struct sys *outer, const struct stat *root, bool simulate, bool fresh,
                 bool extra, const char *const *caches, struct sys *inner, char **why)
{
        bool mounts = (!outer->live || simulate || extra) && own_mounts() == 0;
        if (!mounts && (simulate || extra || (!outer->live && outer->offline_dir)))
                return fail(why, -EPERM, "the kernel grants no private mounts here");
        int r = outer->live ? 0 : enter_other(outer, root, mounts, why);
        if (r == 0 && simulate && (r = shield(caches, fresh)) < 0)
                return fail(why, r, "mount over the package cache: %s", strerror(-r));
        if (r == 0 && extra)
                r = make_extra(why);
        if (r < 0)
                return r;
        *inner = *outer;
        inner->root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        inner->root = (char *)"/";
        if (!outer->live && outer->offline_dir)
                inner->offline_dir = (char *)OFFLINE_INSIDE;
        return inner->root_fd < 0 ? fail(why, -errno, "/: %m") : 0;
}
