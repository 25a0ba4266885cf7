/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header of a signature file. */
#include "connector/signatures.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *why = NULL;
        struct cvd_header header;

        (void)cvd_parse((const char *)data, size, &header, &why);
        return 0;
}
