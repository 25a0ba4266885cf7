/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The throw-away copy. */
#include "repair/rehearse_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/i18n.h"
#include "lib/util.h"

/* What a mount of this type becomes in the copy; any other type gets an overlay. */
enum treatment { OVERLAY, LEAVE_OUT, EMPTY_TMPFS, READ_ONLY };
static const struct {
        const char *type;
        enum treatment treatment;
} types[] = {
        { "proc", LEAVE_OUT },        { "sysfs", LEAVE_OUT },      { "devtmpfs", LEAVE_OUT },
        { "devpts", LEAVE_OUT },      { "cgroup", LEAVE_OUT },     { "cgroup2", LEAVE_OUT },
        { "securityfs", LEAVE_OUT },  { "debugfs", LEAVE_OUT },    { "tracefs", LEAVE_OUT },
        { "bpf", LEAVE_OUT },         { "pstore", LEAVE_OUT },     { "efivarfs", LEAVE_OUT },
        { "selinuxfs", LEAVE_OUT },   { "mqueue", LEAVE_OUT },     { "hugetlbfs", LEAVE_OUT },
        { "autofs", LEAVE_OUT },      { "configfs", LEAVE_OUT },   { "fusectl", LEAVE_OUT },
        { "binfmt_misc", LEAVE_OUT }, { "rpc_pipefs", LEAVE_OUT }, { "nsfs", LEAVE_OUT },
        { "ramfs", LEAVE_OUT },       { "tmpfs", EMPTY_TMPFS },    { "vfat", READ_ONLY },
        { "squashfs", READ_ONLY },    { "iso9660", READ_ONLY },
};

static enum treatment treatment_of(const char *type)
{
        for (size_t i = 0; i < ARRAY_SIZE(types); i++)
                if (streq(types[i].type, type))
                        return types[i].treatment;
        return OVERLAY;
}

/* PATH seen from inside ROOT ("/var" of "/srv/r/var"), or NULL when it is not below it. */
static const char *inside(const char *root, const char *path)
{
        if (streq(root, "/"))
                return path;
        size_t n = strlen(root);
        if (strncmp(root, path, n) != 0 || (path[n] && path[n] != '/'))
                return NULL;
        return path[n] ? path + n : "/";
}

static bool is_taken(const struct copy *copy, const char *mountpoint)
{
        for (size_t i = 0; i < copy->n; i++)
                if (streq(copy->layers[i].mountpoint, mountpoint))
                        return true;
        return false;
}

static int layer_dirs(struct layer *layer, const char *scratch, size_t number, char **options)
{
        _cleanup_free_ char *base = xasprintf("%s/%zu", scratch, number);
        _cleanup_free_ char *upper = xasprintf("%s/upper", base);
        _cleanup_free_ char *work = xasprintf("%s/work", base);
        struct stat st;
        if (fstat(layer->lower_fd, &st) < 0 || mkdir(base, 0700) < 0 || mkdir(upper, 0700) < 0 ||
            mkdir(work, 0700) < 0 || chown(upper, st.st_uid, st.st_gid) < 0 ||
            chmod(upper, st.st_mode & 07777) < 0)
                return -errno;
        layer->upper_fd = open(upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (layer->upper_fd < 0)
                return -errno;
        /* The lower directory goes by fd: its name may hold a comma or a colon. */
        *options = xasprintf("lowerdir=/proc/self/fd/%d,upperdir=%s,workdir=%s,redirect_dir=on",
                             layer->lower_fd, upper, work);
        return 0;
}

static int overlay(struct copy *copy, const char *from, const char *mountpoint, const char *to)
{
        struct layer layer = { .mountpoint = NULL, .upper_fd = -1 };
        _cleanup_free_ char *options = NULL;
        layer.lower_fd = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (layer.lower_fd < 0)
                return -errno;
        int r = layer_dirs(&layer, copy->scratch, copy->n, &options);
        if (r == 0 && mount("secep", to, "overlay", 0, options) < 0)
                r = -errno;
        if (r < 0) {
                close(layer.lower_fd);
                return r;
        }
        layer.mountpoint = xstrdup(mountpoint);
        copy->layers = xreallocarray(copy->layers, copy->n + 1, sizeof(*copy->layers));
        copy->layers[copy->n++] = layer;
        return 0;
}

static int bind_read_only(struct copy *copy, const struct mntent *m, const char *to)
{
        _cleanup_free_ char *note =
                xasprintf(_("%s (%s) is read-only in the rehearsal"), m->mnt_dir, m->mnt_type);
        if (mount(m->mnt_dir, to, NULL, MS_BIND, NULL) < 0 ||
            mount(NULL, to, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
                return -errno;
        strv_add(&copy->notes, note);
        return 0;
}

/* "/" is there already; the others are made for the copy. */
static bool is_made_anew(const char *mountpoint)
{
        static const char *const dirs[] = { "/run", "/dev", "/sys", "/proc", "/mnt" };
        bool anew = streq(mountpoint, "/");
        for (size_t i = 0; i < ARRAY_SIZE(dirs) && !anew; i++)
                anew = inside(dirs[i], mountpoint) != NULL;
        return anew;
}

static int add_mount(struct copy *copy, const char *root, const char *merged,
                     const struct mntent *m, char **why)
{
        const char *mountpoint = inside(root, m->mnt_dir);
        enum treatment treatment = treatment_of(m->mnt_type);
        if (!mountpoint || treatment == LEAVE_OUT || is_taken(copy, mountpoint) ||
            is_made_anew(mountpoint))
                return 0;
        _cleanup_free_ char *to = xasprintf("%s%s", merged, mountpoint);
        struct stat st;
        if (stat(to, &st) < 0)
                return 0; /* hidden below another mount */
        int r = 0;
        if (!S_ISDIR(st.st_mode) || treatment == READ_ONLY || hasmntopt(m, "ro"))
                r = bind_read_only(copy, m, to);
        else if (treatment == EMPTY_TMPFS)
                r = mount("tmpfs", to, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0 ? -errno : 0;
        else
                r = overlay(copy, m->mnt_dir, mountpoint, to);
        return r < 0 ? fail(why, r, "%s (%s) cannot be a layer of the copy: %s", m->mnt_dir,
                            m->mnt_type, error_text(-r))
                     : 0;
}

static int add_mounts(struct copy *copy, const char *root, const char *merged, char **why)
{
        FILE *mounts = setmntent("/proc/self/mounts", "re");
        if (!mounts)
                return fail(why, -errno, "/proc/self/mounts: %s", error_text(errno));
        struct mntent m;
        char text[8192];
        int r = 0;
        while (r == 0 && getmntent_r(mounts, &m, text, sizeof(text)))
                r = add_mount(copy, root, merged, &m, why);
        endmntent(mounts);
        return r;
}

static int make_devices(const char *merged)
{
        static const char *const nodes[] = { "null", "zero", "full", "random", "urandom", "tty" };
        _cleanup_free_ char *dev = xasprintf("%s/dev", merged);
        if (mount("tmpfs", dev, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755") < 0)
                return -errno;
        for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
                _cleanup_free_ char *from = xasprintf("/dev/%s", nodes[i]);
                _cleanup_free_ char *to = xasprintf("%s/%s", dev, nodes[i]);
                _cleanup_close_ int fd = open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
                if (fd < 0 || mount(from, to, NULL, MS_BIND, NULL) < 0)
                        return -errno;
        }
        _cleanup_free_ char *pts = xasprintf("%s/pts", dev);
        _cleanup_free_ char *ptmx = xasprintf("%s/ptmx", dev);
        _cleanup_free_ char *fds = xasprintf("%s/fd", dev);
        if (mkdir(pts, 0755) < 0 || symlink("pts/ptmx", ptmx) < 0 ||
            symlink("/proc/self/fd", fds) < 0 ||
            mount("devpts", pts, "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666") < 0)
                return -errno;
        return 0;
}

static int read_only_tree(const char *from, const char *to)
{
        if (mount(from, to, NULL, MS_BIND | MS_REC, NULL) < 0)
                return -errno;
        FILE *mounts = setmntent("/proc/self/mounts", "re");
        if (!mounts)
                return -errno;
        struct mntent m;
        char text[8192];
        int r = 0;
        while (r == 0 && getmntent_r(mounts, &m, text, sizeof(text)))
                if (inside(to, m.mnt_dir) &&
                    mount(NULL, m.mnt_dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
                        r = -errno;
        endmntent(mounts);
        return r;
}

static int make_kernel_views(const char *merged)
{
        _cleanup_free_ char *proc = xasprintf("%s/proc", merged);
        _cleanup_free_ char *proc_sys = xasprintf("%s/proc/sys", merged);
        _cleanup_free_ char *sys = xasprintf("%s/sys", merged);
        _cleanup_free_ char *run = xasprintf("%s/run", merged);
        if (mount("proc", proc, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
                return -errno;
        int r = read_only_tree(proc_sys, proc_sys);
        if (r == 0)
                r = read_only_tree("/sys", sys);
        if (r == 0)
                r = make_devices(merged);
        if (r == 0 && mount("tmpfs", run, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0)
                r = -errno;
        return r;
}

static int move_into(const char *merged)
{
        if (chdir(merged) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
            umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
                return -errno;
        return 0;
}

static int make_live(struct copy *copy, char **why)
{
        _cleanup_free_ char *merged = xasprintf("%s/merged", copy->scratch);
        if (mkdir(merged, 0755) < 0)
                return fail(why, -errno, "%s: %s", merged, error_text(errno));
        int r = overlay(copy, "/", "/", merged);
        if (r < 0)
                return fail(why, r, "/ cannot be a layer of the copy: %s", error_text(-r));
        r = add_mounts(copy, "/", merged, why);
        if (r == 0)
                r = make_kernel_views(merged);
        if (r == 0)
                r = move_into(merged);
        return r < 0 ? fail(why, r, "the copy of this machine could not be made: %s",
                            error_text(-r))
                     : 0;
}

static int make_elsewhere(const char *root, struct copy *copy, char **why)
{
        _cleanup_free_ char *merged = xasprintf("%s/merged", copy->scratch);
        if (mkdir(merged, 0755) < 0)
                return fail(why, -errno, "%s: %s", merged, error_text(errno));
        int r = overlay(copy, root, "/", merged);
        if (r < 0)
                return fail(why, r, "%s cannot be a layer of the copy: %s", root, error_text(-r));
        r = add_mounts(copy, root, merged, why);
        if (r == 0 && mount(merged, root, NULL, MS_BIND | MS_REC, NULL) < 0)
                r = -errno;
        return r < 0 ? fail(why, r, "the copy of %s could not be made: %s", root, error_text(-r))
                     : 0;
}

int copy_make(const char *root, struct copy *out, char **why)
{
        /* Nothing else may be needed below the directory that the tmpfs hides. */
        const char *scratch = inside("/run", root) ? "/mnt" : "/run";
        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", scratch, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0700") < 0)
                return fail(why, -errno, "%s: %s", scratch, error_text(errno));
        *out = (struct copy){ .scratch = scratch };
        return streq(root, "/") ? make_live(out, why) : make_elsewhere(root, out, why);
}
