/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel releases as text and as directories of /lib/modules. */
#ifndef SECEP_KERNELS_RELEASE_H
#define SECEP_KERNELS_RELEASE_H

#ifdef __cplusplus
extern "C" {
#endif
#include "lib/sys.h"

/* A kernel release that may stand in a path and in a package name: [A-Za-z0-9][A-Za-z0-9.+~_-]*,
 * at most 64 characters. 0, or -EINVAL with *WHY (a usage error). */
int release_check(const char *release, char **why);
/* Compares releases by their parts, as package systems do: <0, 0, >0. A number is newer than a word
 * (5.14.0-427.13.1.el9_4 than 5.14.0-427.el9), '~' is older than the end (6.12~rc6 than 6.12). */
int release_compare(const char *a, const char *b);
/* The kernels installed in /lib/modules (a directory that holds a kernel's modules, not only a link
 * to headers), the newest first, NULL-terminated. 0 also where there is none, or -errno. */
int release_list(const struct sys *sys, char ***out, char **why);
/* The newest of them, malloc'ed. 0, -ENOENT with *WHY where there is none, or -errno. */
int release_newest(const struct sys *sys, char **out, char **why);

#ifdef __cplusplus
}
#endif
#endif
