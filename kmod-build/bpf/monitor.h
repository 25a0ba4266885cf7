/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The eBPF monitors, from inside the plug-in. The contract is struct bpf_plugin of prove.h. */
#ifndef SECEP_BPF_MONITOR_H
#define SECEP_BPF_MONITOR_H

#include "kmod-build/prove.h"

/* Takes libbpf's words from standard error and lifts the limit on locked memory. */
void bpf_hear_anew(void);
/* The end of what it said since. */
const char *bpf_last_words(void);
/* All of them. */
const char *bpf_words(void);

/* struct bpf_plugin's wants: loads one program, hangs it on each function and takes it off. */
int monitor_wants(const struct sys *sys, struct bpf_want *wants, size_t n, char **why);

/* Pretend that the kernel has no ring buffer. */
extern bool monitor_without_ring;

int monitor_open(enum monitor monitor, struct bpf_monitor **out, char **why);
int monitor_poll(struct bpf_monitor *m, int timeout_ms,
                 void (*on_record)(void *data, const struct amp_record *record), void *data);
void monitor_close(struct bpf_monitor *m);

#endif
