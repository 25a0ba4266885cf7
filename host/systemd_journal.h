/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plug-in secep-systemd.so, the journal's half: what systemd-coredump wrote down. */
#ifndef SECEP_HOST_SYSTEMD_JOURNAL_H
#define SECEP_HOST_SYSTEMD_JOURNAL_H

#include "host/systemd.h"

/* struct systemd_api.crashes */
int journal_crashes(const char *exe, int64_t since, void (*found)(void *, const struct crash *),
                    void *data, char **why);

#endif
