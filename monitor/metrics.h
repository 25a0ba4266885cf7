/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the node exporter's textfile collector, text format 0.0.4. */
#ifndef SECEP_MONITOR_METRICS_H
#define SECEP_MONITOR_METRICS_H

struct monitor;
struct probe_times;

#define METRICS_DIR "/run/secep/metrics"
#define METRICS_FILE METRICS_DIR "/secep.prom"

void probe_time_add(struct probe_times *times, double seconds);
/* malloc'ed. */
char *metrics_text(const struct monitor *m);
/* Replaces METRICS_FILE. 0 or -errno with *WHY. */
int metrics_write(struct monitor *m, char **why);

#endif
