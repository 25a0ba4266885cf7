/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Package files of --offline, for rpm-install.c. */
#ifndef SECEP_PACKAGES_RPM_FILES_H
#define SECEP_PACKAGES_RPM_FILES_H

#include "lib/util.h"
#include "packages/rpm_db.h"

struct rpm_file {
        char *path;
        Header header;
        bool chosen;
};

struct rpm_files {
        struct rpm_file *items;
        size_t n;
};

/* Kernels and what is of one stand beside each other, the asked one's headers too; anything else
 * replaces its older versions. */
bool rpm_stands_beside(Header h, const struct package_request *request);
/* Opens *TS and puts into it the file of the package asked for and of each one it needs that is not
 * installed (CHOSEN). 0, or -errno with *WHY: -ENOENT (cause package-gone) it is not there,
 * -EBADMSG a file that is damaged, -ENOTUNIQ something it needs is not there. */
int rpm_files_prepare(const struct sys *sys, rpmts *ts, struct rpm_files *files,
                      const struct package_request *request, struct package_result *out,
                      char **why);
void rpm_files_free(struct rpm_files *files);
#define _cleanup_rpm_files_ _cleanup_(rpm_files_free)

#endif
