/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of Key=Value, comments (# or ;) and [sections], with their line numbers: secep.conf,
 * os-release, kernel-compat.conf. Pure: text in, table out. */
#ifndef SECEP_LIB_KEYFILE_H
#define SECEP_LIB_KEYFILE_H

#include <stddef.h>

struct keyfile_entry {
        char *section; /* "" before the first section */
        char *key;
        char *value;   /* quotes of a shell-quoted value removed, no expansion */
        unsigned line; /* from 1 */
};

struct keyfile {
        struct keyfile_entry *entries; /* in file order */
        size_t n;
};

/* Parses TEXT of LEN bytes; NAME is the file's name for messages. 0, or -EBADMSG with *WHY
 * "NAME:LINE: ...": a line without '=', an empty key, a NUL, an unfinished quote or section. */
int keyfile_parse(const char *name, const char *text, size_t len, struct keyfile *out, char **why);
void keyfile_free(struct keyfile *kf);

/* The last value of KEY in SECTION, or NULL. */
const char *keyfile_get(const struct keyfile *kf, const char *section, const char *key);

#endif
