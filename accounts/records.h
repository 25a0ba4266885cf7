/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of passwd, group, shadow and gshadow. Pure: text in, fields out. For this room. */
#ifndef SECEP_ACCOUNTS_RECORDS_H
#define SECEP_ACCOUNTS_RECORDS_H

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
        char *field[RECORD_FIELDS];
        unsigned n, line;
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

/* The next entry: 1 with *OUT pointing into the text, 0 at the end, -EBADMSG with *WHY
 * "/etc/passwd:LINE: ..." for a line that is no entry. Empty lines, comments and the + and - lines
 * of NIS are passed over, as the C library does. */
int record_next(struct record_reader *r, struct record *out, char **why);

/* An id of a checked field. */
unsigned record_id(const struct record *record, unsigned field);

/* The whole file of the root, at most 64 MiB. 0, or -errno with *WHY. */
int records_read(const struct sys *sys, enum records_file file, char **text, size_t *len,
                 char **why);

/* The line of NAME in TEXT (not cut): where it starts and its length with the newline.
 * 1, or 0: no such entry. */
int record_find(const char *text, size_t len, const char *name, size_t *start, size_t *length);

#endif
