/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module file (.ko) as bytes: what it says about itself, and whether it fits a kernel. The bytes
 * are hostile: every offset is checked. */
#ifndef SECEP_KMOD_BUILD_MODULE_FILE_H
#define SECEP_KMOD_BUILD_MODULE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include "kmod-build/tree.h"

#define MODULE_MAX ((size_t)64 << 20)

/* The value of KEY in section .modinfo ("vermagic", "name"); malloc'ed, NULL where it has none or
 * is no 64-bit ELF file of this machine's byte order. */
char *module_info(const void *data, size_t len, const char *key);

/* Does it end in a signature appended by sign-file? */
bool module_signed(const void *data, size_t len);

/* Its name, its vermagic and the CRC of each symbol it uses against TREE.
 * 0; -EBADMSG: no module; -ESTALE: another kernel's, with *WHY saying what differs. */
int module_fits(const void *data, size_t len, const char *name, const struct tree *tree,
                char **why);

#endif
