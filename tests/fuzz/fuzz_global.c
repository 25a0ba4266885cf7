/* SPDX-License-Identifier: GPL-2.0-or-later */
/* global.xml. */
#include "connector/global.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *version = NULL, *why = NULL;

        (void)global_parse("global.xml", (const char *)data, size, &version, &why);
        return 0;
}
