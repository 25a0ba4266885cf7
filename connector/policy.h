/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.xml: signed by the console, so only ever read. Options and process exclusions. */
#ifndef SECEP_CONNECTOR_POLICY_H
#define SECEP_CONNECTOR_POLICY_H

#include "lib/util.h"
#include <stddef.h>
#include "connector/connector.h"

struct policy {
        unsigned on; /* enum connector_option */
        char *name, *serial;
        char **exclusions; /* paths of excluded processes, NULL-terminated; NULL: none */
};

/* Parses the policy TEXT; PATH is the file's name for messages. 0, or -EBADMSG with *WHY: broken,
 * or no element `config` in it. OUT is owned by the caller. */
int policy_parse(const char *path, const char *text, size_t len, struct policy *out, char **why);
/* The policy of the root. 0, -ENOENT (no such file; *WHY not set), or -errno with *WHY. */
int policy_read(const struct sys *sys, struct policy *out, char **why);
void policy_free(struct policy *policy);
#define _cleanup_policy_ _cleanup_(policy_free)

/* Is the program at PATH excluded already? An exclusion's path may end in a star. */
bool policy_excludes(const struct policy *policy, const char *path);

#endif
