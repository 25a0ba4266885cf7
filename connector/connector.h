/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the vendor's connector says and owns. Reads only; everything below /opt/cisco is hostile:
 * no symlink is followed there, sizes are bounded. */
#ifndef SECEP_CONNECTOR_CONNECTOR_H
#define SECEP_CONNECTOR_CONNECTOR_H

#include <stdbool.h>
#include "lib/sys.h"

#define CONNECTOR_TOP "/opt/cisco"
#define CONNECTOR_ROOT "/opt/cisco/amp"
#define CONNECTOR_SERVICE "cisco-amp.service"
#define SCAN_ACCOUNT "cisco-amp-scan-svc" /* user and group, ClamAV-based scan process */

/* Is the connector on this root (/opt/cisco/amp/bin/ampdaemon a regular file)? 1, 0 or -errno with
 * *WHY (a symlink on the way: -ELOOP). */
int connector_installed(const struct sys *sys, char **why);

/* The connector's version from /opt/cisco/amp/etc/global.xml into *OUT (malloc'ed), NULL where
 * there is no such file or it names none: the caller takes that as older than 1.25.
 * 0, or -errno with *WHY: -EBADMSG for a file that is not XML (names the line), -EFBIG, -ELOOP. */
int connector_version(const struct sys *sys, char **out, char **why);

/* Is the policy option that gates faults 8, 9, 11 and 16 on? */
enum connector_option {
        OPTION_FILE_MONITOR =
                1 << 0, /* Monitor File Copies and Moves, agent/driver/protmode/file */
        OPTION_NETWORK_MONITOR = 1 << 1, /* Enable Device Flow Correlation, agent/nfm/enable */
};
struct connector_gate {
        unsigned on;      /* enum connector_option; all on where there is no policy file */
        bool policy_file; /* false: judged as on for want of a policy file */
};
/* 0, or -errno with *WHY: the policy is there and cannot be read or parsed (could not tell). */
int connector_gate(const struct sys *sys, struct connector_gate *out, char **why);

/* May something below /opt/cisco be executed, or its service restarted: PATH and every directory
 * above it root's and not writable by group or others, no symlink on the way.
 * 0, -EPERM with *WHY naming the offender, or -errno. */
int connector_trusted(const struct sys *sys, const char *path, char **why);

/* May the connector's programs be run and its service be restarted: all of them trusted, and the
 * package they came in verifies (where a package system knows it). Runs dpkg or rpm: for a step or
 * a proof. 0, -EPERM with *WHY, or -errno. */
int connector_may_run(const struct sys *sys, char **why);

/* Is its service neither inactive nor failed? 1, 0, -ESRCH: not a running system under systemd. */
int connector_active(const struct sys *sys);

/* connector_may_run(), then a restart of its service with the job's result waited for. */
int connector_restart(const struct sys *sys, char **why);

/* connector_may_run(), then asks `ampcli status` until none of the N fault IDS stands in it or
 * sys->deadline has passed. *LEFT (room for N) and *N_LEFT are those that stay: cause
 * connector-disagrees. 0 when it answered, -ENOENT (no ampcli), or -errno with *WHY: could not
 * tell. */
int connector_says(const struct sys *sys, const int *ids, size_t n, int *left, size_t *n_left,
                   char **why);

#endif
