/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module build: all that decides its bytes, and the memory of one that failed. */
#ifndef SECEP_KMOD_BUILD_JOB_H
#define SECEP_KMOD_BUILD_JOB_H

#include "kmod-build/build.h"
#include "kmod-build/bundle.h"
#include "kmod-build/sign.h"
#include "kmod-build/tree.h"

#define BUILD_UNSUITABLE "source-unsuitable" /* second line of a .bad */

/* All that decides the bytes of the result. */
struct build_job {
        const struct kmod_request *request;
        struct bundle source;
        struct tree tree;
        struct signer signer;
        char *cc, *cc_identity;
        char **call; /* of make */
        char *key;
        char *ko, *bad; /* KMOD_STATE/RELEASE-KEY-MODULE.ko, RELEASE-KEY.bad */
};

void build_job_free(struct build_job *job);
#define _cleanup_build_job_ _cleanup_(build_job_free)

/* Reads what the key is made of. 0, or -errno with *why: -ENOPKG where a tool is missing, -ENOTSUP
 * where the source does not suit the kernel. */
int build_job_open(const struct sys *sys, const struct kmod_request *request, struct build_job *job,
                   char **why);

/* Where the job's MODULE is in the cache; caller frees. */
char *build_ko_path(const struct build_job *job, const char *module);

/* The errno R, -ENOENT as -ENOPKG: a program of the build is not there. */
int build_tools_missing(int r);

/* Notes that the job failed: SENTENCE, its KIND, and the end of LOG. 0 or -errno. */
int build_remember(const struct sys *sys, const struct build_job *job, const char *sentence,
                   const char *kind, const char *log);

/* The sentence of a failure of the last day, or NULL; caller frees. Only a day: what it failed for may
 * have been put right where the key does not look. */
char *build_remembered(const struct sys *sys, const struct build_job *job, bool *unsuitable);

#endif
