/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of login.defs with one key changed, and put back; the files it is made of. For this room.
 */
#ifndef SECEP_ACCOUNTS_LOGIN_DEFS_H
#define SECEP_ACCOUNTS_LOGIN_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/sys.h"

/* Finds the line in force of KEY: the last one that has a value. Where it starts and its length
 * with the line ending. 1 or 0. */
int login_defs_find(const char *text, size_t len, const char *key, size_t *start, size_t *length);

/* Do the shadow tools not agree on the last line of KEY? A carriage return, form feed or vertical
 * tab at its end belongs to the value since 4.17 ("yes\r" is not yes, there), and not before. */
bool login_defs_differs(const char *text, size_t len, const char *key);

/* TEXT with KEY set to VALUE in the line in force, else, and where login_defs_differs(), in a new
 * last line, which all of them read; every other byte is as it was. Malloc'ed, a 0 byte after the last. */
char *login_defs_set(const char *text, size_t len, const char *key, const char *value,
                     size_t *out_len);

/* NOW with KEY as ORIGINAL has it, where NOW still has the line that login_defs_set(ORIGINAL) made;
 * otherwise somebody has set the key since, and NOW stays: NULL. */
char *login_defs_put_back(const char *now, size_t now_len, const char *original,
                          size_t original_len, const char *key, const char *value, size_t *out_len);

/* The vendor's file (libeconf), which counts where /etc has none. 0, -ENOENT without *WHY, or -errno
 * with it. */
int login_defs_vendor(const struct sys *sys, char **text, size_t *len, char **why);
/* Does a drop-in that is read after /etc/login.defs set KEY? 1 with its *PATH, 0, or -errno. */
int login_defs_outranked(const struct sys *sys, const char *key, char **path, char **why);

#endif
