/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 5: the entries of the account, missing or altered. */
#include "faults/scan_user.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "lib/i18n.h"

#define NAME SCAN_ACCOUNT
#define OLD_FILES_LISTED 5

/* A missing entry that another source than the files has. True: told, and nothing to be made. */
static bool comes_from_elsewhere(struct look *l, enum account_database database, int *r, char **why)
{
        const char *what = database == ACCOUNT_USERS ? "user" : "group";
        _cleanup_free_ char *source = NULL;
        *r = account_elsewhere(l->sys, database, NAME, &source, why);
        if (*r < 0 || !source)
                return *r < 0;
        _cleanup_free_ char *label = xasprintf("%s %s", what, NAME);
        finding_evidence(l->f, label, source, "an entry of this host's own files");
        if (database == ACCOUNT_USERS)
                look_ail(l, VERDICT_BLOCKED, "account-elsewhere",
                         "the user %s comes from %s and not from this host", NAME, source);
        else
                look_ail(l, VERDICT_BLOCKED, "account-elsewhere",
                         "the group %s comes from %s and not from this host", NAME, source);
        return true;
}

static void plan_group(struct look *l)
{
        struct account *a = &l->account;
        /* Files of the account keep their group where its number is known. */
        bool number_kept = a->user && !a->primary_name && a->primary != 0;
        _cleanup_free_ char *gid = number_kept ? xasprintf("%u", a->primary) : NULL;
        plan_add(l->plan, STEP_CREATE_GROUP, NAME, gid, NULL);
        if (a->user && !number_kept)
                plan_add(l->plan, STEP_SET_PRIMARY_GROUP, NAME, NAME, NULL);
}

static void tell_missing(struct look *l, bool user, bool group, bool usergroups, const char *value)
{
        const char *cause = !usergroups ? "usergroups-disabled"
                            : group     ? "group-missing"
                                        : "user-missing";
        if (group)
                finding_evidence(l->f, "group " NAME, "no entry in /etc/group", "a system group");
        if (user)
                finding_evidence(l->f, "user " NAME, "no entry in /etc/passwd", "a system user");
        if (user && group)
                look_ail(l, VERDICT_FAULT, cause, "the user %s and the group %s are missing", NAME,
                         NAME);
        else if (user)
                look_ail(l, VERDICT_FAULT, cause, "the user %s is missing", NAME);
        else
                look_ail(l, VERDICT_FAULT, cause, "the group %s is missing", NAME);
        if (!usergroups) {
                finding_evidence(l->f, "USERGROUPS_ENAB in " LOGIN_DEFS, value, "yes");
                finding_literal(l->f);
                finding_note(l->f, "USERGROUPS_ENAB stays as it is; for a package that runs plain "
                                   "useradd: secep-installer with-usergroups -- COMMAND");
        }
}

static void check_group(struct look *l)
{
        if (!l->account.group || l->account.gid != 0)
                return;
        finding_evidence(l->f, "gid of the group " NAME, "0", "a system id");
        look_ail(l, VERDICT_FAULT, "group-altered", "the group %s has gid 0, which is root's",
                 NAME);
        plan_add(l->plan, STEP_RENUMBER_GROUP, NAME, NULL, NULL);
}

/* The entries that are missing and are ours to make: 0, or -errno. */
static int find_missing(struct look *l, bool *user, bool *group, char **why)
{
        int r = 0;
        *group = !l->account.group && !comes_from_elsewhere(l, ACCOUNT_GROUPS, &r, why);
        if (r == 0)
                *user = !l->account.user && !comes_from_elsewhere(l, ACCOUNT_USERS, &r, why);
        return r;
}

/* The order of the steps: a group, its number, then the user that is put into it. */
int scan_user_missing(struct look *l, char **why)
{
        bool user = false, group = false;
        int r = find_missing(l, &user, &group, why);
        if (r < 0)
                return r;
        if (user || group) {
                _cleanup_free_ char *value = NULL;
                r = login_defs_usergroups(l->sys, &value, why);
                if (r < 0)
                        return r;
                tell_missing(l, user, group, r, value);
        }
        if (group)
                plan_group(l);
        check_group(l);
        if (user && (l->account.group || group))
                plan_add(l->plan, STEP_CREATE_USER, NAME, NAME, NULL);
        return 0;
}

/* Files of id 0 that the account may have made: they stay root's, a person should know. */
static void list_old_files(struct look *l)
{
        const char *log = connector_path(l->sys, PATH_SCAN_LOG);
        struct stat st;
        if (sys_lstat_nolinks(l->sys, log, &st) == 0 && st.st_uid == 0)
                finding_note(l->f, "%s belongs to root and is left as it is", log);
        const char *home = l->account.home;
        _cleanup_closedir_ DIR *dir = NULL;
        if (!home || !*home || streq(home, "/") || streq(home, "/root") ||
            sys_opendir(l->sys, home, &dir) < 0)
                return;
        struct dirent *e;
        for (unsigned n = 0; n < OLD_FILES_LISTED && (e = readdir(dir));)
                if (*e->d_name != '.' &&
                    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                    st.st_uid == 0) {
                        finding_note(l->f, "%s/%s belongs to root and is left as it is", home,
                                     e->d_name);
                        n++;
                }
}

static void check_uid(struct look *l)
{
        if (l->account.uid != 0)
                return;
        finding_evidence(l->f, "uid of the user " NAME, "0", "a system id");
        look_ail(l, VERDICT_FAULT, "user-altered", "the user %s has uid 0, which is root's", NAME);
        plan_add(l->plan, STEP_RENUMBER_USER, NAME, NULL, NULL);
        list_old_files(l);
}

static void check_primary(struct look *l)
{
        const struct account *a = &l->account;
        if (!a->group || (a->primary == a->gid && a->gid != 0))
                return;
        _cleanup_free_ char *found = a->primary_name
                                             ? xasprintf("%s (%u)", a->primary_name, a->primary)
                                             : xasprintf(_("%u, which no group has"), a->primary);
        finding_evidence(l->f, "primary group of " NAME, found, NAME);
        look_ail(l, VERDICT_FAULT, "user-altered", "the primary group of the user %s is %s", NAME,
                 found);
        plan_add(l->plan, STEP_SET_PRIMARY_GROUP, NAME, NAME, NULL);
}

static void check_password(struct look *l)
{
        enum password password = l->account.password;
        if (password == PASSWORD_UNREAD)
                look_untold(l, -EACCES, "/etc/shadow: %s", error_text(EACCES));
        if (password != PASSWORD_USABLE && password != PASSWORD_EMPTY)
                return;
        const char *found = password == PASSWORD_EMPTY ? N_("empty") : N_("usable");
        finding_evidence(l->f, "password of " NAME, found, "locked");
        if (l->account.again.line && !streq(l->account.again.file, "/etc/group")) {
                look_ail(
                        l, VERDICT_BLOCKED, "user-altered",
                        "the password of %s is %s, and the shadow tools change no name that stands "
                        "twice (%s:%u): take that line out with vipw",
                        NAME, found, l->account.again.file, l->account.again.line);
                return;
        }
        look_ail(l, VERDICT_FAULT, "user-altered",
                 password == PASSWORD_EMPTY ? "the user %s has an empty password"
                                            : "the user %s has a usable password",
                 NAME);
        plan_add(l->plan, STEP_LOCK_PASSWORD, NAME, NULL, NULL);
}

/* It changes nothing for the account, and every later change by the shadow tools fails. */
static void note_again(struct look *l)
{
        const struct account *a = &l->account;
        if (a->again.line)
                finding_note(l->f,
                             "%s:%u: %s stands in line %u already, which is the one that counts; "
                             "the shadow tools change neither: take line %u out with %s",
                             a->again.file, a->again.line, NAME, a->again.first, a->again.line,
                             streq(a->again.file, "/etc/group")    ? "vigr"
                             : streq(a->again.file, "/etc/shadow") ? "vipw -s"
                                                                   : "vipw");
}

static void note_oddities(struct look *l)
{
        const struct account *a = &l->account;
        unsigned min = 0, max = 0;
        const char *disputed = NULL;
        _cleanup_free_ char *why = NULL;
        if (!account_shell_is_closed(a->shell))
                finding_note(l->f, "the login shell of %s is %s", NAME,
                             *a->shell ? a->shell : _("not set, which is /bin/sh"));
        if (a->shares_uid_with && a->uid != 0)
                finding_note(l->f, "%s has the same uid as %s", NAME, a->shares_uid_with);
        if (a->shadowed && !a->shadow)
                finding_note(l->f, "%s has no entry in /etc/shadow", NAME);
        if (*a->home && !streq(a->home, "/") && sys_exists(l->sys, a->home))
                finding_note(l->f, "%s has a home directory, %s", NAME, a->home);
        if (account_system_range(l->sys, ACCOUNT_USERS, &min, &max, &disputed, &why) < 0)
                finding_note(l->f, "%s", why);
        else if (a->uid != 0 && (a->uid < min || a->uid > max))
                finding_note(l->f, "the uid of %s, %u, is outside the system range %u-%u", NAME,
                             a->uid, min, max);
        if (disputed)
                finding_note(l->f,
                             "%s in %s ends in a carriage return that shadow 4.17 takes for a part "
                             "of the number",
                             disputed, LOGIN_DEFS);
}

int scan_user_altered(struct look *l, char **why)
{
        (void)why;
        note_again(l);
        if (!l->account.user)
                return 0;
        check_uid(l);
        check_primary(l);
        check_password(l);
        note_oddities(l);
        return 0;
}
