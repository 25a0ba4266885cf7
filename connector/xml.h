/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the text of chosen elements out of an XML file nobody vouches for, with expat: by local
 * names whatever the namespace, no entity declarations, no external file, bounded depth and text.
 */
#ifndef SECEP_CONNECTOR_XML_H
#define SECEP_CONNECTOR_XML_H

#include <stddef.h>
#include "lib/sys.h"

#define XML_FILE_MAX ((size_t)16 << 20) /* bytes of a file; the vendor's own are below 1 MiB */

/* Called at the end of each element whose path ends in PATHS[WHICH] ("config/agent/uuid", local
 * names; with a slash before it, the whole path from the root element) with its text (of one with children: what stands behind the last), trimmed. */
typedef void (*xml_found)(void *data, size_t which, const char *text);

/* Parses TEXT; NAME is the file's for messages. 0, or -EBADMSG with *WHY "NAME:LINE: ...". */
int xml_parse(const char *name, const char *text, size_t len, const char *const *paths,
              xml_found found, void *data, char **why);

/* Reads PATH (no symlink followed, at most XML_FILE_MAX bytes) and parses it. 0, -ENOENT where
 * there is no such file, or -errno with *WHY. PATHS is NULL-terminated. */
int xml_read(const struct sys *sys, const char *path, const char *const *paths, xml_found found,
             void *data, char **why);

#endif
