/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events made on purpose. */
#ifndef SECEP_BPF_EVENT_H
#define SECEP_BPF_EVENT_H

#include "kmod-build/prove.h"

/* Renames a file of ours in a directory of ours, or connects to a listening socket of ours on the
 * loopback. 0 or -errno. */
int event_make(enum monitor monitor);

#endif
