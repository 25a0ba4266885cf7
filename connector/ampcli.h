/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connector's own word: `ampcli status`, run without a terminal and within a time limit, its
 * output taken as hostile. Keys come and go between versions and their order is not fixed. */
#ifndef SECEP_CONNECTOR_AMPCLI_H
#define SECEP_CONNECTOR_AMPCLI_H

#include "lib/util.h"
#include <stdbool.h>
#include <stddef.h>
#include "lib/sys.h"

#define AMPCLI_FAULTS_MAX 64

struct ampcli_fault {
        int id;
        char severity[16]; /* "Critical", "Major", "Minor" or another word; "" where not told */
        char *text;        /* NULL where not told */
};

struct ampcli_status {
        char *status, *mode, *scan; /* NULL where the key is not there */
        struct ampcli_fault faults[AMPCLI_FAULTS_MAX];
        size_t n_faults;
};

/* Parses TEXT of LEN bytes, whatever is in it. 0, or -EBADMSG with *WHY: nothing in it that a
 * status has. OUT is owned by the caller. */
int ampcli_parse(const char *text, size_t len, struct ampcli_status *out, char **why);
/* Trusts (connector_trusted) and runs it. 0, -ENOENT (no ampcli), -EPERM (not to be run),
 * -ETIMEDOUT after AmpCliSeconds=, -EINTR (asked to stop), -EIO (another exit status, a signal),
 * -EBADMSG; each with *WHY. */
int ampcli_ask(const struct sys *sys, struct ampcli_status *out, char **why);
/* The same, in MS milliseconds at most. */
int ampcli_ask_within(const struct sys *sys, int64_t ms, struct ampcli_status *out, char **why);
void ampcli_free(struct ampcli_status *status);
#define _cleanup_ampcli_ _cleanup_(ampcli_free)

const struct ampcli_fault *ampcli_fault(const struct ampcli_status *status, int id); /* or NULL */
bool ampcli_degraded(const struct ampcli_status *status);

#endif
