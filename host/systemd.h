/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plug-in secep-systemd.so offers: libsystemd costs every start a millisecond and six
 * libraries, and only a step or a proof needs it. Symbol: secep_systemd. */
#ifndef SECEP_HOST_SYSTEMD_H
#define SECEP_HOST_SYSTEMD_H

#include "lib/util.h"
#include <stdbool.h>
#include <stdint.h>

#define QUOTA_NONE UINT64_MAX

struct unit_state {
        char *active;                         /* "active", "failed", ... */
        char *sub, *result, *cgroup, *source; /* cgroup: "/system.slice/x"; source: unit file */
        uint32_t main_pid;
        uint32_t restarts;  /* NRestarts: systemd clears it, so keep a sum of your own */
        uint64_t cpu_quota; /* microseconds of CPU a second, QUOTA_NONE: no limit */
};
void unit_state_free(struct unit_state *state);
#define _cleanup_unit_state_ _cleanup_(unit_state_free)

/* One crash systemd-coredump took down. */
struct crash {
        int64_t when; /* seconds of the epoch */
        int pid, signal;
        uint32_t uid;           /* real, of the process that crashed */
        const char *open_files; /* lines "FD:PATH" and details, "" where it took none down */
};

struct systemd_api {
        /* 0, -ENOENT (no such unit) or -errno with *WHY. */
        int (*state)(const char *unit, struct unit_state *out, char **why);
        /* Restarts UNIT (start-limit forgotten first) and waits for the job. 0, -EIO with *WHY "...
         * ended in RESULT", -ETIMEDOUT, -EINTR: STOPPED() said so (the job goes on), -errno. */
        int (*restart)(const char *unit, int64_t timeout_ms, bool (*stopped)(void *), void *data,
                       char **why);
        /* Sets the runtime CPU limit. What the kernel makes of it is not told by this. */
        int (*set_cpu_quota)(const char *unit, uint64_t quota, char **why);
        /* Calls FOUND for each crash of program EXE since SINCE, oldest first. 0 or -errno. */
        int (*crashes)(const char *exe, int64_t since, void (*found)(void *, const struct crash *),
                       void *data, char **why);
        /* Calls FOUND for each of the last N lines that differ and that processes of UNIT wrote to the journal,
         * oldest first, as log_lines() shows them. 0 or -errno. */
        int (*said)(const char *unit, unsigned n, void (*found)(void *, const char *line),
                    void *data, char **why);
};

#endif
