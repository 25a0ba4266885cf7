/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ampcli status prints. */
#include "connector/ampcli.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_ampcli_ struct ampcli_status status = { 0 };

        if (ampcli_parse((const char *)data, size, &status, NULL) == 0)
                (void)ampcli_fault(&status, 18);
        return 0;
}
