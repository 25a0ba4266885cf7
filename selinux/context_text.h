/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Security contexts as text: user:role:type[:range]. */
#ifndef SECEP_SELINUX_CONTEXT_H
#define SECEP_SELINUX_CONTEXT_H

#include <stdbool.h>

/* The type of a context, or the text itself where it is a bare type. malloc'ed. */
char *context_type(const char *context);
/* A whole context is given back as it is; a bare type becomes system_u:ROLE:TYPE, with the range s0
 * where the policy has MLS. malloc'ed. */
char *context_for(const char *context, const char *role, bool mls);

#endif
