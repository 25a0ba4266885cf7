/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connector's service, and the units of others that are throttled. */
#include "host/service.h"

#include <errno.h>
#include <inttypes.h>

#include "lib/i18n.h"
#include "lib/plugin.h"
#include "lib/stop.h"
#include "lib/util.h"
#include "lib/wait.h"

#define RESTART_MS_MIN 1000 /* where the time is up: whether it was refused is known by then */
#define WANTS_DIR "/etc/systemd/system"
#define MASKED "/dev/null"

int service_active(const struct sys *sys, const char *unit)
{
        _cleanup_free_ char *path = xasprintf("/run/systemd/units/invocation:%s", unit);
        struct stat st;
        int r;

        if (!sys->live || !sys_exists(sys, "/run/systemd/system"))
                return -ESRCH;
        r = sys_lstat(sys, path, &st);
        return r == -ENOENT || r == -ENOTDIR ? 0 : r < 0 ? r : 1;
}

static bool wanted_in(const struct sys *sys, const char *dir, const char *unit)
{
        _cleanup_free_ char *path = xasprintf("%s/%s/%s", WANTS_DIR, dir, unit);
        struct stat st;

        return sys_lstat(sys, path, &st) == 0;
}

static bool is_wants(const char *name)
{
        const char *dot = strrchr(name, '.');

        return dot && (streq(dot, ".wants") || streq(dot, ".requires"));
}

int service_enabled(const struct sys *sys, const char *unit)
{
        _cleanup_free_ char *path = xasprintf("%s/%s", WANTS_DIR, unit), *link = NULL;
        _cleanup_closedir_ DIR *dir = NULL;
        int r = sys_readlink(sys, path, &link);

        if (r == 0 && streq(link, MASKED))
                return -EACCES;
        r = sys_opendir(sys, WANTS_DIR, &dir);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        for (struct dirent *e; (e = readdir(dir));)
                if (is_wants(e->d_name) && wanted_in(sys, e->d_name, unit))
                        return 1;
        return 0;
}

int service_api(const struct sys *sys, const struct systemd_api **out, char **why)
{
        const void *api;
        int r;

        if (!sys->live)
                return fail(why, -EOPNOTSUPP, "services are reached on the running system only");
        if (!sys_exists(sys, "/run/systemd/system"))
                return fail(why, -EOPNOTSUPP, "this system is not run by systemd");
        r = plugin_open("systemd", "secep_systemd", &api, why);
        if (r == 0)
                *out = api;
        return r;
}

struct patience {
        const struct sys *sys;
        const char *unit;
        struct wait wait;
};

static bool patience_ends(void *data)
{
        struct patience *p = data;
        _cleanup_free_ char *what = xasprintf(_("the restart of %s"), p->unit);

        wait_note(p->sys, &p->wait, what);
        return stop_asked();
}

int service_restart(const struct sys *sys, const char *unit, char **why)
{
        _cleanup_unit_state_ struct unit_state state = { 0 };
        const struct systemd_api *api;
        struct patience patience = { .sys = sys, .unit = unit };
        int64_t left = sys_time_left(sys);
        int r = service_api(sys, &api, why);

        if (r == 0)
                r = api->restart(unit, left > RESTART_MS_MIN ? left : RESTART_MS_MIN, patience_ends,
                                 &patience, why);
        if (r == 0)
                r = api->state(unit, &state, why);
        if (r == 0 && !streq(state.active, "active"))
                return fail(why, -EIO, "%s: %s (%s) right after its restart", unit, state.active,
                            state.result);
        return r;
}

static int read_quota(const struct sys *sys, const char *dir, const char *cgroup, const char *file,
                      char **text)
{
        _cleanup_free_ char *path = xasprintf("/sys/fs/cgroup/%s%s/%s", dir, cgroup, file);

        return sys_read(sys, path, 4096, text, NULL);
}

/* "MAX PERIOD" of cpu.max, or the two v1 values written the same way ("-1": no limit). */
static uint64_t quota_parse(const char *text)
{
        char *end;
        long long quota = strtoll(text, &end, 10), period;

        if (end == text || quota < 0)
                return QUOTA_NONE;
        period = strtoll(end, NULL, 10);
        return period > 0 ? (uint64_t)quota * 1000000 / (uint64_t)period : QUOTA_NONE;
}

/* What the kernel grants CGROUP, in microseconds of CPU a second. 0, or -ENOENT: it says nothing.
 */
static int kernel_quota(const struct sys *sys, const char *cgroup, uint64_t *out)
{
        static const char *const v2[] = { ".", "unified" }, *const v1[] = { "cpu", "cpu,cpuacct" };
        _cleanup_free_ char *both = NULL;

        for (size_t i = 0; i < ARRAY_SIZE(v2); i++) {
                _cleanup_free_ char *text = NULL;

                if (read_quota(sys, v2[i], cgroup, "cpu.max", &text) < 0)
                        continue;
                *out = quota_parse(text);
                return 0;
        }
        for (size_t i = 0; i < ARRAY_SIZE(v1); i++) {
                _cleanup_free_ char *quota = NULL, *period = NULL;

                if (read_quota(sys, v1[i], cgroup, "cpu.cfs_quota_us", &quota) < 0 ||
                    read_quota(sys, v1[i], cgroup, "cpu.cfs_period_us", &period) < 0)
                        continue;
                both = xasprintf("%s %s", quota, period);
                *out = quota_parse(both);
                return 0;
        }
        return -ENOENT;
}

/* The kernel rounds to its period: a hundredth either way is the same limit. */
static bool quota_same(uint64_t a, uint64_t b)
{
        uint64_t more = a > b ? a : b, less = a > b ? b : a;

        return a == b || (more != QUOTA_NONE && more - less <= more / 100);
}

static int quota_holds(const struct sys *sys, const struct systemd_api *api, const char *unit,
                       uint64_t quota, char **why)
{
        _cleanup_unit_state_ struct unit_state state = { 0 };
        uint64_t kernel = QUOTA_NONE;
        int r = api->state(unit, &state, why);

        if (r < 0)
                return r;
        if (!*state.cgroup)
                return quota == QUOTA_NONE ? 0 : fail(why, -ESRCH, "%s is not running", unit);
        r = kernel_quota(sys, state.cgroup, &kernel);
        if (r < 0 && quota != QUOTA_NONE)
                return fail(why, -EOPNOTSUPP, "%s: this kernel does not limit the CPU of %s", unit,
                            state.cgroup);
        if (!quota_same(kernel, quota))
                return fail(why, -EOPNOTSUPP,
                            "%s: systemd took the CPU limit, the kernel did not (%s)", unit,
                            state.cgroup);
        return 0;
}

int service_set_quota(const struct sys *sys, const char *unit, uint64_t quota, char **why)
{
        _cleanup_unit_state_ struct unit_state before = { 0 };
        const struct systemd_api *api;
        int r = service_api(sys, &api, why);

        if (r == 0)
                r = api->state(unit, &before, why);
        if (r == 0)
                r = api->set_cpu_quota(unit, quota, why);
        if (r < 0)
                return r;
        r = quota_holds(sys, api, unit, quota, why);
        if (r < 0 && before.cpu_quota != quota)
                (void)api->set_cpu_quota(unit, before.cpu_quota, NULL);
        return r;
}
