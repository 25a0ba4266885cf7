/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Within the room: a binary policy that is open already. */
#ifndef SECEP_SELINUX_ASK_FILE_H
#define SECEP_SELINUX_ASK_FILE_H

#include <stdio.h>

#include "selinux/secep_selinux.h"

/* selinux_ask_policy() of the policy in FILE. 0 or -errno as there. */
int selinux_ask_file(FILE *file, const char *context, struct selinux_question *questions, size_t n);

/* PATH of the root for reading, a regular file: 0 with *FILE, or -errno with *WHY. */
int selinux_open_policy(const struct sys *sys, const char *path, FILE **file, char **why);

#endif
