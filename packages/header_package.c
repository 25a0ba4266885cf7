/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel release -> header package: one table, first row that fits. */
#include <errno.h>
#include <fnmatch.h>

#include "lib/util.h"
#include "packages/packages.h"

/* In NAME and VERSION: %r the release, %k the release without architecture and variant
 * ("5.14.0-427.el9"), %f SUSE's flavour ("default"), %u SUSE's release without it. */
struct row {
        enum package_kind kind;
        const char *id;      /* of os-release's ID or ID_LIKE; "*": any */
        const char *release; /* fnmatch(3) pattern */
        const char *name, *version;
};

static const struct row rows[] = {
        { PACKAGES_DPKG, "*", "*", "linux-headers-%r", "" },
        { PACKAGES_RPM, "suse", "*", "kernel-%f-devel", "%u*" },
        { PACKAGES_RPM, "*", "*uek*.debug", "kernel-uek-debug-devel", "%k" },
        { PACKAGES_RPM, "*", "*uek*", "kernel-uek-devel", "%k" },
        { PACKAGES_RPM, "*", "*+rt-debug", "kernel-rt-debug-devel", "%k" },
        { PACKAGES_RPM, "*", "*+rt", "kernel-rt-devel", "%k" },
        { PACKAGES_RPM, "*", "*.rt[0-9]*+debug", "kernel-rt-debug-devel", "%k" },
        { PACKAGES_RPM, "*", "*.rt[0-9]*", "kernel-rt-devel", "%k" },
        { PACKAGES_RPM, "*", "*+64k-debug", "kernel-64k-debug-devel", "%k" },
        { PACKAGES_RPM, "*", "*+64k", "kernel-64k-devel", "%k" },
        { PACKAGES_RPM, "*", "*[+.]debug", "kernel-debug-devel", "%k" },
        { PACKAGES_RPM, "amzn", "6.12.*", "kernel6.12-devel", "%k" },
        { PACKAGES_RPM, "*", "*", "kernel-devel", "%k" },
};

static const char *const arches[] = { "x86_64", "aarch64", "ppc64le", "s390x", "riscv64" };

/* "5.14.0-427.el9.x86_64+debug" -> "5.14.0-427.el9", "x86_64". */
static void split_arch(const char *release, char **version, char **arch)
{
        for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
                _cleanup_free_ char *dotted = xasprintf(".%s", arches[i]);
                const char *at = strstr(release, dotted);
                const char *after = at ? at + strlen(dotted) : "x";
                if (*after && *after != '+' && *after != '.')
                        continue;
                *version = xstrndup(release, (size_t)(at - release));
                *arch = xstrdup(arches[i]);
                return;
        }
        *version = xstrndup(release, strcspn(release, "+"));
        *arch = xstrdup("");
}

static char *fill(const char *pattern, const char *release, const char *version)
{
        const char *dash = strrchr(release, '-');
        size_t upto = dash ? (size_t)(dash - release) : strlen(release);
        char *out = xstrdup("");
        for (const char *p = pattern; *p; p++) {
                _cleanup_free_ char *old = out;
                if (*p != '%')
                        out = xasprintf("%s%c", old, *p);
                else if (*++p == 'r')
                        out = xasprintf("%s%s", old, release);
                else if (*p == 'k')
                        out = xasprintf("%s%s", old, version);
                else if (*p == 'f')
                        out = xasprintf("%s%s", old, dash ? dash + 1 : "default");
                else
                        out = xasprintf("%s%.*s", old, (int)upto, release);
        }
        return out;
}

int header_package_of(enum package_kind kind, const struct keyfile *os, const char *release,
                      struct header_package *out, char **why)
{
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct row *row = &rows[i];
                if (row->kind != kind || fnmatch(row->release, release, 0) != 0 ||
                    (!streq(row->id, "*") && !os_release_is(os, row->id)))
                        continue;
                _cleanup_free_ char *version = NULL, *arch = NULL;
                split_arch(release, &version, &arch);
                *out = (struct header_package){
                        .name = fill(row->name, release, version),
                        .version = fill(row->version, release, version),
                        .arch = TAKE_PTR(arch),
                };
                return 0;
        }
        return fail(why, -ENOENT, "no package system known that would have headers for %s",
                    release);
}

void header_package_free(struct header_package *hp)
{
        free(hp->name);
        free(hp->version);
        free(hp->arch);
        *hp = (struct header_package){ 0 };
}
