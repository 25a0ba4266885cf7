/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the compiler of a kernel is called as a package. Names from the distributions' own package lists:
 * Debian gcc-12, clang-16; SUSE gcc13, clang17; Red Hat gcc, gcc-toolset-12-gcc, clang; Amazon Linux 2
 * gcc10, whose program is gcc10-gcc. */
#include "kmod-build/tree.h"

#include <errno.h>

#include "lib/os_release.h"

enum family { FAMILY_DEBIAN, FAMILY_SUSE, FAMILY_REDHAT, FAMILY_OTHER };

/* The distribution itself before those it is like. */
static enum family family_of(const struct keyfile *os)
{
        static const struct {
                const char *id;
                enum family family;
        } rows[] = {
                { "debian", FAMILY_DEBIAN },    { "ubuntu", FAMILY_DEBIAN },
                { "suse", FAMILY_SUSE },        { "opensuse", FAMILY_SUSE },
                { "sles", FAMILY_SUSE },        { "sles_sap", FAMILY_SUSE },
                { "rhel", FAMILY_REDHAT },      { "ol", FAMILY_REDHAT },
                { "centos", FAMILY_REDHAT },    { "rocky", FAMILY_REDHAT },
                { "almalinux", FAMILY_REDHAT },
        };
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                if (os_release_is(os, rows[i].id))
                        return rows[i].family;
        return FAMILY_OTHER;
}

/* The gcc of RHEL VERSION_ID and what is built from it; 0: not known. */
static long own_gcc(const struct keyfile *os)
{
        static const struct {
                long release, gcc;
        } rows[] = { { 7, 4 }, { 8, 8 }, { 9, 11 }, { 10, 14 } };
        const char *version = keyfile_get(os, "", "VERSION_ID");
        long release = version ? strtol(version, NULL, 10) : 0;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                if (rows[i].release == release)
                        return rows[i].gcc;
        return 0;
}

/* "gcc10" of "gcc10-gcc (GCC) 10.5.0": the package has its name from there. */
static char *prefixed(const char *text)
{
        size_t n = strcspn(text, " ");
        if (n < strlen("gcc1-gcc") || strncmp(text, "gcc", 3) != 0 ||
            strspn(text + 3, "0123456789") + strlen("gcc-gcc") != n ||
            strncmp(text + n - 4, "-gcc", 4) != 0)
                return NULL;
        return xstrndup(text, n - 4);
}

char *compiler_package(const struct sys *sys, const char *text)
{
        _cleanup_(keyfile_free) struct keyfile os = { 0 };
        (void)os_release_read(sys, &os, NULL);
        enum family family = family_of(&os);
        const char *kind = text && strstr(text, "clang") ? "clang" : "gcc";
        long major = text ? compiler_major(text) : 0;
        char *own = text ? prefixed(text) : NULL;
        if (own || major == 0)
                return own ? own : xstrdup(kind);
        /* a kernel from elsewhere: the plain one may do, and a version of its own may not be there */
        bool elsewhere = streq(kind, "gcc") && !strstr(text, "gcc-");
        if (family == FAMILY_DEBIAN && !elsewhere)
                return xasprintf("%s-%ld", kind, major);
        if (family == FAMILY_SUSE)
                return xasprintf("%s%ld", kind, major);
        if (family == FAMILY_REDHAT && streq(kind, "gcc") && own_gcc(&os) && major > own_gcc(&os))
                return xasprintf("gcc-toolset-%ld-gcc", major);
        return xstrdup(kind);
}
