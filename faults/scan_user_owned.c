/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 5: whose a directory below /opt/cisco is. */
#include <errno.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "faults/scan_user.h"
#include "packages/packages.h"
#include "packages/verify.h"

/* What the connector needs to start, where no package database tells what it owns. */
static char **needed(const struct sys *sys)
{
        static const enum connector_path files[] = { PATH_DAEMON,     PATH_SCANNER,
                                                     PATH_AMPCLI,     PATH_GLOBAL_XML,
                                                     PATH_POLICY_XML, PATH_DAEMON_LOG,
                                                     PATH_SCAN_LOG };
        char **list = NULL;
        strv_add(&list, CONNECTOR_TOP);
        strv_add(&list, CONNECTOR_ROOT);
        strv_add(&list, CONNECTOR_ROOT "/bin");
        strv_add(&list, CONNECTOR_ROOT "/etc");
        strv_add(&list, connector_path(sys, PATH_SIGNATURES));
        for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
                _cleanup_free_ char *path = xstrdup(connector_path(sys, files[i]));
                char *slash = strrchr(path, '/');
                if (slash)
                        *slash = '\0';
                strv_add(&list, path);
        }
        return list;
}

static bool holds_signatures(const struct sys *sys, const char *path)
{
        _cleanup_closedir_ DIR *dir = NULL;
        if (sys_opendir(sys, path, &dir) < 0)
                return false;
        for (struct dirent *e; (e = readdir(dir));) {
                const char *dot = strrchr(e->d_name, '.');
                if (dot && streq(dot, ".cvd"))
                        return true;
        }
        return false;
}

static bool listed(char *const *list, const char *path)
{
        for (; list && *list; list++)
                if (streq(*list, path))
                        return true;
        return false;
}

void look_owned_read(struct look *l)
{
        const char *package = connector_path(l->sys, PATH_PACKAGE);
        int r = package_paths(l->sys, package, CONNECTOR_TOP, &l->owned);
        l->by_package = r == 0;
        l->by_rpm = r == -ENODATA;
        if (!l->by_package)
                l->owned = needed(l->sys);
}

/* In depth, rpm itself is asked; what it does not know is nobody's. */
static int rpm_owns(const struct look *l, const char *path)
{
        _cleanup_free_ char *package = NULL;
        if (l->sys->depth != DEPTH_PROVE || !l->sys->live)
                return -ENODATA;
        int r = verify_owner(l->sys, path, &package, NULL);
        return r == 0 ? streq(package, connector_path(l->sys, PATH_PACKAGE)) : r == -ENOENT ? 0 : r;
}

bool look_owns(struct look *l, const char *path)
{
        if (streq(path, CONNECTOR_TOP) || listed(l->owned, path))
                return true;
        if (l->by_package)
                return false;
        if (holds_signatures(l->sys, path))
                return true;
        int owns = l->by_rpm ? rpm_owns(l, path) : 0;
        if (owns < 0 && !l->unasked)
                l->unasked = xstrdup(path);
        return owns > 0;
}
