/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the program and secep-semanage.so. */
#ifndef SECEP_SELINUX_SEMANAGE_H
#define SECEP_SELINUX_SEMANAGE_H

#include "selinux/secep_selinux.h"

#define SEMANAGE_SYMBOL "secep_semanage"

struct semanage_plugin {
        /* One transaction on the store of the host's directory ROOT (NULL: this machine). For a
         * child process: libsemanage keeps the root globally. Writes what libsepol ("cil TEXT") and
         * libsemanage ("msg TEXT") complain of to FD, a line each.
         * 0, or an errno: EAGAIN (locked), EBADMSG (a module does not compile), EIO, ... */
        int (*run)(const char *root, const struct selinux_change *change, int fd);
};

#endif
