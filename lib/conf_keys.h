/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys there are in secep.conf, and the values a text sets. Pure: text in, table out. */
#ifndef SECEP_LIB_CONF_KEYS_H
#define SECEP_LIB_CONF_KEYS_H

#include <stddef.h>

struct conf;

/* Parses TEXT of LEN bytes; NAME is the file's name for messages. 0 with *OUT (conf_free), or
 * -EBADMSG with *WHY "NAME:LINE: ...": a line that is no Key=Value, an unknown key, a value of the
 * wrong type. */
int conf_parse(const char *name, const char *text, size_t len, struct conf **out, char **why);
void conf_free(struct conf *conf); /* NULL is fine */

/* The values of KEY, NULL-terminated, owned by CONF; NULL where it is not set (or CONF is NULL).
 * Only a key that may stand several times has more than one. A key that is not in the table is a
 * bug: assert. */
char *const *conf_values(const struct conf *conf, const char *key);

#endif
