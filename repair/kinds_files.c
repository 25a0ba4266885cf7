/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on files and directories. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "connector/signatures.h"
#include "lib/edit.h"
#include "lib/json.h"
#include "lib/move.h"
#include "lib/resolve.h"
#include "lib/util.h"
#include "repair/kind.h"

#define FILE_LIMIT ((size_t)64 << 20) /* what the run log keeps of one file */

/* ---- mode and owner of a directory ---- */

static int open_directory(const struct change *c, struct stat *st, char **why)
{
        const char *path = c->step->target;
        _cleanup_close_ int fd =
                sys_openat_nolinks(c->sys, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);
        if (fd < 0)
                return fail(why, fd, "%s: %s", path,
                            fd == -ELOOP ? "a symbolic link on the way, not followed"
                                         : strerror(-fd));
        if (fstat(fd, st) < 0)
                return fail(why, -errno, "%s: %s", path, strerror(errno));
        return TAKE_FD(fd);
}

static int refused(const struct change *c, char **why)
{
        int error = errno;
        return fail(why, -error, "%s cannot be changed: %s%s", c->step->target, strerror(error),
                    error == EPERM ? " (chattr -i lets it be changed)" : "");
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

static int set_prepare(const struct change *c, json_t *undo, char **why)
{
        struct stat st;
        _cleanup_close_ int fd = open_directory(c, &st, why);
        if (fd < 0)
                return fd;
        _cleanup_free_ char *was = c->step->kind == STEP_SET_MODE
                                           ? xasprintf("%04o", st.st_mode & 07777)
                                           : xasprintf("%u:%u", st.st_uid, st.st_gid);
        json_object_set_new(undo, "was", json_text_new(was));
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

static int set_happened(const struct change *c, const json_t *undo, char **why)
{
        struct stat st;
        const char *was = json_text(undo, "was");
        _cleanup_free_ char *gone = NULL;
        _cleanup_close_ int fd = open_directory(c, &st, &gone);
        if (fd < 0)
                return is_gone(fd) ? 0 : fail(why, fd, "%s", gone);
        return was && has(c, &st, was) != 1 && has(c, &st, c->step->value) == 1;
}

static int set_revert(const struct change *c, const json_t *undo, char **why)
{
        struct stat st;
        const char *was = json_text(undo, "was");
        _cleanup_free_ char *gone = NULL;
        _cleanup_close_ int fd = open_directory(c, &st, &gone);
        if (fd < 0)
                return is_gone(fd) ? 0 : fail(why, fd, "%s", gone);
        if (!was || has(c, &st, c->step->value) != 1)
                return 0;
        return put(c, fd, was, why);
}

/* ---- whole files ---- */

/* Keeps the file with what edit_replace() cannot know when it makes it anew. */
static int keep_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL, *name = NULL;
        size_t len = 0;
        struct stat st;
        const char *path = c->step->target;
        int r = sys_lstat_nolinks(c->sys, path, &st);
        if (r == -ENOENT)
                return 0;
        if (r == 0)
                r = sys_read_nolinks(c->sys, path, FILE_LIMIT, &text, &len);
        if (r < 0)
                return fail(why, r, "%s: %s", path, strerror(-r));
        r = runlog_keep(c->log, text, len, &name, why);
        if (r < 0)
                return r;
        json_object_set_new(undo, "file", json_text_new(name));
        json_object_set_new(undo, "mode", json_integer(st.st_mode & 07777));
        json_object_set_new(undo, "uid", json_integer(st.st_uid));
        json_object_set_new(undo, "gid", json_integer(st.st_gid));
        return 0;
}

static mode_t kept_mode(const json_t *undo)
{
        return (mode_t)json_integer_value(json_object_get(undo, "mode"));
}

/* Owner and mode of a file that was made anew; chown first, it takes set-id bits away. */
static int owner_put_back(const struct change *c, const json_t *undo, char **why)
{
        const char *path = c->step->target;
        _cleanup_close_ int fd = sys_openat_nolinks(c->sys, path, O_RDONLY | O_NONBLOCK, 0);
        if (fd < 0)
                return fail(why, fd, "%s: %s", path, strerror(-fd));
        uid_t uid = (uid_t)json_integer_value(json_object_get(undo, "uid"));
        gid_t gid = (gid_t)json_integer_value(json_object_get(undo, "gid"));
        if (fchown(fd, uid, gid) < 0 || fchmod(fd, kept_mode(undo)) < 0)
                return refused(c, why);
        return 0;
}

static int kept_put_back(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        const char *name = json_text(undo, "file");
        if (!name)
                return edit_remove(c->sys, c->step->target, why);
        int r = runlog_kept(c->sys, c->run, name, &text, &len, why);
        if (r == 0)
                r = edit_replace(c->sys, c->step->target, text, len, kept_mode(undo), why);
        return r < 0 ? r : owner_put_back(c, undo, why);
}

static int write_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        return edit_replace(c->sys, c->step->target, c->step->value, strlen(c->step->value), 0644,
                            why);
}

static int write_happened(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        int r = sys_read_nolinks(c->sys, c->step->target, FILE_LIMIT, &text, &len);
        if (r == -ENOENT)
                return 0;
        if (r < 0)
                return fail(why, r, "%s: %s", c->step->target, strerror(-r));
        return len == strlen(c->step->value) && memcmp(text, c->step->value, len) == 0;
}

static int write_revert(const struct change *c, const json_t *undo, char **why)
{
        int r = write_happened(c, undo, why);
        return r <= 0 ? r : kept_put_back(c, undo, why);
}

static int remove_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        return edit_remove(c->sys, c->step->target, why);
}

static int is_there(const struct change *c, const char *path, char **why)
{
        struct stat st;
        int r = sys_lstat_nolinks(c->sys, path, &st);
        if (r < 0 && r != -ENOENT)
                return fail(why, r, "%s: %s", path, strerror(-r));
        return r == 0;
}

static int remove_happened(const struct change *c, const json_t *undo, char **why)
{
        int there = is_there(c, c->step->target, why);
        return there < 0 ? there : !there && json_text(undo, "file") != NULL;
}

static int remove_revert(const struct change *c, const json_t *undo, char **why)
{
        int r = remove_happened(c, undo, why);
        return r <= 0 ? r : kept_put_back(c, undo, why);
}

/* ---- moving ---- */

/* Another file of that name may have come meanwhile, or the connector dropped it itself. */
static int is_still_it(const struct change *c, char **why)
{
        struct stat st;
        int r = sys_lstat_nolinks(c->sys, c->step->target, &st);
        if (r == -ENOENT)
                return *c->step->key ? 0 : fail(why, r, "%s is gone", c->step->target);
        if (r < 0)
                return fail(why, r, "%s: %s", c->step->target, strerror(-r));
        _cleanup_free_ char *identity = signature_identity(&st);
        return !*c->step->key || streq(identity, c->step->key);
}

static int move_prepare(const struct change *c, json_t *undo, char **why)
{
        (void)undo;
        int there = is_still_it(c, why);
        int taken = there <= 0 ? there : is_there(c, c->step->value, why);
        return taken == 1 ? fail(why, -EEXIST, "%s is there already", c->step->value) : taken;
}

static int move_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        int still = is_still_it(c, why);
        if (still <= 0)
                return still;
        _cleanup_free_ char *dir = xstrdup(c->step->value);
        char *slash = strrchr(dir, '/');
        if (slash && slash != dir) {
                *slash = '\0';
                int r = sys_mkdirs(c->sys, dir, 0700);
                if (r < 0)
                        return fail(why, r, "%s: %s", dir, strerror(-r));
        }
        _cleanup_free_ char *reason = NULL;
        int r = move_file(c->sys, c->step->target, c->step->value, &reason);
        if (r == -ENOENT && *c->step->key)
                return 0; /* gone a moment ago */
        return r < 0 ? fail(why, r, "%s", reason) : 0;
}

static int move_happened(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        int there = is_there(c, c->step->target, why);
        return there != 0 ? (there < 0 ? there : 0) : is_there(c, c->step->value, why);
}

static int move_revert(const struct change *c, const json_t *undo, char **why)
{
        int r = move_happened(c, undo, why);
        return r <= 0 ? r : move_file(c->sys, c->step->value, c->step->target, why);
}

const struct kind kinds_files[] = {
        { STEP_SET_MODE, "set-mode", "set the mode of", 0, set_prepare, set_apply, set_revert,
          set_happened },
        { STEP_SET_OWNER, "set-owner", "set the owner of", 0, set_prepare, set_apply, set_revert,
          set_happened },
        { STEP_MOVE_FILE, "move-file", "move", 0, move_prepare, move_apply, move_revert,
          move_happened },
        { STEP_WRITE_FILE, "write-file", "write", 0, keep_prepare, write_apply, write_revert,
          write_happened },
        { STEP_REMOVE_FILE, "remove-file", "remove", 0, keep_prepare, remove_apply, remove_revert,
          remove_happened },
        { .name = NULL },
};
