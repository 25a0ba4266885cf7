/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tail of a log, and what is looked for in its lines. */
#include <assert.h>

#include "connector/crashes.h"
#include "host/logs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void line_seen(void *data, const char *line)
{
        struct crash_seen seen;

        (void)data;
        assert(strlen(line) <= LOG_LINE_MAX);
        (void)crash_parse_audit(line, "/opt/x", &seen);
        (void)crash_parse_core(line, "x", &seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *text = xstrndup((const char *)data, size);
        const struct process daemon = { .pid = 1, .start = 2 };
        struct scan_starts starts;

        log_lines((const char *)data, size, false, line_seen, NULL);
        scan_starts_parse(text, &daemon, 0, &starts);
        free(crash_file(text));
        return 0;
}
