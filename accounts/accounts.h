/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users and groups of the root, the directories they must be able to walk, and login.defs.
 *
 * Looking reads the root's own files with a parser of ours; the C library is asked only on the
 * running system and only for a name that the files lack. New entries are made by the host's own
 * groupadd and useradd. What is there already is changed by replacing one field of one line, under
 * the lock every shadow tool takes (/etc/.pwd.lock): usermod -u and -g would also change the owner
 * of everything below the account's home, and groupmod -g the primary group of every user of the
 * old id, which for id 0 and a home of "/" is the whole system. */
#ifndef SECEP_ACCOUNTS_ACCOUNTS_H
#define SECEP_ACCOUNTS_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "lib/sys.h"

/* ---- looking ---- */

enum password {
        PASSWORD_LOCKED, /* no password opens it */
        PASSWORD_USABLE,
        PASSWORD_EMPTY,  /* no password is asked for */
        PASSWORD_UNREAD, /* shadow cannot be read (not root) */
};

/* One name, as the root's passwd, group, shadow and gshadow have it. */
struct account {
        bool user, group; /* is there such an entry */
        unsigned user_line, group_line;
        uid_t uid;
        gid_t primary;      /* of the user */
        char *primary_name; /* the group that has that id, NULL: none */
        gid_t gid;          /* of the group of this name */
        char *members;      /* of that group */
        char *home, *shell;
        char *shares_uid_with; /* another user of the same uid, or NULL */
        enum password password;
        bool shadowed; /* passwd says x: the password stands in shadow */
        bool shadow;   /* an entry in /etc/shadow */
        struct {       /* the first second entry of the name; line 0: there is none */
                const char *file;
                unsigned line, first;
        } again;
};

/* Reads the files as glibc does: the first entry of a name counts, and a malformed line of another
 * account is passed over. 0, or -errno with *WHY: "/etc/passwd:LINE: ..." (-EBADMSG) for a malformed
 * line of NAME itself, what reading said otherwise. No shadow file is fine. */
int account_read(const struct sys *sys, const char *name, struct account *out, char **why);
void account_free(struct account *a);
#define _cleanup_account_ _cleanup_(account_free)

/* Where else NAME comes from ("sss (/etc/nsswitch.conf, passwd)"), malloc'ed, NULL: nowhere. Only
 * on the running system, in a child that is given 5 s. 0, or -errno with *WHY (could not tell). */
enum account_database { ACCOUNT_USERS, ACCOUNT_GROUPS };
int account_elsewhere(const struct sys *sys, enum account_database database, const char *name,
                      char **out, char **why);

/* The path of nologin(8) in this root, one of a few constants. */
const char *account_nologin(const struct sys *sys);
/* Does SHELL let nobody in? */
bool account_shell_is_closed(const char *shell);

/* A free id of the root's system range (login.defs), the highest. -ERANGE: none. */
int account_free_uid(const struct sys *sys, uid_t *out, char **why);
int account_free_gid(const struct sys *sys, gid_t *out, char **why);
/* SYS_UID_MIN/MAX or SYS_GID_MIN/MAX of login.defs, with the tools' own defaults. Where the shadow tools do not agree
 * on a number (login_defs_differs()) the ids that are the system's to all of them, and its key in *DISPUTED, else
 * NULL there. DISPUTED may be NULL. */
int account_system_range(const struct sys *sys, enum account_database database, unsigned *min,
                         unsigned *max, const char **disputed, char **why);

/* ---- changing; LOCK_FD: kept by the children (struct run) ---- */

/* Can the account files be changed at all? -EPERM (immutable), -EROFS, -EINVAL (a FIFO where the tools
 * read), ... with *WHY naming the file. Reads only. */
int account_changeable(const struct sys *sys, char **why);
/* account_read() of one that is to be changed: account_changeable() first. */
int account_read_to_change(const struct sys *sys, const char *name, struct account *out,
                           char **why);

/* groupadd -r, GID "" for one of the tool's choice. The outcome is read back. */
int account_create_group(const struct sys *sys, const char *name, const char *gid, int lock_fd,
                         char **why);
/* useradd -r: primary group GROUP, no home, no login shell, password locked. Read back. */
int account_create_user(const struct sys *sys, const char *name, const char *group, int lock_fd,
                        char **why);
/* usermod -L. */
int account_lock_password(const struct sys *sys, const char *name, int lock_fd, char **why);

/* One field of NAME's line in FILE from FROM to TO; 0 also when it is TO already.
 * -ESTALE with *WHY: it is something else, nothing was changed. */
enum account_field { ACCOUNT_UID, ACCOUNT_PRIMARY_GID, ACCOUNT_GROUP_GID };
int account_change_id(const struct sys *sys, enum account_field field, const char *name,
                      unsigned from, unsigned to, char **why);

/* Takes the ! that a lock put there off again, in the files of FILES. */
enum account_password_files { PASSWORD_IN_PASSWD = 1, PASSWORD_IN_SHADOW = 2 };
int account_password_unlocked(const struct sys *sys, const char *name, unsigned *files, char **why);
int account_unlock_password(const struct sys *sys, const char *name, unsigned files, char **why);

/* Takes a user (passwd, shadow) or group (group, gshadow) out that we made, and gives files that
 * had no newline at their end (bits of account_unterminated) that back. -ESTALE with *WHY where
 * somebody has made something else of it: it stays. 0 also when it is gone. */
int account_remove_user(const struct sys *sys, const char *name, unsigned unterminated, char **why);
int account_remove_group(const struct sys *sys, const char *name, unsigned unterminated,
                         char **why);
int account_unterminated(const struct sys *sys, unsigned *files, char **why);

/* ---- for undo: is it still what we made, and who needs it now? All read only. ---- */

/* What the entry of NAME and its second one (shadow, gshadow) say, passwords left out, in one line;
 * malloc'ed. *OUT is NULL where neither file has it. 0 or -errno with *WHY. */
int account_entry(const struct sys *sys, enum account_database database, const char *name,
                  char **out, char **why);
/* The first user but NOT_OF (may be NULL) whose primary group is GID, *OUT malloc'ed: 1, 0 or -errno
 * with *WHY. */
int account_primary_user(const struct sys *sys, gid_t gid, const char *not_of, char **out,
                         char **why);
/* Another entry than NAME's that has the number ID in FIELD (ACCOUNT_UID, ACCOUNT_GROUP_GID); the
 * same returns. */
int account_id_owner(const struct sys *sys, enum account_field field, unsigned id, const char *name,
                     char **out, char **why);
/* The password fields of NAME, those of FILES (bits of account_password_unlocked) joined by a
 * newline, malloc'ed; LOCKED: without the ! that a lock puts there. -ENOENT: no such user. */
int account_passwords(const struct sys *sys, const char *name, unsigned files, bool locked,
                      char **out, char **why);

/* ---- login.defs ---- */

#define LOGIN_DEFS "/etc/login.defs"

/* What the shadow tools of the root read: the file in /etc, else the vendor's, then drop-ins. Each at
 * most 1 MiB, no NUL in it. -ENOENT without *WHY; otherwise -errno with *WHY. */
int login_defs_read(const struct sys *sys, char **text, size_t *len, char **why);
/* The file in /etc alone. */
int login_defs_own(const struct sys *sys, char **text, size_t *len, char **why);
/* The value in force, as the shadow tools read it (the last of several; the rest of the line but
 * for quotes); malloc'ed, NULL: not set. Pure. */
char *login_defs_get(const char *text, size_t len, const char *key);
/* Is USERGROUPS_ENAB in force? *VALUE (malloc'ed): "no", "not set", "no such file", ...
 * 1, 0, or -errno with *WHY. */
int login_defs_usergroups(const struct sys *sys, char **value, char **why);

/* ---- directories ---- */

/* As whom the kernel is asked. */
struct account_ids {
        uid_t uid;
        gid_t gid;
        gid_t *groups; /* the further ones it is a member of, malloc'ed */
        size_t n_groups;
};

/* The groups of /etc/group that have NAME as a member, into IDS->groups; none where the file cannot
 * be read. */
void account_groups(const struct sys *sys, const char *name, struct account_ids *ids);
void account_ids_free(struct account_ids *ids);
#define _cleanup_account_ids_ _cleanup_(account_ids_free)

/* Can an account of IDS search its way to each directory of PATHS (NULL-terminated) and list it? The
 * kernel is asked as that account: by this thread (accounts/as_account.h), and what that does not find
 * open by a child that has become it (where this process may not, the modes alone are judged, without
 * ACLs); no symlink is followed. 1 (also where a path is not there or no directory), 0 with *WHERE
 * (malloc'ed) the first directory it is refused at, or -EAGAIN with *WHY: nobody could say, in 5 s. */
int account_reaches(const struct sys *sys, const struct account_ids *ids, char *const *paths,
                    char **where, char **why);

struct directory {
        char *path;
        mode_t mode; /* permission bits */
        uid_t uid;
        gid_t gid;
        mode_t want_mode;
        uid_t want_uid;
        gid_t want_gid;
        char *want_by; /* who says so: NULL for the rule, "KeepMode", "dpkg-statoverride" */
        bool foreign;  /* another product's: to be reported, never changed */
};

struct directories {
        struct directory *items; /* only those that are not as they should be, by path */
        size_t n;
        size_t seen;  /* how many were looked at */
        char **notes; /* what was left alone, and why */
        char *untold; /* one sentence: a part that could not be told */
        int error;    /* -errno of that part, 0: none */
};

/* Looks at TOP and at every directory at and below TOP/OWN, never through a symlink, never into
 * another mount, at most 32 deep and 20000 of them. No TOP at all is fine (n and seen 0).
 * 0, or -errno with *WHY when nothing could be told. */
int directories_read(const struct sys *sys, const char *top, const char *own,
                     struct directories *out, char **why);
void directories_free(struct directories *d);
#define _cleanup_directories_ _cleanup_(directories_free)

/* Who may be changing PATH: "FILE:LINE: text", malloc'ed, NULL: no evidence. Looks at tmpfiles.d,
 * dpkg-statoverride and the end of the audit log. */
char *directory_fighter(const struct sys *sys, const char *path);

#endif
