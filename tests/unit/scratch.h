/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A root of its own for a unit test: made empty, filled by the test, removed at the end. */
#ifndef SECEP_TESTS_UNIT_SCRATCH_H
#define SECEP_TESTS_UNIT_SCRATCH_H

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* lib/util.h has one of its own */
#include <sys/stat.h>
#include <unistd.h>

#include "lib/sys.h"
#include "lib/util.h"

/* Owners are changed and judged: at the start of a test. */
#define NEEDS_ROOT()                                                                               \
        do {                                                                                       \
                if (geteuid() != 0) {                                                              \
                        print_message("skipped: needs root\n");                                    \
                        skip();                                                                    \
                }                                                                                  \
        } while (0)

struct scratch {
        char dir[64];
        struct sys sys;
};

static inline void scratch_open(struct scratch *s)
{
        *s = (struct scratch){ .dir = "/tmp/secep-unit-XXXXXX" };
        assert_non_null(mkdtemp(s->dir));
        assert_int_equal(chmod(s->dir, 0755), 0);
        assert_int_equal(sys_open(s->dir, &s->sys, NULL), 0);
}

/* The path on the host, in a buffer of its own until the next call but one. */
static inline const char *scratch_path(const struct scratch *s, const char *path)
{
        static char buf[2][4096];
        static int turn;

        turn ^= 1;
        snprintf(buf[turn], sizeof(buf[turn]), "%s/%s", s->dir, path + (*path == '/'));
        return buf[turn];
}

static inline void scratch_parents(const struct scratch *s, const char *path)
{
        char *dir = xstrdup(path);

        *strrchr(dir, '/') = 0;
        assert_int_equal(sys_mkdirs(&s->sys, dir, 0755), 0);
        free(dir);
}

static inline void scratch_bytes(const struct scratch *s, const char *path, const void *data,
                                 size_t len)
{
        int fd;

        scratch_parents(s, path);
        fd = open(scratch_path(s, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, data, len), (ssize_t)len);
        close(fd);
}

static inline void scratch_write(const struct scratch *s, const char *path, const char *text)
{
        scratch_bytes(s, path, text, strlen(text));
}

static inline int scratch_drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
        (void)st, (void)type, (void)at;
        return remove(path);
}

static inline void scratch_close(struct scratch *s)
{
        sys_close(&s->sys);
        nftw(s->dir, scratch_drop, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
