/* SPDX-License-Identifier: GPL-2.0-or-later */
/* USERGROUPS_ENAB set for one process and its children. */
#include "accounts/toggle.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/xattr.h>

#include "accounts/accounts.h"
#include "accounts/login_defs.h"
#include "lib/io.h"
#include "lib/util.h"

/* A directory every running system has; our tmpfs lies on it for a moment, in our namespace only.
 * The copy lives on below the bind mount when the directory is free again. */
#define STAGE "run"
#define COPY STAGE "/login.defs"

static int private_mounts(void)
{
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
                return -errno;
        return 0;
}

/* Mode, owner and SELinux label: whoever reads the original reads the copy. */
static int like_original(int copy, int original)
{
        struct stat st;
        char label[256];
        if (fstat(original, &st) < 0 || fchown(copy, st.st_uid, st.st_gid) < 0 ||
            fchmod(copy, st.st_mode & 07777) < 0)
                return -errno;
        ssize_t n = fgetxattr(original, "security.selinux", label, sizeof(label));
        if (n > 0)
                (void)fsetxattr(copy, "security.selinux", label, (size_t)n, 0);
        return 0;
}

static int write_copy(const struct sys *sys, const char *text, size_t len)
{
        _cleanup_close_ int original = sys_openat(sys, LOGIN_DEFS, O_RDONLY, 0);
        if (original < 0)
                return original;
        _cleanup_close_ int copy = sys_openat(sys, COPY, O_WRONLY | O_CREAT | O_EXCL, 0600);
        if (copy < 0)
                return copy;
        int r = io_write_all(copy, text, len);
        return r < 0 ? r : like_original(copy, original);
}

static int lay_over(const struct sys *sys, const char *text, size_t len)
{
        if (mount("tmpfs", "/" STAGE, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755") < 0)
                return -errno;
        int r = write_copy(sys, text, len);
        if (r == 0 && mount("/" COPY, LOGIN_DEFS, NULL, MS_BIND, NULL) < 0)
                r = -errno;
        if (umount2("/" STAGE, MNT_DETACH) < 0 && r == 0)
                r = -errno;
        return r;
}

int toggle_in_namespace(const char *value)
{
        _cleanup_sys_ struct sys sys = { .root_fd = -1 };
        _cleanup_free_ char *text = NULL, *changed = NULL, *above = NULL;
        size_t len = 0, changed_len = 0;
        /* The root is opened again inside: an fd of outside leads to the mounts of outside. */
        int r = private_mounts();
        if (r == 0)
                r = sys_open("/", &sys, NULL);
        if (r == 0)
                r = login_defs_own(&sys, &text, &len, NULL);
        if (r == 0 && login_defs_outranked(&sys, "USERGROUPS_ENAB", &above, NULL) != 0)
                r = -EBUSY; /* toggle_on_disk() says what is in the way */
        if (r < 0)
                return r;
        changed = login_defs_set(text, len, "USERGROUPS_ENAB", value, &changed_len);
        return lay_over(&sys, changed, changed_len);
}
