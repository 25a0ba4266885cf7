/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small things every room uses: owned pointers, strings that cannot fail half-way, the clock.
 *
 * Memory: the x* functions never return NULL; without memory they print one line and end the
 * program with status 3 ("could not tell"). Nothing is lost by that: a run that ends at any point
 * is recovered at the next start (repair/recover.h). */
#ifndef SECEP_LIB_UTIL_H
#define SECEP_LIB_UTIL_H

#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Owned things are declared with their cleanup: _cleanup_free_ char *s = NULL; */
#define _cleanup_(f) __attribute__((cleanup(f)))
#define _cleanup_free_ _cleanup_(cleanup_free)
#define _cleanup_close_ _cleanup_(cleanup_close)
#define _cleanup_fclose_ _cleanup_(cleanup_fclose)
#define _cleanup_closedir_ _cleanup_(cleanup_closedir)
#define _cleanup_strv_ _cleanup_(cleanup_strv)

/* Hands an owned pointer (or fd) on and disarms its cleanup. */
#define TAKE_PTR(p)                                                                                \
        ({                                                                                         \
                __typeof__(p) taken_ = (p);                                                        \
                (p) = NULL;                                                                        \
                taken_;                                                                            \
        })
#define TAKE_FD(fd)                                                                                \
        ({                                                                                         \
                int taken_ = (fd);                                                                 \
                (fd) = -1;                                                                         \
                taken_;                                                                            \
        })

static inline void cleanup_free(void *p)
{
        free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
        if (*fd >= 0)
                close(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
        if (*f)
                fclose(*f);
}

static inline void cleanup_closedir(DIR **d)
{
        if (*d)
                closedir(*d);
}

/* Frees a NULL-terminated array of strings and its strings; NULL is fine. */
void strv_free(char **strv);

static inline void cleanup_strv(char ***strv)
{
        strv_free(*strv);
}

static inline bool streq(const char *a, const char *b)
{
        return strcmp(a, b) == 0;
}

static inline bool startswith(const char *s, const char *prefix)
{
        return strncmp(s, prefix, strlen(prefix)) == 0;
}

void *xcalloc(size_t n, size_t size);
FILE *xopen_memstream(char **text, size_t *size);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) PRINTF(1, 2);
char *xvasprintf(const char *fmt, va_list ap) PRINTF(1, 0);

/* Appends a copy of S to the NULL-terminated *STRV (which may be NULL). */
void strv_add(char ***strv, const char *s);
size_t strv_length(char *const *strv);

/* What errno ERROR is, for a person, in their language; never NULL, not to be freed. */
const char *error_text(int error);

/* Fills *WHY (the sentence that explains a failure, for a person) unless WHY is NULL or *WHY is set
 * already: the first cause is the one worth telling. Returns R, so that a failure is one line:
 *     return fail(why, -ENOENT, "%s: no such header tree", path); */
int fail(char **why, int r, const char *fmt, ...) PRINTF(3, 4);

/* A whole number in decimal, nothing before or after it, MIN <= number <= MAX.
 * 0, or -EINVAL (no number) or -ERANGE; *OUT untouched on failure. */
int parse_long(const char *s, long min, long max, long *out);

/* Milliseconds of CLOCK_MONOTONIC: deadlines are kept as one of these. */
int64_t now_ms(void);
void sleep_ms(int64_t ms);

/* Compares dotted numbers as versions: <0, 0, >0. "1.25" equals "1.25.0"; text after the numbers is
 * not looked at. For connector versions only; packages are compared by their package library. */
int version_compare(const char *a, const char *b);

#endif
