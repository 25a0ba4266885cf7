/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Owned pointers, strings, the clock. */
#include "lib/util.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

#include "lib/i18n.h"

static void *must(void *p)
{
        if (p)
                return p;
        static const char text[] = "secep: out of memory\n";
        (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
        _exit(3);
}

void *xcalloc(size_t n, size_t size)
{
        return must(calloc(n ? n : 1, size ? size : 1));
}

FILE *xopen_memstream(char **text, size_t *size)
{
        return must(open_memstream(text, size));
}

void *xreallocarray(void *p, size_t n, size_t size)
{
        return must(reallocarray(p, n ? n : 1, size));
}

char *xstrdup(const char *s)
{
        return must(strdup(s));
}

char *xstrndup(const char *s, size_t n)
{
        return must(strndup(s, n));
}

char *xvasprintf(const char *fmt, va_list ap)
{
        char *s = NULL;
        if (vasprintf(&s, fmt, ap) < 0)
                must(NULL);
        return s;
}

char *xasprintf(const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        char *s = xvasprintf(fmt, ap);
        va_end(ap);
        return s;
}

void strv_free(char **strv)
{
        for (char **s = strv; s && *s; s++)
                free(*s);
        free(strv);
}

size_t strv_length(char *const *strv)
{
        size_t n = 0;
        while (strv && strv[n])
                n++;
        return n;
}

void strv_add(char ***strv, const char *s)
{
        size_t n = strv_length(*strv);
        *strv = xreallocarray(*strv, n + 2, sizeof(char *));
        (*strv)[n] = xstrdup(s);
        (*strv)[n + 1] = NULL;
}

int fail(char **why, int r, const char *fmt, ...)
{
        if (!why || *why)
                return r;
        va_list ap;
        va_start(ap, fmt);
        *why = xvasprintf(_(fmt), ap);
        va_end(ap);
        return r;
}

int parse_long(const char *s, long min, long max, long *out)
{
        const char *digits = *s == '-' ? s + 1 : s;
        if (!*digits || strspn(digits, "0123456789") != strlen(digits))
                return -EINVAL;
        errno = 0;
        long n = strtol(s, NULL, 10);
        if (errno || n < min || n > max)
                return -ERANGE;
        *out = n;
        return 0;
}

int64_t now_ms(void)
{
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void sleep_ms(int64_t ms)
{
        struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
        if (ms > 0)
                nanosleep(&t, NULL);
}

static unsigned long version_part(const char **s)
{
        unsigned long n = 0;
        while (**s >= '0' && **s <= '9') {
                unsigned long digit = (unsigned long)(*(*s)++ - '0');
                n = n > (ULONG_MAX - digit) / 10 ? ULONG_MAX : n * 10 + digit;
        }
        if (**s == '.' && (*s)[1] >= '0' && (*s)[1] <= '9')
                (*s)++;
        else
                *s = "";
        return n;
}

int version_compare(const char *a, const char *b)
{
        while (*a || *b) {
                unsigned long x = version_part(&a), y = version_part(&b);
                if (x != y)
                        return x < y ? -1 : 1;
        }
        return 0;
}
