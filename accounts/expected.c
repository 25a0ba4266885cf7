/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a directory's mode and owner should be. */
#include "accounts/expected.h"

#include <errno.h>
#include <fnmatch.h>

#include "accounts/records.h"
#include "lib/conf.h"
#include "lib/util.h"

#define STATOVERRIDE "/var/lib/dpkg/statoverride"

/* The id of NAME in FILE (its FIELD), or of "#123". False: there is none. */
static bool id_of(const struct sys *sys, enum records_file file, unsigned field, const char *name,
                  unsigned *out)
{
        long number;
        if (*name == '#')
                return parse_long(name + 1, 0, (long)UINT32_MAX - 1, &number) == 0 &&
                       (*out = (unsigned)number, true);
        _cleanup_free_ char *text = NULL;
        size_t len;
        if (records_read(sys, file, &text, &len, NULL) < 0)
                return false;
        struct record_reader reader;
        struct record record;
        record_reader_init(&reader, file, text, len);
        while (record_next(&reader, &record))
                if (record.read && streq(record.field[0], name)) {
                        *out = record_id(&record, field);
                        return true;
                }
        return false;
}

/* "user group mode path" */
static void take_override(const struct sys *sys, char *line, struct expected *out)
{
        char *user = strsep(&line, " "), *group = strsep(&line, " "), *mode = strsep(&line, " ");
        if (!line || *line != '/' || !startswith(line, "/opt/cisco") || !mode || !*mode)
                return;
        char *end;
        unsigned long bits = strtoul(mode, &end, 8);
        struct recorded r = { .mode = (mode_t)bits, .by = "dpkg-statoverride" };
        if (*end || bits > 07777 || !id_of(sys, PASSWD, PASSWD_UID, user, &r.uid) ||
            !id_of(sys, GROUP, GROUP_GID, group, &r.gid))
                return;
        r.path = xstrdup(line);
        out->recorded = xreallocarray(out->recorded, out->n + 1, sizeof(r));
        out->recorded[out->n++] = r;
}

int expected_read(const struct sys *sys, struct expected *out, char **why)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read(sys, STATOVERRIDE, 1 << 20, &text, NULL);
        if (r < 0 && r != -ENOENT && r != -ENOTDIR && r != -EACCES)
                return fail(why, r, "%s: %s", STATOVERRIDE, sys_why(r));
        *out = (struct expected){ .keep = sys->conf ? conf_list(sys, "KeepMode") : NULL };
        char *rest = text, *line;
        while ((line = strsep(&rest, "\n")))
                take_override(sys, line, out);
        return 0;
}

bool expected_of(const struct expected *e, const char *path, struct directory *d)
{
        for (char *const *k = e->keep; k && *k; k++)
                if (fnmatch(*k, path, FNM_PATHNAME) == 0)
                        return false;
        d->want_mode = 0755;
        d->want_uid = 0;
        d->want_gid = 0;
        d->want_by = NULL;
        for (size_t i = 0; i < e->n; i++) {
                const struct recorded *r = &e->recorded[i];
                if (!streq(r->path, path))
                        continue;
                d->want_mode = r->mode;
                d->want_uid = r->uid;
                d->want_gid = r->gid;
                d->want_by = xstrdup(r->by);
                break;
        }
        return true;
}

void expected_free(struct expected *e)
{
        for (size_t i = 0; i < e->n; i++)
                free(e->recorded[i].path);
        free(e->recorded);
        *e = (struct expected){ .keep = NULL };
}
