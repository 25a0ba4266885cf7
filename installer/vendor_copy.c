/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file, copied into a directory of root's alone. */
#include <errno.h>
#include <fcntl.h>

#include "installer/vendor.h"
#include "lib/i18n.h"
#include "lib/io.h"
#include "lib/util.h"

#define CHUNK ((size_t)256 * 1024)

static const struct {
        const char *magic;
        size_t length;
        enum package_kind kind;
        const char *copy;
} kinds[] = {
        { "!<arch>\ndebian", 14, PACKAGES_DPKG, VENDOR_DIR "/package.deb" },
        { "\xed\xab\xee\xdb", 4, PACKAGES_RPM, VENDOR_DIR "/package.rpm" },
};

/* Looked at before it is opened: to open a FIFO would wait, to open a device may do something. */
static int open_looked_at(const struct sys *sys, const char *file, struct stat *st, char **why)
{
        _cleanup_free_ char *whole = realpath(file, NULL);
        if (!whole)
                return fail(why, -errno, "%s: %s", file, error_text(errno));
        _cleanup_close_ int at = sys_openat(sys, whole, O_PATH | O_NOFOLLOW, 0);
        if (at < 0 || fstat(at, st) < 0)
                return fail(why, at < 0 ? at : -errno, "%s: %s", file,
                            error_text(at < 0 ? -at : errno));
        if (!S_ISREG(st->st_mode))
                return fail(why, -EINVAL, "%s is not a regular file", file);
        if (st->st_size > VENDOR_MAX)
                return fail(why, -EFBIG,
                            "%s is %lld bytes long, more than the %lld a connector's package may "
                            "have",
                            file, (long long)st->st_size, (long long)VENDOR_MAX);
        int fd = sys_openat_nolinks(sys, whole, O_RDONLY, 0);
        return fd < 0 ? fail(why, fd, "%s: %s", file, error_text(-fd)) : fd;
}

/* As many bytes as the look saw: one that grows or shrinks meanwhile is not what was looked at. */
static int copy_bytes(int from, int to, off_t size)
{
        _cleanup_free_ char *buffer = xcalloc(1, CHUNK);
        for (off_t at = 0; at < size;) {
                ssize_t n = pread(from, buffer, CHUNK, at);
                if (n <= 0 || at + n > size)
                        return n < 0 ? -errno : -ESTALE;
                int r = io_write_all(to, buffer, (size_t)n);
                if (r < 0)
                        return r;
                at += n;
        }
        return 0;
}

static int find_kind(int fd, const char *file, size_t *out, char **why)
{
        char head[16] = "";
        if (pread(fd, head, sizeof(head), 0) > 0)
                for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
                        if (memcmp(head, kinds[i].magic, kinds[i].length) == 0)
                                return *out = i, 0;
        return fail(why, -EINVAL, "%s is neither a .deb nor a .rpm", file);
}

int vendor_copy(const struct sys *sys, const char *file, struct vendor *v, char **why)
{
        struct stat st;
        size_t i = 0;
        _cleanup_close_ int from = open_looked_at(sys, file, &st, why);
        if (from < 0)
                return from;
        int r = find_kind(from, file, &i, why);
        if (r < 0)
                return r;
        if ((r = sys_mkdirs(sys, VENDOR_DIR, 0700)) < 0)
                return fail(why, r, "%s: %s", VENDOR_DIR, error_text(-r));
        _cleanup_close_ int dir = sys_openat_nolinks(sys, VENDOR_DIR, O_RDONLY | O_DIRECTORY, 0);
        if (dir < 0 || fstat(dir, &st) < 0 || st.st_uid != 0 || (st.st_mode & 077))
                return fail(why, -EPERM, "%s is not root's alone", VENDOR_DIR);
        if (fstat(from, &st) < 0)
                return fail(why, -errno, "%s: %s", file, error_text(errno));
        if (unlinkat(dir, strrchr(kinds[i].copy, '/') + 1, 0) < 0 && errno != ENOENT)
                return fail(why, -errno, "%s: %s", kinds[i].copy, error_text(errno));
        int to = sys_openat_nolinks(sys, kinds[i].copy, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (to < 0)
                return fail(why, to, "%s: %s", kinds[i].copy, error_text(-to));
        v->fd = to;
        v->kind = kinds[i].kind;
        v->path = xstrdup(kinds[i].copy);
        r = copy_bytes(from, to, st.st_size);
        return r < 0 ? fail(why, r, "%s could not be copied to %s: %s", file, VENDOR_DIR,
                            error_text(-r))
                     : 0;
}
