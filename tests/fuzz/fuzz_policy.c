/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.xml. */
#include "connector/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_policy_ struct policy policy = { 0 };
        _cleanup_free_ char *why = NULL;

        if (policy_parse("policy.xml", (const char *)data, size, &policy, &why) == 0)
                (void)policy_excludes(&policy, "/usr/bin/make");
        return 0;
}
