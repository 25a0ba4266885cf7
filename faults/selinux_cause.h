/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 19: why the policy does not have the rule, from the policy file and the module store. */
#ifndef SECEP_FAULTS_SELINUX_CAUSE_H
#define SECEP_FAULTS_SELINUX_CAUSE_H

#include "selinux/secep_selinux.h"

#define CAUSE_MISSING "module-missing"
#define CAUSE_DISABLED "module-disabled"
#define CAUSE_DIFFERS "module-differs"
#define CAUSE_NOT_LOADED "not-loaded"
#define CAUSE_SHADOWED "module-shadowed"
#define CAUSE_OTHER_DOMAIN "other-domain"
#define CAUSE_CUT_OFF "store-cut-off"
#define CAUSE_DENIED "denied-by-policy"
#define CAUSE_POLICY "policy-missing"
#define CAUSE_BOOLEAN "boolean-set"

/* What the running kernel was given, with its booleans as they are now. */
#define SELINUX_LOADED_POLICY "/sys/fs/selinux/policy"

/* Why the rule is not in force, and which steps would bring it. */
struct selinux_diagnosis {
        const char *cause;
        const char *module; /* the one to install or enable */
        bool heal, install, enable, build, load;
        char *boolean; /* with CAUSE_BOOLEAN: what an administrator set, and not to what it is */
        bool boolean_on;
        char *why;
};

/* Fills *D (zeroed) for a rule that is known not to be in force. 0, or -errno with *WHY; -ENOENT: a
 * cut-off store with nothing to heal it from. */
int selinux_diagnose(const struct sys *sys, const struct selinux_state *state,
                     struct selinux_diagnosis *d, char **why);
void selinux_diagnosis_free(struct selinux_diagnosis *d);
#define _cleanup_selinux_diagnosis_ _cleanup_(selinux_diagnosis_free)

#endif
