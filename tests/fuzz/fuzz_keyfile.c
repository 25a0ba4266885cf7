/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of Key=Value as they are: secep.conf and every other file of that form. */
#include "lib/keyfile.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *why = NULL;
        struct keyfile kf = { 0 };

        if (keyfile_parse("file", (const char *)data, size, &kf, &why) == 0) {
                (void)keyfile_get(&kf, "", "ID");
                keyfile_free(&kf);
        }
        return 0;
}
