/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on whole files. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/link.h"
#include "lib/resolve.h"
#include "lib/util.h"
#include "repair/kind.h"

#define FILE_LIMIT ((size_t)64 << 20) /* what the run log keeps of one file */

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
                return fail(why, r, "%s: %s", path, sys_why(r));
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
        struct stat st;
        if (fd < 0)
                return fail(why, fd, "%s: %s", path, sys_why(fd));
        /* Whoever may write the directory may have put a hard link there. */
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1)
                return fail(why, -ESTALE, "%s is not the file that was written", path);
        uid_t uid = (uid_t)json_integer_value(json_object_get(undo, "uid"));
        gid_t gid = (gid_t)json_integer_value(json_object_get(undo, "gid"));
        if (fchown(fd, uid, gid) < 0 || fchmod(fd, kept_mode(undo)) < 0)
                return fail(why, -errno, "%s cannot be changed: %s", path, error_text(errno));
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

/* Is PATH the LEN bytes of TEXT (NULL: not there)? 1, 0 or -errno. */
static int reads_as(const struct change *c, const char *text, size_t len, char **why)
{
        _cleanup_free_ char *now = NULL;
        size_t now_len = 0;
        int r = sys_read_nolinks(c->sys, c->step->target, FILE_LIMIT, &now, &now_len);
        if (r == -ENOENT)
                return text == NULL;
        if (r == -ELOOP || r == -EINVAL || r == -EFBIG || r == -ENOTDIR)
                return 0; /* something else is there */
        if (r < 0)
                return fail(why, r, "%s: %s", c->step->target, sys_why(r));
        return text && len == now_len && memcmp(text, now, len) == 0;
}

/* The same for what was kept of it. */
static int reads_as_before(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        const char *name = json_text(undo, "file");
        int r = name ? runlog_kept(c->sys, c->run, name, &text, &len, why) : 0;
        return r < 0 ? r : reads_as(c, text, len, why);
}

static int write_stand(const struct change *c, const json_t *undo, char **why)
{
        int r = reads_as_before(c, undo, why);
        if (r != 0)
                return r < 0 ? r : STAND_BEFORE;
        r = reads_as(c, c->step->value, strlen(c->step->value), why);
        if (r != 0)
                return r < 0 ? r : STAND_OURS;
        return fail(why, STAND_CHANGED, "it has been changed since");
}

static int write_revert(const struct change *c, const json_t *undo, char **why)
{
        int r = reads_as(c, c->step->value, strlen(c->step->value), why);
        return r <= 0 ? r : kept_put_back(c, undo, why);
}

static int remove_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        return edit_remove(c->sys, c->step->target, why);
}

int file_is_there(const struct change *c, const char *path, char **why)
{
        struct stat st;
        int r = sys_lstat_nolinks(c->sys, path, &st);
        if (r < 0 && r != -ENOENT)
                return fail(why, r, "%s: %s", path, sys_why(r));
        return r == 0;
}

static int remove_stand(const struct change *c, const json_t *undo, char **why)
{
        int r = reads_as_before(c, undo, why);
        if (r != 0)
                return r < 0 ? r : STAND_BEFORE;
        r = file_is_there(c, c->step->target, why);
        if (r <= 0)
                return r < 0 ? r : STAND_OURS;
        return fail(why, STAND_CHANGED, "there is another file of that name now");
}

static int remove_revert(const struct change *c, const json_t *undo, char **why)
{
        int there = file_is_there(c, c->step->target, why);
        if (there < 0)
                return there;
        return there || !json_text(undo, "file") ? 0 : kept_put_back(c, undo, why);
}

/* ---- links ---- */

/* undo: {"old": where the link that leads nowhere led to} */
static int link_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_free_ char *old = NULL;
        struct stat st;
        int r = sys_lstat(c->sys, c->step->target, &st);
        if (r == 0 && !S_ISLNK(st.st_mode))
                return fail(why, -EEXIST, "%s exists and is not a link", c->step->target);
        if (r == 0)
                r = sys_readlink(c->sys, c->step->target, &old);
        if (r < 0 && r != -ENOENT)
                return fail(why, r, "%s: %s", c->step->target, sys_why(r));
        if (old)
                json_object_set_new(undo, "old", json_text_new(old));
        return 0;
}

static int link_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        return link_make(c->sys, c->step->target, c->step->value, why);
}

static int link_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *found = NULL;
        const char *old = json_text(undo, "old");
        int r = sys_readlink(c->sys, c->step->target, &found);
        if (r == -ENOENT || r == -ENOTDIR)
                return old ? fail(why, STAND_CHANGED, "it is gone") : STAND_BEFORE;
        if (r == -EINVAL)
                return fail(why, STAND_CHANGED, "it is not a symbolic link any more");
        if (r < 0)
                return fail(why, r, "%s: %s", c->step->target, sys_why(r));
        if (old && streq(found, old))
                return STAND_BEFORE;
        return streq(found, c->step->value) ? STAND_OURS
                                            : fail(why, STAND_CHANGED, "it leads to %s now", found);
}

static int link_revert(const struct change *c, const json_t *undo, char **why)
{
        const char *old = json_text(undo, "old");
        return old ? link_make(c->sys, c->step->target, old, why)
                   : link_remove(c->sys, c->step->target, c->step->value, why);
}

const struct kind kinds_files[] = {
        { STEP_MAKE_LINK, N_("make link %t"), 0, link_prepare, link_apply, link_revert, link_stand,
          N_("make link %t to %v") },
        { STEP_WRITE_FILE, N_("write %t"), 0, keep_prepare, write_apply, write_revert,
          write_stand },
        { STEP_REMOVE_FILE, N_("remove %t"), 0, keep_prepare, remove_apply, remove_revert,
          remove_stand },
        { .text = NULL },
};
