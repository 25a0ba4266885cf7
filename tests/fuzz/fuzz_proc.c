/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/stat and the output of package verification. */
#include "host/process.h"
#include "lib/util.h"
#include "packages/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *text = xstrndup((const char *)data, size);
        uint64_t start;
        int ppid;

        (void)process_parse_stat(text, &ppid, &start);
        free(verify_parse(text));
        return 0;
}
