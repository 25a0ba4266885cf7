/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program expects to find behind the door, and nothing more. */
#include "lib/door_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "lib/detached.h"
#include "lib/util.h"

#define TMPFS_FLAGS (MS_NOSUID | MS_NODEV)

static const char *const nodes[DOOR_NODES] = { "null", "zero", "full", "random", "urandom", "tty" };
static const char *const links[][2] = {
        { "/proc/self/fd", "fd" },       { "/proc/self/fd/0", "stdin" },
        { "/proc/self/fd/1", "stdout" }, { "/proc/self/fd/2", "stderr" },
        { "pts/ptmx", "ptmx" },
};

/* Where programs write whatever they do; over a read-only root. */
static const char *const written[] = { "/tmp", "/var/tmp", "/var/log", "/var/lib/dnf" };

/* The directory NAME of the new root, made where it is missing. */
static int make_dir(const struct sys *inside, const char *name, char **why)
{
        if (mkdirat(inside->root_fd, name, 0755) < 0 && errno != EEXIST && errno != EROFS)
                return fail(why, -errno, "/%s of the root: %m", name);
        int fd = openat(inside->root_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return fd < 0 ? fail(why, -ENOTDIR, "/%s of the root is not a directory", name) : fd;
}

static int tmpfs_on(const struct sys *inside, const char *name, char **why)
{
        _cleanup_close_ int fd = make_dir(inside, name, why);
        const char *data = streq(name, "dev") ? "mode=0755,size=64m,nr_inodes=16k" : "mode=0755";
        if (fd < 0)
                return fd;
        int r = door_mount_at(fd, NULL, "tmpfs", "tmpfs", TMPFS_FLAGS, data);
        if (r < 0)
                return fail(why, r, "mount /%s: %s", name, error_text(-r));
        /* the mount, not what it hides */
        return openat(inside->root_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int node_put(int dev, const char *name, int node)
{
        if (node < 0)
                return 0;
        _cleanup_close_ int fd = openat(dev, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        return fd < 0 ? -errno : door_bind_at(dev, name, node, true);
}

static int devices(const struct sys *inside, const struct door_host *host, char **why)
{
        _cleanup_close_ int dev = tmpfs_on(inside, "dev", why);
        if (dev < 0)
                return dev;
        int r = 0;
        for (size_t i = 0; i < DOOR_NODES && r == 0; i++)
                r = node_put(dev, nodes[i], host->nodes[i]);
        if (r == 0)
                r = node_put(dev, host->disk_name, host->disk);
        for (size_t i = 0; i < ARRAY_SIZE(links) && r == 0; i++)
                r = symlinkat(links[i][0], dev, links[i][1]) < 0 ? -errno : 0;
        if (r == 0 && (mkdirat(dev, "pts", 0755) < 0 || mkdirat(dev, "shm", 01777) < 0))
                r = -errno;
        if (r == 0)
                r = door_mount_at(dev, "pts", "devpts", "devpts", MS_NOSUID | MS_NOEXEC,
                                  "newinstance,ptmxmode=0666,mode=0620");
        return r < 0 ? fail(why, r, "/dev of the root: %s", error_text(-r)) : 0;
}

static int processes(const struct sys *inside, char **why)
{
        _cleanup_close_ int fd = make_dir(inside, "proc", why);
        if (fd < 0)
                return fd;
        int r = door_mount_at(fd, NULL, "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
        if (r < 0)
                return fail(why, r, "mount /proc in the root: %s", error_text(-r));
        _cleanup_close_ int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (here < 0 || chdir("proc") < 0)
                return fail(why, -errno, "/proc of the root: %m");
        r = door_proc(why);
        if (fchdir(here) < 0 && r == 0)
                r = fail(why, -errno, "the root: %m");
        return r;
}

/* Onto a directory of the root that may be reached by symlinks within it. */
static int fresh_on(const struct sys *inside, const struct door *door, const char *path)
{
        char data[96];
        int fd = sys_openat(inside, path, O_PATH | O_DIRECTORY, 0);
        if (fd < 0)
                return fd == -ENOENT || fd == -ENOTDIR ? 0 : fd;
        snprintf(data, sizeof(data), "mode=0755,size=%s,nr_inodes=64k,uid=%u,gid=%u",
                 door->profile == DOOR_BUILD ? "256m" : "1g", door->uid, door->gid);
        int r = door_mount_at(fd, NULL, "tmpfs", "tmpfs", TMPFS_FLAGS, data);
        close(fd);
        return r;
}

static int bind_on(const struct sys *inside, const struct door_bind *bind, int fd)
{
        /* below /run or another tmpfs of ours it is made */
        (void)sys_mkdirs(inside, bind->inside, 0755);
        _cleanup_close_ int at = sys_openat(inside, bind->inside, O_PATH | O_DIRECTORY, 0);
        if (at < 0 || bind->detached > 0)
                return at < 0 ? at : detached_attach(fd, at);
        char source[64];
        snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
        int r = door_mount_at(at, NULL, source, NULL, MS_BIND, NULL);
        if (r < 0)
                return r;
        _cleanup_close_ int top = sys_openat(inside, bind->inside, O_PATH | O_DIRECTORY, 0);
        unsigned long flags = MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV;
        return top < 0 ? top
                       : door_mount_at(top, NULL, NULL, NULL,
                                       flags | (bind->writable ? 0 : MS_RDONLY), NULL);
}

int door_furnish(const struct sys *inside, const struct door *door, const struct door_host *host,
                 char **why)
{
        int r = devices(inside, host, why);
        if (r == 0)
                r = processes(inside, why);
        _cleanup_close_ int run = r == 0 ? tmpfs_on(inside, "run", why) : -1;
        if (r < 0 || run < 0)
                return r < 0 ? r : run;
        for (size_t i = 0; door->profile != DOOR_TRANSACTION && i < ARRAY_SIZE(written); i++)
                if ((r = fresh_on(inside, door, written[i])) < 0)
                        return fail(why, r, "mount over %s: %s", written[i], error_text(-r));
        const char *extra = strrchr(EXTRA_INSIDE, '/') + 1;
        if (door->extra &&
            (mkdirat(run, extra, 0755) < 0 || (door->profile != DOOR_TRANSACTION &&
                                               fchownat(run, extra, door->uid, door->gid, 0) < 0)))
                return fail(why, -errno, EXTRA_INSIDE ": %m");
        for (const char *const *f = door->fresh; f && *f; f++)
                if ((r = fresh_on(inside, door, *f)) < 0)
                        return fail(why, r, "mount over %s: %s", *f, error_text(-r));
        for (size_t i = 0; i < host->n_binds; i++)
                if ((r = bind_on(inside, &door->binds[i], host->binds[i])) < 0)
                        return fail(why, r, "%s inside the root: %s", door->binds[i].host,
                                    error_text(-r));
        return 0;
}
