/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units of systemd: looked at by files alone, asked and changed through a plug-in. */
#ifndef SECEP_HOST_SERVICE_H
#define SECEP_HOST_SERVICE_H

#include "host/systemd.h"
#include "lib/sys.h"

/* Is UNIT neither inactive nor failed? systemd keeps /run/systemd/units/invocation:UNIT just so
 * long. 1, 0, -ESRCH: this system is not run by systemd (or not running), or -errno. */
int service_active(const struct sys *sys, const char *unit);

/* Is UNIT meant to run at boot: wanted or required by a target or slice below /etc/systemd/system?
 * -EACCES: masked. 1, 0 or -errno. */
int service_enabled(const struct sys *sys, const char *unit);

/* Opens the plug-in; refused (-EOPNOTSUPP) where the root is not the running system. */
int service_api(const struct sys *sys, const struct systemd_api **out, char **why);

/* Restarts UNIT within sys->deadline (30 s at least) and waits until it is active. 0 or -errno with
 * *WHY. */
int service_restart(const struct sys *sys, const char *unit, char **why);

/* A limit of PER_CENT of one CPU for UNIT until the next boot, QUOTA_NONE of struct unit_state for
 * none. What the kernel says in the unit's cgroup is the proof: -EOPNOTSUPP with *WHY, and the
 * limit taken back, where it does not hold there. 0 or -errno. */
int service_set_quota(const struct sys *sys, const char *unit, uint64_t quota, char **why);

#define QUOTA_OF_PERCENT(percent) ((uint64_t)(percent)*10000)

#endif
