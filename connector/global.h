/* SPDX-License-Identifier: GPL-2.0-or-later */
/* global.xml: only the connector's version is read from it. */
#ifndef SECEP_CONNECTOR_GLOBAL_H
#define SECEP_CONNECTOR_GLOBAL_H

#include <stddef.h>

/* The version named in TEXT into *OUT (malloc'ed, digits and dots), NULL where it names none; PATH
 * is the file's name for messages. 0, or -EBADMSG with *WHY. */
int global_parse(const char *path, const char *text, size_t len, char **out, char **why);

#endif
