/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a source tree wants its modules made. Three kinds are known:
 * plain     a Kbuild or Makefile for kbuild itself: make -C TREE M=SOURCES modules
 * wrapping  a Kbuild beside a Makefile that calls kbuild with an include folder and takes the kernel
 *           in a variable: that Makefile is called with the variables it takes
 * dkms      a dkms.conf with a MAKE line, which is read as data: one call of make, nothing else */
#ifndef SECEP_KMOD_BUILD_MAKE_CALL_H
#define SECEP_KMOD_BUILD_MAKE_CALL_H

#include "kmod-build/bundle.h"
#include "kmod-build/tree.h"

/* The path of the sources in the sandbox; one for all builds: the same source gives the same bytes.
 */
#define SOURCES_INSIDE "/tmp/secep"

/* The arguments of make for BUNDLE on the kernel of TREE, without its name, CC and -j, into *ARGV
 * (strv_free). 0, or -ENOTSUP with *WHY: dkms.conf asks for more than a call of make. */
int make_call(const struct bundle *bundle, const struct tree *tree, char ***argv, char **why);

/* The dkms kind alone. 1 with *ARGV, 0: no dkms.conf, or none with a MAKE line; else as above. */
int make_call_dkms(const struct bundle *bundle, const struct tree *tree, char ***argv, char **why);

#endif
