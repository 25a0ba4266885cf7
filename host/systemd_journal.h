/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plug-in secep-systemd.so, the journal's half: what systemd-coredump and units wrote down. */
#ifndef SECEP_HOST_SYSTEMD_JOURNAL_H
#define SECEP_HOST_SYSTEMD_JOURNAL_H

#include "host/systemd.h"

/* struct systemd_api.crashes */
int journal_crashes(const char *exe, int64_t since, void (*found)(void *, const struct crash *),
                    void *data, char **why);
/* struct systemd_api.said */
int journal_said(const char *unit, unsigned n, void (*found)(void *, const char *line), void *data,
                 char **why);

#endif
