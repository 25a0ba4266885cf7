/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headers that go with a kernel's package: its sibling of the same source, told by the name. */
#include <errno.h>

#include "lib/i18n.h"
#include "lib/util.h"
#include "packages/header_find.h"

struct shape {
        const char *image, *headers; /* how the names begin */
        bool rest;                   /* and the rest is the same */
};

static const struct shape dpkg_shapes[] = {
        { "linux-image-unsigned-", "linux-headers-", true },
        { "linux-image-", "linux-headers-", true },
        { "linux-modules-extra-", "linux-headers-", true },
        { "linux-modules-", "linux-headers-", true },
        { "linux-binary-", "linux-headers-", true }, /* Debian, from kernel 7 on */
        { "linux-base-", "linux-headers-", true },
        { "proxmox-kernel-", "proxmox-headers-", true },
        { "pve-kernel-", "pve-headers-", true },
        { "raspberrypi-kernel", "raspberrypi-kernel-headers", false },
};

static size_t without_end(const char *name, size_t n, const char *const *ends)
{
        for (; *ends; ends++) {
                size_t m = strlen(*ends);
                if (n > m && strncmp(name + n - m, *ends, m) == 0)
                        return n - m;
        }
        return n;
}

static char *dpkg_sibling(const char *owner)
{
        static const char *const signature[] = { "-signed", "-unsigned", NULL };
        for (size_t i = 0; i < ARRAY_SIZE(dpkg_shapes); i++) {
                const struct shape *s = &dpkg_shapes[i];
                if (!s->rest && streq(owner, s->image))
                        return xstrdup(s->headers);
                if (!s->rest || !startswith(owner, s->image))
                        continue;
                const char *rest = owner + strlen(s->image);
                size_t n = without_end(rest, strlen(rest), signature);
                return xasprintf("%s%.*s", s->headers, (int)n, rest);
        }
        return NULL;
}

/* kernel.spec splits a kernel into -core, -modules and more; SUSE has a -base. */
static char *rpm_sibling(const char *owner)
{
        static const char *const parts[] = {
                "-modules-extra", "-modules-core", "-modules", "-uki-virt", "-core", "-base", NULL
        };
        size_t n = without_end(owner, strlen(owner), parts);
        return strstr(owner, "kernel") ? xasprintf("%.*s-devel", (int)n, owner) : NULL;
}

int header_sibling(enum package_kind kind, const char *owner, const char *version,
                   const char *release, struct header_package *out)
{
        char *name = kind == PACKAGES_DPKG  ? dpkg_sibling(owner)
                     : kind == PACKAGES_RPM ? rpm_sibling(owner)
                                            : NULL;
        if (!name)
                return -ENOENT;
        /* A name with the release in it needs no version; one for all kernels does. */
        bool named = kind == PACKAGES_DPKG && strstr(name, release);
        *out = (struct header_package){
                .name = name,
                .version = xstrdup(named || !version ? "" : version),
                .arch = xstrdup(""),
                .known_from = _("the installed kernel's package"),
        };
        return 0;
}
