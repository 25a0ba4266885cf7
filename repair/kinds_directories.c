/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on the mode and owner of a directory. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/kind.h"

static int open_directory(const struct change *c, struct stat *st, char **why)
{
        const char *path = c->step->target;
        _cleanup_close_ int fd =
                sys_openat_nolinks(c->sys, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);
        if (fd < 0)
                return fail(why, fd, "%s: %s", path,
                            fd == -ELOOP ? _("a symbolic link on the way, not followed")
                                         : error_text(-fd));
        if (fstat(fd, st) < 0)
                return fail(why, -errno, "%s: %s", path, error_text(errno));
        return TAKE_FD(fd);
}

static int refused(const struct change *c, char **why)
{
        int error = errno;
        return fail(why, -error, "%s cannot be changed: %s%s", c->step->target, error_text(error),
                    error == EPERM ? _(" (chattr -i lets it be changed)") : "");
}

static int parse_mode(const char *text, mode_t *out)
{
        char *end;
        unsigned long n = strtoul(text, &end, 8);
        if (!*text || *end || n > 07777)
                return -EINVAL;
        *out = (mode_t)n;
        return 0;
}

/* "UID:GID" */
static int parse_owner(const char *text, uid_t *uid, gid_t *gid)
{
        const char *colon = strchr(text, ':');
        _cleanup_free_ char *first = colon ? xstrndup(text, (size_t)(colon - text)) : NULL;
        long u, g;
        if (!colon || parse_long(first, 0, (long)UINT32_MAX - 1, &u) < 0 ||
            parse_long(colon + 1, 0, (long)UINT32_MAX - 1, &g) < 0)
                return -EINVAL;
        *uid = (uid_t)u;
        *gid = (gid_t)g;
        return 0;
}

/* The plan's own guard: what is mounted there is somebody else's. */
static bool is_mount(int fd, const struct stat *st)
{
        struct stat above;
        return fstatat(fd, "..", &above, AT_SYMLINK_NOFOLLOW) == 0 && above.st_dev != st->st_dev;
}

static char *now_has(const struct change *c, const struct stat *st)
{
        return c->step->kind == STEP_SET_MODE ? xasprintf("%04o", st->st_mode & 07777)
                                              : xasprintf("%u:%u", st->st_uid, st->st_gid);
}

static int set_prepare(const struct change *c, json_t *undo, char **why)
{
        struct stat st;
        _cleanup_close_ int fd = open_directory(c, &st, why);
        if (fd < 0)
                return fd;
        _cleanup_free_ char *was = now_has(c, &st);
        json_object_set_new(undo, "was", json_text_new(was));
        json_object_set_new(undo, "mount", json_boolean(is_mount(fd, &st)));
        return 0;
}

/* The directory has TEXT already: 1, 0, -EINVAL. */
static int has(const struct change *c, const struct stat *st, const char *text)
{
        mode_t mode;
        uid_t uid;
        gid_t gid;
        if (c->step->kind == STEP_SET_MODE)
                return parse_mode(text, &mode) < 0 ? -EINVAL : (st->st_mode & 07777) == mode;
        return parse_owner(text, &uid, &gid) < 0 ? -EINVAL : st->st_uid == uid && st->st_gid == gid;
}

static int put(const struct change *c, int fd, const char *text, char **why)
{
        mode_t mode = 0;
        uid_t uid = 0;
        gid_t gid = 0;
        bool is_mode = c->step->kind == STEP_SET_MODE;
        if (is_mode ? parse_mode(text, &mode) < 0 : parse_owner(text, &uid, &gid) < 0)
                return fail(why, -EINVAL, "%s: not a %s", text, is_mode ? "mode" : "owner");
        int r = is_mode ? fchmod(fd, mode) : fchown(fd, uid, gid);
        if (r < 0)
                return refused(c, why);
        return fsync(fd) < 0 ? refused(c, why) : 0;
}

static int set_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        struct stat st;
        _cleanup_close_ int fd = open_directory(c, &st, why);
        if (fd < 0)
                return fd;
        return has(c, &st, c->step->value) == 1 ? 0 : put(c, fd, c->step->value, why);
}

/* What is no directory any more has nothing of ours in it. */
static bool is_gone(int r)
{
        return r == -ENOENT || r == -ENOTDIR || r == -ELOOP;
}

static int set_stand(const struct change *c, const json_t *undo, char **why)
{
        struct stat st;
        const char *was = json_text(undo, "was");
        _cleanup_free_ char *gone = NULL;
        _cleanup_close_ int fd = open_directory(c, &st, &gone);
        if (fd < 0)
                return fail(why, is_gone(fd) ? (int)STAND_CHANGED : fd, "%s", gone);
        if (!was || has(c, &st, was) == 1)
                return STAND_BEFORE;
        if (json_is_false(json_object_get(undo, "mount")) && is_mount(fd, &st))
                return fail(why, STAND_CHANGED, "a file system is mounted there now");
        if (has(c, &st, c->step->value) == 1)
                return STAND_OURS;
        _cleanup_free_ char *now = now_has(c, &st);
        return fail(why, STAND_CHANGED, "it is %s now", now);
}

static int set_revert(const struct change *c, const json_t *undo, char **why)
{
        struct stat st;
        const char *was = json_text(undo, "was");
        _cleanup_free_ char *gone = NULL;
        _cleanup_close_ int fd = open_directory(c, &st, &gone);
        if (fd < 0)
                return fail(why, is_gone(fd) ? -ESTALE : fd, "%s", gone);
        return was && has(c, &st, c->step->value) == 1 ? put(c, fd, was, why) : 0;
}

const struct kind kinds_directories[] = {
        { STEP_SET_MODE, N_("set the mode of %t"), KIND_ALONE, set_prepare, set_apply, set_revert,
          set_stand, N_("set the mode of %t to %v") },
        { STEP_SET_OWNER, N_("set the owner of %t"), KIND_ALONE, set_prepare, set_apply, set_revert,
          set_stand, N_("set the owner of %t to %v") },
        { .text = NULL },
};
