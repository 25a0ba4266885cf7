/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system looked at: a root directory, whether it is the running one, and what the operator
 * allowed. Every path of secep reaches a system call through here; none is absolute there.
 *
 * Paths are written as seen from inside the root, with or without the leading slash
 * ("/etc/passwd"). A symlink is resolved inside the root, as after chroot(2): openat2(2) with
 * RESOLVE_IN_ROOT, and a walk component by component where the kernel has no openat2. Magic links
 * of /proc are never followed. */
#ifndef SECEP_LIB_SYS_H
#define SECEP_LIB_SYS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct sums;

enum depth {
        DEPTH_LOOK,  /* files, /proc, /sys, system calls: no program run, no plug-in opened */
        DEPTH_PROVE, /* may load eBPF, make an event, verify signatures, ask ampcli */
};

struct sys {
        int root_fd; /* O_PATH | O_DIRECTORY */
        char *root;  /* absolute, no symlink in it, no slash at the end; "/" for the host */
        bool live;   /* the root is the running system: /proc, /sys and services count */
        bool copy;   /* a throw-away copy of the running system (--rehearse): live, and yet its
                        programs go through the door */
        enum depth depth;
        char *release; /* kernel release asked about: --kernel, else uname -r when live, else NULL
                        */
        bool release_given; /* by --kernel */
        unsigned allow;     /* what the operator allowed, bits of whoever asks */
        char *offline_dir;  /* --offline: a directory of the host (not of the root), or NULL */
        struct sums *offline_sums; /* --offline-sums (lib/sums.h), or NULL */
        char *module_source;       /* --module-source, likewise */
        int64_t deadline; /* now_ms() value after which waiting for locks and networks ends */
        struct conf
                *conf; /* /etc/secep/secep.conf of the root (lib/conf.h); never NULL once opened */
};

/* Opens ROOT ("/" for the host) into *OUT: live when it is the same directory as "/", depth look,
 * release of uname(2) when live. conf is left NULL: conf_load() fills it.
 * 0, or -errno with *WHY naming the path: -ENOENT, -ENOTDIR, -ELOOP, ... */
int sys_open(const char *root, struct sys *out, char **why);
void sys_close(struct sys *sys);
#define _cleanup_sys_ _cleanup_(sys_close)

/* openat(2) inside the root; O_CLOEXEC is added. A new fd or -errno. For files of the
 * distribution (/etc, /lib/modules, /proc): symlinks are followed, inside the root.
 * In a root that is not running a device, FIFO or socket is -EINVAL and never opened
 * (resolve_open_file() in lib/resolve.h); in the running system only root could have put one there,
 * and /dev is there to be opened. */
int sys_openat(const struct sys *sys, const char *path, int flags, mode_t mode);

/* The same, and no component of PATH may be a symlink (-ELOOP): for everything below /opt/cisco and
 * wherever else somebody other than root may have planted one. A device, FIFO or socket is -EINVAL
 * in the running system too. */
int sys_openat_nolinks(const struct sys *sys, const char *path, int flags, mode_t mode);

/* NAME of the open directory DIR, likewise: what readdir(3) gave, or one component. */
int sys_open_entry(int dir, const char *name, int flags);

/* stat(2)/lstat(2) inside the root: 0 or -errno. sys_lstat follows all but the last component;
 * sys_lstat_nolinks follows none. */
int sys_stat(const struct sys *sys, const char *path, struct stat *out);
int sys_lstat(const struct sys *sys, const char *path, struct stat *out);
int sys_lstat_nolinks(const struct sys *sys, const char *path, struct stat *out);

/* Is there something at PATH (symlinks followed)? An error other than "not there" reads as no. */
bool sys_exists(const struct sys *sys, const char *path);

/* The text of the symlink PATH, malloc'ed; -EINVAL where it is none. */
int sys_readlink(const struct sys *sys, const char *path, char **out);

/* Reads the whole regular file PATH, at most MAX bytes, into *BUF (malloc'ed, a 0 byte after the
 * last). A device, FIFO or directory is -EINVAL and never waited for; a longer file is -EFBIG.
 * LEN may be NULL. The second follows no symlink. Files of /proc and /sys are fine. */
int sys_read(const struct sys *sys, const char *path, size_t max, char **buf, size_t *len);
int sys_read_nolinks(const struct sys *sys, const char *path, size_t max, char **buf, size_t *len);

/* Why such a call did not give the file, for a person: error_text(3) of R (-errno), and of -EINVAL,
 * -EFBIG and -ELOOP what they mean here. Constant. */
const char *sys_why(int r);

/* Makes directory PATH and its missing parents, mode MODE, root's. 0 also when it is there. */
int sys_mkdirs(const struct sys *sys, const char *path, mode_t mode);

/* Opens the directory PATH for readdir(3): 0 or -errno. The caller closes *OUT. */
struct __dirstream;
int sys_opendir(const struct sys *sys, const char *path, struct __dirstream **out);

/* PATH as a path of the host, for a library or program that takes a path and no fd (librpm,
 * libapt-pkg, libsemanage, useradd): ROOT/path, malloc'ed. Every component that is there is walked
 * from the root fd first; one that is a symlink leading out of the root when it is followed from
 * the host (absolute, or climbing above the root) is refused with -EXDEV and named in *WHY. */
int sys_host_path(const struct sys *sys, const char *path, char **out, char **why);

/* Is RELEASE the kernel that runs? Never, in a root that is not running. */
bool sys_runs_kernel(const struct sys *sys, const char *release);

/* Milliseconds left until sys->deadline, 0 when it has passed. */
int64_t sys_time_left(const struct sys *sys);

#endif
