/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of passwd, group, shadow and gshadow. Pure: text in, fields out. For this room. */
#ifndef SECEP_ACCOUNTS_RECORDS_H
#define SECEP_ACCOUNTS_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/sys.h"

enum records_file { PASSWD, GROUP, SHADOW, GSHADOW, RECORDS_FILES };
#define RECORD_FIELDS 9 /* shadow has the most */

enum {
        PASSWD_NAME,
        PASSWD_PASSWORD,
        PASSWD_UID,
        PASSWD_GID,
        PASSWD_GECOS,
        PASSWD_HOME,
        PASSWD_SHELL
};
enum { GROUP_NAME, GROUP_PASSWORD, GROUP_GID, GROUP_MEMBERS };
enum { SHADOW_NAME, SHADOW_PASSWORD };

struct record {
        char *field[RECORD_FIELDS]; /* a missing one is "", the last keeps colons too many */
        unsigned n, line;           /* fields that are written there, all counted */
        bool indented;              /* blanks before the name: glibc passes over them */
        bool read;       /* glibc reads the entry (fgetpwent(3)), else it passes it over */
        char wrong[128]; /* why the shadow tools do not read it; "": they do */
};

struct record_reader {
        enum records_file file;
        char *pos, *end;
        unsigned line;
};

/* "/etc/passwd", ... */
const char *records_path(enum records_file file);

/* Reads TEXT, which must have a 0 byte at TEXT[LEN] and is cut into fields where it stands. */
void record_reader_init(struct record_reader *r, enum records_file file, char *text, size_t len);

/* The next entry, *OUT pointing into the text; false at the end. A line of somebody else that is
 * malformed stops nobody: glibc and the shadow tools pass it over, and so does who calls this, by
 * `read` and `wrong`. Empty lines, comments and the + and - lines of NIS are no entries. */
bool record_next(struct record_reader *r, struct record *out);

/* -EBADMSG with *WHY "/etc/passwd:LINE: ..." from record->wrong. */
int record_refused(enum records_file file, const struct record *record, char **why);

/* An id, as glibc reads it; UINT32_MAX where it is none. */
unsigned record_id(const struct record *record, unsigned field);

/* The whole file of the root, at most 64 MiB. 0, or -errno with *WHY. */
int records_read(const struct sys *sys, enum records_file file, char **text, size_t *len,
                 char **why);

/* The line of NAME in TEXT (not cut): where it starts and its length with the newline.
 * 1, or 0: no such entry. */
int record_find(const char *text, size_t len, const char *name, size_t *start, size_t *length);

#endif
