/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of a root, and what each must lead to however it is resolved. */
#ifndef SECEP_TESTS_RESOLUTION_H
#define SECEP_TESTS_RESOLUTION_H

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/scratch.h"

/* A root with what a distribution has and what an attacker would plant. */
static inline void fill(struct scratch *s)
{
        scratch_open(s);
        int d = s->sys.root_fd;
        scratch_write(s, "/etc/file", "inside\n");
        scratch_write(s, "/usr/lib/os-release", "ID=test\n");
        assert_int_equal(symlinkat("usr/lib", d, "lib"), 0);
        assert_int_equal(symlinkat("/etc/file", d, "absolute"), 0);
        assert_int_equal(symlinkat("../../../../../../etc/file", d, "usr/climber"), 0);
        assert_int_equal(symlinkat("loop", d, "loop"), 0);
        assert_int_equal(symlinkat("/", d, "top"), 0);
        assert_int_equal(mkfifoat(d, "fifo", 0644), 0);
}

static inline void assert_reads(const struct sys *sys, const char *path, const char *expected)
{
        _cleanup_free_ char *text = NULL;
        assert_int_equal(sys_read(sys, path, 100, &text, NULL), 0);
        assert_string_equal(text, expected);
}

/* Every answer both ways of resolving must give alike. */
static inline void check_resolution(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        struct stat st;
        assert_reads(sys, "/etc/file", "inside\n");
        assert_reads(sys, "etc//./file", "inside\n");
        assert_reads(sys, "lib/os-release", "ID=test\n");
        assert_reads(sys, "/absolute", "inside\n");
        assert_reads(sys, "/usr/climber", "inside\n");
        assert_reads(sys, "/top/top/lib/../../etc/file", "inside\n");
        assert_reads(sys, "../../etc/file", "inside\n");
        assert_int_equal(sys_read(sys, "loop", 100, &text, NULL), -ELOOP);
        assert_int_equal(sys_read(sys, "nothing", 100, &text, NULL), -ENOENT);
        assert_int_equal(sys_read(sys, "etc/file/below", 100, &text, NULL), -ENOTDIR);
        assert_int_equal(sys_read(sys, "fifo", 100, &text, NULL), -EINVAL);
        assert_int_equal(sys_read(sys, "etc", 100, &text, NULL), -EINVAL);
        assert_int_equal(sys_read(sys, "etc/file", 3, &text, NULL), -EFBIG);
        assert_int_equal(sys_read_nolinks(sys, "lib/os-release", 100, &text, NULL), -ELOOP);
        assert_int_equal(sys_read_nolinks(sys, "absolute", 100, &text, NULL), -ELOOP);
        assert_null(text);
        assert_int_equal(sys_lstat(sys, "absolute", &st), 0);
        assert_true(S_ISLNK(st.st_mode));
        assert_int_equal(sys_lstat_nolinks(sys, "absolute", &st), 0);
        assert_true(S_ISLNK(st.st_mode));
        assert_int_equal(sys_lstat_nolinks(sys, "lib/os-release", &st), -ELOOP);
        assert_int_equal(sys_stat(sys, "absolute", &st), 0);
        assert_true(S_ISREG(st.st_mode));
        assert_int_equal(sys_readlink(sys, "lib", &text), 0);
        assert_string_equal(text, "usr/lib");
        assert_int_equal(sys_readlink(sys, "etc", &text), -EINVAL);
        assert_int_equal(sys_mkdirs(sys, "/made/of/parts", 0750), 0);
        assert_int_equal(sys_mkdirs(sys, "made/of/parts", 0750), 0);
        assert_int_equal(sys_stat(sys, "made/of", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0750);
        int fd = sys_openat(sys, "made/new", O_WRONLY | O_CREAT | O_EXCL, 0640);
        assert_true(fd >= 0);
        close(fd);
        assert_int_equal(sys_openat(sys, "made/new", O_WRONLY | O_CREAT | O_EXCL, 0640), -EEXIST);
        assert_int_equal(sys_openat(sys, "made/no/new", O_WRONLY | O_CREAT, 0640), -ENOENT);
}

#endif
