/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why the kernel refused an eBPF program. */
#ifndef SECEP_KMOD_BUILD_REFUSAL_H
#define SECEP_KMOD_BUILD_REFUSAL_H

#include "kmod-build/prove.h"

/* What -errno R at STEP means, as far as it can be told from the machine around it and from what
 * libbpf SAID. */
enum proof_refusal refusal_of(const struct sys *sys, enum proof_step step, int r, const char *said);
/* Is it about who asks (policy, rights, locked memory), whatever the kernel has? */
bool refusal_of_asker(enum proof_refusal refusal);
const char *refusal_words(enum proof_refusal refusal);

#endif
