/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel release -> header package by the release alone: one table, first row that fits. Asked last,
 * where no package owns the kernel and none says that it has its headers (header_find.c). */
#include <errno.h>
#include <fnmatch.h>

#include "lib/i18n.h"
#include "lib/util.h"
#include "packages/packages.h"

/* In NAME and VERSION: %r the release, %k the release without architecture and variant
 * ("5.14.0-427.el9"), %v the variant behind '+' with a '-' before it ("-rt-64k"), %s the series
 * ("6.18"), %f SUSE's flavour ("default"), %u SUSE's release without it. */
struct row {
        enum package_kind kind;
        const char *id;      /* of os-release's ID or ID_LIKE; "*": any; SUSE: any of that family */
        const char *release; /* fnmatch(3) pattern */
        const char *name;    /* NULL: the release does not tell it */
        const char *version;
};
#define SUSE "suse"

/* Each row is a way of naming that a vendor's kernel packages follow; what follows none of them is
 * not guessed. */
static const struct row rows[] = {
        /* Proxmox calls them so since its 6.5; older series keep the older name */
        { PACKAGES_DPKG, "*", "[0-5].*-pve", "pve-headers-%r", "" },
        { PACKAGES_DPKG, "*", "6.[0-2].*-pve", "pve-headers-%r", "" },
        { PACKAGES_DPKG, "*", "*-pve", "proxmox-headers-%r", "" },
        /* Raspberry Pi OS until bookworm: one package for all its kernels */
        { PACKAGES_DPKG, "*", "*-v[78]*+", "raspberrypi-kernel-headers", "" },
        { PACKAGES_DPKG, "*", "*", "linux-headers-%r", "" },
        { PACKAGES_RPM, SUSE, "*-[a-z]*", "kernel-%f-devel", "%u*" },
        { PACKAGES_RPM, SUSE, "*", NULL, NULL },
        /* kernel-ml or kernel-lt: only the installed package says */
        { PACKAGES_RPM, "*", "*.elrepo.*", NULL, NULL },
        { PACKAGES_RPM, "*", "*uek*.debug", "kernel-uek-debug-devel", "%k" },
        { PACKAGES_RPM, "*", "*uek*[+.]64k*", NULL, NULL },
        { PACKAGES_RPM, "*", "*uek*", "kernel-uek-devel", "%k" },
        { PACKAGES_RPM, "*", "*.rt[0-9]*+debug", "kernel-rt-debug-devel", "%k" },
        { PACKAGES_RPM, "*", "*.rt[0-9]*", "kernel-rt-devel", "%k" },
        /* kernel.spec: each variant has a package of its name */
        { PACKAGES_RPM, "*", "*.el[0-9]*+*", "kernel%v-devel", "%k" },
        { PACKAGES_RPM, "*", "*.fc[0-9]*+*", "kernel%v-devel", "%k" },
        { PACKAGES_RPM, "*", "*.debug", "kernel-debug-devel", "%k" },
        /* the first series of Amazon Linux 2023 has no number in its package's name */
        { PACKAGES_RPM, "*", "6.1.*amzn2023*", "kernel-devel", "%k" },
        { PACKAGES_RPM, "*", "*amzn2023*", "kernel%s-devel", "%k" },
        { PACKAGES_RPM, "*", "*amzn2*", "kernel-devel", "%k" },
        { PACKAGES_RPM, "*", "*.el[0-9]*", "kernel-devel", "%k" },
        { PACKAGES_RPM, "*", "*.fc[0-9]*", "kernel-devel", "%k" },
        { PACKAGES_RPM, "*", "*.azl[0-9]*", "kernel-devel", "%k" },
        { PACKAGES_RPM, "*", "*.cm[0-9]*", "kernel-devel", "%k" },
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

static char *part_of(char what, const char *release, const char *version)
{
        const char *dash = strrchr(release, '-'), *plus = strrchr(release, '+');
        size_t upto = dash ? (size_t)(dash - release) : strlen(release);
        size_t series = strspn(release, "0123456789");
        if (release[series] == '.')
                series += 1 + strspn(release + series + 1, "0123456789");
        switch (what) {
        case 'r':
                return xstrdup(release);
        case 'k':
                return xstrdup(version);
        case 'v':
                return plus ? xasprintf("-%s", plus + 1) : xstrdup("");
        case 's':
                return xstrndup(release, series);
        case 'f':
                return xstrdup(dash ? dash + 1 : "");
        default:
                return xstrndup(release, upto);
        }
}

static char *fill(const char *pattern, const char *release, const char *version)
{
        char *out = xstrdup("");
        for (const char *p = pattern; *p; p++) {
                _cleanup_free_ char *old = out;
                _cleanup_free_ char *part =
                        *p == '%' ? part_of(*++p, release, version) : xasprintf("%c", *p);
                out = xasprintf("%s%s", old, part);
        }
        return out;
}

/* SLES and openSUSE write "suse" into ID_LIKE, but not all of them do. */
bool package_os_is_suse(const struct keyfile *os)
{
        static const char *const ids[] = { "suse",
                                           "sles",
                                           "sled",
                                           "opensuse",
                                           "sle-micro",
                                           "sl-micro",
                                           "sle_hpc",
                                           "opensuse-leap",
                                           "opensuse-tumbleweed",
                                           "opensuse-microos" };
        for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
                if (os_release_is(os, ids[i]))
                        return true;
        return false;
}

static bool row_fits(const struct row *row, enum package_kind kind, const struct keyfile *os,
                     const char *release)
{
        if (row->kind != kind || fnmatch(row->release, release, 0) != 0)
                return false;
        return streq(row->id, "*") ||
               (streq(row->id, SUSE) ? package_os_is_suse(os) : os_release_is(os, row->id));
}

int header_package_of(enum package_kind kind, const struct keyfile *os, const char *release,
                      struct header_package *out, char **why)
{
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const struct row *row = &rows[i];
                if (!row_fits(row, kind, os, release))
                        continue;
                if (!row->name)
                        break;
                _cleanup_free_ char *version = NULL, *arch = NULL;
                split_arch(release, &version, &arch);
                *out = (struct header_package){
                        .name = fill(row->name, release, version),
                        .version = fill(row->version, release, version),
                        .arch = TAKE_PTR(arch),
                        .known_from = _("how such kernels are named"),
                        .guess = streq(row->release, "*"),
                };
                return 0;
        }
        return fail(why, -ENOENT, "could not tell which package holds the headers of kernel %s",
                    release);
}

void header_package_free(struct header_package *hp)
{
        free(hp->name);
        free(hp->version);
        free(hp->arch);
        free(hp->provides);
        *hp = (struct header_package){ 0 };
}
