/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making the modules of a job in a sandbox. */
#ifndef SECEP_KMOD_BUILD_RUN_H
#define SECEP_KMOD_BUILD_RUN_H

#include "kmod-build/build_job.h"

/* Runs make, checks and signs what it made and puts it in the cache; to be called under the lock of
 * builds. 0, or -errno with *why; a failure that is the source's is remembered. */
int build_run(const struct sys *sys, const struct build_job *job, char **why);

#endif
