/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the operator allowed with --allow: the bits of struct sys.allow. */
#ifndef SECEP_FAULTS_ALLOW_H
#define SECEP_FAULTS_ALLOW_H

enum allow {
        ALLOW_KERNEL_CHANGE = 1 << 0, /* another kernel may be made the default to boot */
        ALLOW_THROTTLE = 1 << 1,
        ALLOW_SECOND_MODULE = 1 << 2,
        ALLOW_AGAIN = 1 << 3, /* a directory that is fought over is corrected all the same */
        ALLOW_BOOLEAN =
                1 << 4, /* a right that a boolean of SELinux takes away is given all the same */
};

#endif
