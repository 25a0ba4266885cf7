/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plug-in secep-systemd.so: units over sd-bus. */
#include <errno.h>
#include <systemd/sd-bus.h>

#include "host/systemd.h"
#include "host/systemd_journal.h"
#include "lib/i18n.h"
#include "lib/util.h"

#define DESTINATION "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"
#define MANAGER DESTINATION ".Manager"
#define UNIT DESTINATION ".Unit"
#define SERVICE DESTINATION ".Service"
#define PRIVATE "unix:path=/run/systemd/private"
#define CALL_TIMEOUT_US (10 * 1000000ULL)

#define _cleanup_bus_ _cleanup_(sd_bus_flush_close_unrefp)
#define _cleanup_message_ _cleanup_(sd_bus_message_unrefp)
#define _cleanup_error_ _cleanup_(sd_bus_error_free)

static int bus_fail(char **why, int r, const char *what, const sd_bus_error *e)
{
        return fail(why, r, "%s: %s", what,
                    e && e->message ? e->message : error_text(r < 0 ? -r : EIO));
}

/* root talks to systemd itself, which works without a bus daemon. */
static int bus_open(sd_bus **out, char **why)
{
        _cleanup_bus_ sd_bus *bus = NULL;
        int r = sd_bus_new(&bus);

        if (r >= 0)
                r = sd_bus_set_address(bus, PRIVATE);
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r < 0) {
                bus = sd_bus_flush_close_unref(bus);
                r = sd_bus_open_system(&bus);
        }
        if (r < 0)
                return bus_fail(why, r, _("systemd cannot be reached"), NULL);
        sd_bus_set_method_call_timeout(bus, CALL_TIMEOUT_US);
        *out = TAKE_PTR(bus);
        return 0;
}

static int unit_object(sd_bus *bus, const char *unit, char **out, char **why)
{
        _cleanup_error_ sd_bus_error e = SD_BUS_ERROR_NULL;
        _cleanup_message_ sd_bus_message *reply = NULL;
        const char *path;
        int r = sd_bus_call_method(bus, DESTINATION, MANAGER_PATH, MANAGER, "LoadUnit", &e, &reply,
                                   "s", unit);

        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r < 0)
                return bus_fail(why, r, unit, &e);
        *out = xstrdup(path);
        return 0;
}

static int read_text(sd_bus *bus, const char *object, const char *interface, const char *name,
                     char **out)
{
        _cleanup_free_ char *text = NULL;
        int r = sd_bus_get_property_string(bus, DESTINATION, object, interface, name, NULL, &text);

        if (r < 0)
                return r;
        *out = TAKE_PTR(text);
        return 0;
}

static int read_number(sd_bus *bus, const char *object, const char *name, char type, void *out)
{
        return sd_bus_get_property_trivial(bus, DESTINATION, object, SERVICE, name, NULL, type,
                                           out);
}

static int state_fill(sd_bus *bus, const char *object, struct unit_state *s)
{
        int r = read_text(bus, object, UNIT, "ActiveState", &s->active);

        if (r >= 0)
                r = read_text(bus, object, UNIT, "SubState", &s->sub);
        if (r >= 0)
                r = read_text(bus, object, UNIT, "FragmentPath", &s->source);
        if (r >= 0)
                r = read_text(bus, object, SERVICE, "Result", &s->result);
        if (r >= 0)
                r = read_text(bus, object, SERVICE, "ControlGroup", &s->cgroup);
        if (r >= 0)
                r = read_number(bus, object, "MainPID", 'u', &s->main_pid);
        if (r >= 0)
                r = read_number(bus, object, "CPUQuotaPerSecUSec", 't', &s->cpu_quota);
        if (r >= 0) /* not there before systemd 235 */
                (void)read_number(bus, object, "NRestarts", 'u', &s->restarts);
        return r < 0 ? r : 0;
}

static int unit_loaded(sd_bus *bus, const char *object, const char *unit, char **why)
{
        _cleanup_free_ char *load = NULL;
        int r = read_text(bus, object, UNIT, "LoadState", &load);

        if (r < 0)
                return bus_fail(why, r, unit, NULL);
        if (!streq(load, "loaded"))
                return fail(why, -ENOENT, "%s: %s", unit,
                            streq(load, "not-found") ? _("no such unit") : load);
        return 0;
}

static int systemd_state(const char *unit, struct unit_state *out, char **why)
{
        _cleanup_bus_ sd_bus *bus = NULL;
        _cleanup_free_ char *object = NULL;
        struct unit_state s = { .cpu_quota = QUOTA_NONE };
        int r = bus_open(&bus, why);

        if (r == 0)
                r = unit_object(bus, unit, &object, why);
        if (r == 0)
                r = unit_loaded(bus, object, unit, why);
        if (r < 0)
                return r;
        r = state_fill(bus, object, &s);
        if (r < 0) {
                unit_state_free(&s);
                return bus_fail(why, r, unit, NULL);
        }
        *out = s;
        return 0;
}

struct job {
        char *path;   /* of the job we asked for; NULL: not known yet */
        char *result; /* NULL: not over */
        char **early; /* jobs that were over before we knew ours: path, result, path, ... */
};

static int job_removed(sd_bus_message *m, void *data, sd_bus_error *e)
{
        struct job *job = data;
        const char *path, *unit, *result;
        uint32_t id;

        (void)e;
        if (sd_bus_message_read(m, "uoss", &id, &path, &unit, &result) < 0)
                return 0;
        if (!job->path) {
                strv_add(&job->early, path);
                strv_add(&job->early, result);
        } else if (streq(path, job->path) && !job->result) {
                job->result = xstrdup(result);
        }
        return 0;
}

#define TICK_MS 200 /* a signal is obeyed that soon */

static int job_wait(sd_bus *bus, struct job *job, int64_t deadline, bool (*stopped)(void *),
                    void *data)
{
        for (char **j = job->early; j && *j && !job->result; j += 2)
                if (streq(j[0], job->path))
                        job->result = xstrdup(j[1]);
        while (!job->result) {
                int64_t left = deadline - now_ms();
                int r = stopped(data) ? -ECANCELED : sd_bus_process(bus, NULL);

                if (r == 0)
                        r = left <= 0 ? -ETIMEDOUT
                                      : sd_bus_wait(bus, left < TICK_MS ? (uint64_t)left * 1000
                                                                        : TICK_MS * 1000ULL);
                if (r < 0 && r != -EINTR)
                        return r;
        }
        return 0;
}

static int job_ask(sd_bus *bus, const char *unit, struct job *job, char **why)
{
        _cleanup_error_ sd_bus_error e = SD_BUS_ERROR_NULL;
        _cleanup_message_ sd_bus_message *reply = NULL;
        const char *path;
        int r;

        (void)sd_bus_call_method(bus, DESTINATION, MANAGER_PATH, MANAGER, "Subscribe", NULL, NULL,
                                 NULL);
        (void)sd_bus_call_method(bus, DESTINATION, MANAGER_PATH, MANAGER, "ResetFailedUnit", NULL,
                                 NULL, "s", unit);
        r = sd_bus_match_signal(bus, NULL, NULL, MANAGER_PATH, MANAGER, "JobRemoved", job_removed,
                                job);
        if (r >= 0)
                r = sd_bus_call_method(bus, DESTINATION, MANAGER_PATH, MANAGER, "RestartUnit", &e,
                                       &reply, "ss", unit, "replace");
        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r < 0)
                return bus_fail(why, r, unit, &e);
        job->path = xstrdup(path);
        return 0;
}

static int systemd_restart(const char *unit, int64_t timeout_ms, bool (*stopped)(void *),
                           void *data, char **why)
{
        _cleanup_bus_ sd_bus *bus = NULL;
        struct job job = { 0 };
        int64_t deadline = now_ms() + timeout_ms;
        int r = bus_open(&bus, why);

        if (r == 0)
                r = job_ask(bus, unit, &job, why);
        if (r == 0) {
                r = job_wait(bus, &job, deadline, stopped, data);
                if (r == -ECANCELED)
                        r = fail(why, -EINTR, "interrupted while %s was restarted", unit);
                else if (r == -ETIMEDOUT)
                        (void)fail(why, r, _("%s: the restart was not over after %lld s"), unit,
                                   (long long)(timeout_ms + 999) / 1000);
                else if (r < 0)
                        bus_fail(why, r, unit, NULL);
                else if (!streq(job.result, "done"))
                        r = fail(why, -EIO, "%s: the restart ended in \"%s\"", unit, job.result);
        }
        free(job.path);
        free(job.result);
        strv_free(job.early);
        return r;
}

static int systemd_set_cpu_quota(const char *unit, uint64_t quota, char **why)
{
        _cleanup_error_ sd_bus_error e = SD_BUS_ERROR_NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        int r = bus_open(&bus, why);

        if (r < 0)
                return r;
        r = sd_bus_call_method(bus, DESTINATION, MANAGER_PATH, MANAGER, "SetUnitProperties", &e,
                               NULL, "sba(sv)", unit, 1, 1, "CPUQuotaPerSecUSec", "t", quota);
        return r < 0 ? bus_fail(why, r, unit, &e) : 0;
}

extern const struct systemd_api secep_systemd;
const struct systemd_api secep_systemd = {
        .state = systemd_state,
        .restart = systemd_restart,
        .set_cpu_quota = systemd_set_cpu_quota,
        .crashes = journal_crashes,
        .said = journal_said,
};
