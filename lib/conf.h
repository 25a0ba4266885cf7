/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/secep/secep.conf: what the operator set. The table of known keys is in conf_keys.c; a key that is
 * not in it, a line that is no Key=Value, a value of the wrong type is refused with file and line.
 */
#ifndef SECEP_LIB_CONF_H
#define SECEP_LIB_CONF_H

#include "lib/sys.h"

/* Reads the file of the root into sys->conf; no file is an empty configuration.
 * 0, or -errno with *WHY: -EBADMSG for a bad line, otherwise what reading said. */
int conf_load(struct sys *sys, char **why);

/* The value of KEY, or FALLBACK where it is not set; owned by the configuration.
 * A key that is not in the table of conf_keys.c is a bug: assert. */
const char *conf_string(const struct sys *sys, const char *key, const char *fallback);
long conf_long(const struct sys *sys, const char *key, long fallback);

/* All values of a key that may stand several times, NULL-terminated, owned by the configuration;
 * NULL where there is none. */
char *const *conf_list(const struct sys *sys, const char *key);

#endif
