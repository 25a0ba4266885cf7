/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of the host goes through the door: descriptors taken before the root is
 * "/", in our own mount namespace (another's cannot be bound). */
#include "lib/door_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include "lib/util.h"

static const char *const node_paths[DOOR_NODES] = {
        "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
};

/* The name below /dev under which the file system of DEVICE ("8:1") was mounted at ROOT, when that
 * is its only mount: otherwise its node would give away more than the root. */
static bool disk_name(const char *device, const char *root, char name[64])
{
        _cleanup_fclose_ FILE *f = fopen("/proc/self/mountinfo", "re");
        char line[8192];
        bool here = false, elsewhere = false;
        char more;
        size_t n = strlen(root);
        while (f && fgets(line, sizeof(line), f)) {
                char dev[32], at[4096], source[256];
                const char *rest = strstr(line, " - ");
                if (!rest || sscanf(line, "%*s %*s %31s %*s %4095s", dev, at) != 2 ||
                    sscanf(rest, " - %*s %255s", source) != 1 || !streq(dev, device))
                        continue;
                elsewhere |= strncmp(at, root, n) != 0 || (at[n] != '\0' && at[n] != '/');
                if (streq(at, root))
                        here = sscanf(source, "/dev/%63[^/]%c", name, &more) == 1;
        }
        return here && !elsewhere;
}

/* The host's node of the device. */
static int disk_node(const char *device, dev_t dev)
{
        char uevent[64], line[256], name[64];
        struct stat st;
        snprintf(uevent, sizeof(uevent), "/sys/dev/block/%s/uevent", device);
        _cleanup_fclose_ FILE *f = fopen(uevent, "re");
        while (f && fgets(line, sizeof(line), f)) {
                if (sscanf(line, "DEVNAME=%63s", name) != 1)
                        continue;
                _cleanup_free_ char *path = xasprintf("/dev/%s", name);
                _cleanup_close_ int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
                if (fd >= 0 && fstat(fd, &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == dev)
                        return TAKE_FD(fd);
        }
        return -1;
}

static void disk_open(const char *top, const struct stat *root, struct door_host *host)
{
        char device[32];
        snprintf(device, sizeof(device), "%u:%u", major(root->st_dev), minor(root->st_dev));
        if (disk_name(device, top, host->disk_name))
                host->disk = disk_node(device, root->st_dev);
}

int door_host_open(const struct sys *outer, const struct stat *root, const struct door *door,
                   struct door_host *host, char **why)
{
        *host = (struct door_host){ .disk = -1 };
        for (size_t i = 0; i < DOOR_NODES; i++)
                host->nodes[i] = open(node_paths[i], O_PATH | O_CLOEXEC);
        if (host->nodes[0] < 0)
                return fail(why, -errno, "/dev/null: %m");
        for (const struct door_bind *b = door->binds; b && b->host; b++) {
                if (host->n_binds == DOOR_BINDS_MAX)
                        return fail(why, -E2BIG, "more directories than the door takes");
                int fd = b->detached > 0 ? fcntl(b->detached, F_DUPFD_CLOEXEC, 3)
                                         : open(b->host, O_PATH | O_DIRECTORY | O_CLOEXEC);
                if (fd < 0) {
                        int r = -errno;
                        door_host_close(host);
                        return fail(why, r == -ENOENT ? r : -EIO, "%s: %s", b->host,
                                    error_text(-r));
                }
                host->binds[host->n_binds++] = fd;
        }
        if (door->disk)
                disk_open(outer->root, root, host);
        return 0;
}

void door_host_close(struct door_host *host)
{
        for (size_t i = 0; i < DOOR_NODES; i++)
                if (host->nodes[i] >= 0)
                        close(host->nodes[i]);
        for (size_t i = 0; i < host->n_binds; i++)
                close(host->binds[i]);
        if (host->disk >= 0)
                close(host->disk);
        *host = (struct door_host){ .disk = -1 };
        for (size_t i = 0; i < DOOR_NODES; i++)
                host->nodes[i] = -1;
}
