/* SPDX-License-Identifier: GPL-2.0-or-later */
/* os-release, and what is read from it: which family, which package has the headers. */
#include "lib/keyfile.h"
#include "lib/util.h"
#include "packages/packages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const enum package_kind kinds[] = { PACKAGES_DPKG, PACKAGES_RPM };
        struct keyfile os = { 0 };

        if (keyfile_parse("os-release", (const char *)data, size, &os, NULL) < 0)
                return 0;
        (void)os_release_is(&os, "debian");
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                _cleanup_header_package_ struct header_package hp = { 0 };
                _cleanup_free_ char *why = NULL;
                (void)header_package_of(kinds[i], &os, "5.14.0-427.13.1.el9_4.x86_64+debug", &hp,
                                        &why);
        }
        keyfile_free(&os);
        return 0;
}
