/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a directory's mode and owner should be, and who says so. For this room. */
#ifndef SECEP_ACCOUNTS_EXPECTED_H
#define SECEP_ACCOUNTS_EXPECTED_H

#include "accounts/accounts.h"

/* A mode somebody recorded on purpose: an administrator's dpkg-statoverride. dpkg records no modes
 * of its own; what the rpm database records takes librpm to read, which no look opens: KeepMode= is
 * the operator's word for such a directory. */
struct recorded {
        char *path;
        mode_t mode;
        uid_t uid;
        gid_t gid;
        const char *by;
};

struct expected {
        char *const *keep; /* KeepMode= of secep.conf: fnmatch(3) patterns */
        struct recorded *recorded;
        size_t n;
};

int expected_read(const struct sys *sys, struct expected *out, char **why);
/* Fills the want_ fields of *D; false: the directory is to be left as it is. */
bool expected_of(const struct expected *e, const char *path, struct directory *d);
void expected_free(struct expected *e);
#define _cleanup_expected_ _cleanup_(expected_free)

#endif
