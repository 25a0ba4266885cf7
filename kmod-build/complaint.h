/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the log of a build that failed means. */
#ifndef SECEP_KMOD_BUILD_COMPLAINT_H
#define SECEP_KMOD_BUILD_COMPLAINT_H

#include <stdbool.h>

#include "kmod-build/bundle.h"
#include "kmod-build/tree.h"

/* The first line that tells an error, without the sandbox's own path; malloc'ed. */
char *complaint_first(const char *log);

/* The source cannot be built for the kernel of TREE at all, whatever is repaired: a sentence's end
 * with what to do instead, malloc'ed; NULL where the log does not say so. A function is only called
 * removed where the kernel is at least of the version that removed it. CC is the compiler used. */
char *complaint_unsuitable(const char *log, const struct tree *tree, const char *cc);

/* Does the log blame a file of SOURCE? Only that is worth remembering: a tool that is missing, of
 * another architecture or out of memory is not the source's fault, nor is a header tree with holes.
 */
bool complaint_of_source(const char *log, const struct bundle *source);

#endif
