/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saying. */
#include "monitor/say.h"

#include <time.h>

#include "lib/clean.h"
#include "lib/i18n.h"

int64_t epoch_ms(void)
{
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void monitor_say(const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        _cleanup_free_ char *text = xvasprintf(i18n_text(fmt), ap);
        va_end(ap);
        fputs("secep-monitord: ", stderr);
        print_clean(text, stderr);
        fputc('\n', stderr);
}
