/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operator's kernel-compat.conf, parsed and then asked. */
#include "kernels/compat.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char os_text[] = "ID=debian\nVERSION_ID=12\n";
        _cleanup_free_ char *why = NULL;
        _cleanup_compat_ struct compat compat = { 0 };
        struct keyfile os = { 0 };

        if (compat_parse(&compat, "file", (const char *)data, size, &why) < 0)
                return 0;
        if (keyfile_parse("os", os_text, sizeof(os_text) - 1, &os, NULL) == 0) {
                (void)compat_judge(&compat, &os, "6.1.0-56-amd64", "1.24.1", NULL);
                (void)compat_judge(&compat, &os, "6.1.0", NULL, NULL);
        }
        keyfile_free(&os);
        return 0;
}
