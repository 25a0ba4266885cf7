/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 5: the scan user is gone, its making is switched off, a directory cannot be entered. */
#include "tests/faultlab/faultlab.h"

#include <errno.h>
#include <fcntl.h>
#include "connector/connector.h"

#define DIRECTORY CONNECTOR_ROOT "/etc"

static int has_account(const struct sys *sys, const char *path, char **why)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read(sys, path, 1 << 20, &text, NULL);
        if (r < 0)
                return fail(why, r, "%s: %s", path, strerror(-r));
        return strstr(text, SCAN_ACCOUNT ":") != NULL;
}

static int delete_user(const struct sys *sys, char **why)
{
        int r = has_account(sys, "/etc/passwd", why);
        if (r == 1)
                r = LAB_RUN_INSIDE(sys, why, NULL, "userdel", SCAN_ACCOUNT);
        if (r >= 0)
                r = has_account(sys, "/etc/group", why);
        if (r == 1)
                r = LAB_RUN_INSIDE(sys, why, NULL, "groupdel", SCAN_ACCOUNT);
        return r < 0 ? r : 0;
}

static int user_is_gone(const struct sys *sys, char **why)
{
        int r = has_account(sys, "/etc/passwd", why);
        return r < 0 ? r : !r;
}

static int disable_usergroups(const struct sys *sys, char **why)
{
        return lab_set_key(sys, "/etc/login.defs", "USERGROUPS_ENAB", " ", "no", why);
}

static int usergroups_are_off(const struct sys *sys, char **why)
{
        return lab_has_line(sys, "/etc/login.defs", "USERGROUPS_ENAB no", why);
}

static int close_directory(const struct sys *sys, char **why)
{
        int r = sys_mkdirs(sys, DIRECTORY, 0755);
        if (r < 0)
                return fail(why, r, "%s: %s", DIRECTORY, strerror(-r));
        _cleanup_close_ int fd = sys_openat(sys, DIRECTORY, O_RDONLY | O_DIRECTORY, 0);
        if (fd < 0 || fchmod(fd, 0700) < 0)
                return fail(why, fd < 0 ? fd : -errno, "%s: cannot change its mode", DIRECTORY);
        return 0;
}

static int directory_is_closed(const struct sys *sys, char **why)
{
        struct stat st;
        int r = sys_stat(sys, DIRECTORY, &st);
        if (r < 0)
                return fail(why, r, "%s: %s", DIRECTORY, strerror(-r));
        return (st.st_mode & 07777) == 0700;
}

const struct breakage break_scan_user[] = {
        { "scan-user", "user-missing", "user and group " SCAN_ACCOUNT " deleted", delete_user,
          user_is_gone },
        { "scan-user", "usergroups-disabled", "USERGROUPS_ENAB no in /etc/login.defs",
          disable_usergroups, usergroups_are_off },
        { "scan-user", "directory-mode", DIRECTORY " at mode 0700", close_directory,
          directory_is_closed },
        { 0 },
};
