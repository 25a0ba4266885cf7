/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop. */
#include "monitor/daemon.h"

#include <errno.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>

#include "monitor/snapshot.h"
#include "monitor/source.h"
#include "monitor/say.h"
#include "repair/outcome.h"

static void monitor_close(struct monitor *m)
{
        sd_event_source_disable_unref(m->debounce);
        sd_event_source_disable_unref(m->again);
        if (m->bus)
                sd_bus_detach_event(m->bus);
        sd_bus_flush_close_unref(m->bus);
        sd_event_unref(m->loop);
        store_free(&m->store);
        free(m->trouble);
        free(m->conf_trouble);
        if (m->lock >= 0)
                close(m->lock);
}

static int monitor_open(struct monitor *m, struct sys *sys)
{
        m->sys = sys;
        return sd_event_new(&m->loop);
}

static int loop_run(struct monitor *m)
{
        sources_start(m);
        monitor_look(m, LOOK_ALL); /* after the sources: what changes meanwhile is an event */
        (void)sd_notify(0, "READY=1");
        return sd_event_loop(m->loop);
}

int daemon_run(struct sys *sys)
{
        struct monitor m = { .lock = monitor_lock(sys) };
        _cleanup_free_ char *note = NULL;
        if (m.lock == -EAGAIN)
                return monitor_say("another secep-monitord runs"), EXIT_USAGE;
        int r = monitor_open(&m, sys);
        if (r >= 0) {
                store_load(sys, &m.store, epoch_ms(), &note);
                if (note)
                        monitor_say("%s", note);
                r = loop_run(&m);
        }
        (void)sd_notify(0, "STOPPING=1");
        if (r >= 0)
                monitor_publish(&m);
        monitor_close(&m);
        return r < 0 ? (monitor_say("%s", error_text(-r)), EXIT_COULD_NOT_TELL)
                     : EXIT_NO_FAULT_LEFT;
}

/* Which are wanted, and whether they came. */
struct until {
        unsigned wanted;
        bool cleared, timed_out;
};

static bool all_cleared(struct monitor *m, unsigned looked)
{
        struct until *until = m->data;
        (void)looked;
        until->cleared = true;
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                if (until->wanted & LOOK(m->store.states.of[i].fault->id) &&
                    m->store.states.of[i].condition != CONDITION_CLEARED)
                        until->cleared = false;
        fflush(stdout);
        return !until->cleared;
}

static int on_timeout(sd_event_source *timer, uint64_t usec, void *data)
{
        struct monitor *m = data;
        struct until *until = m->data;
        (void)timer, (void)usec;
        until->timed_out = true;
        return sd_event_exit(m->loop, 0);
}

/* What is left, in the words and with the status of a check. */
static int left_status(const struct monitor *m, unsigned wanted)
{
        static const int of_condition[CONDITIONS] = { EXIT_COULD_NOT_TELL, EXIT_NO_FAULT_LEFT,
                                                      EXIT_FAULT_LEFT };
        int status = EXIT_NO_FAULT_LEFT;
        for (size_t i = 0; i < FAULTS_COUNT; i++) {
                const struct fault_state *s = &m->store.states.of[i];
                if (!(wanted & LOOK(s->fault->id)) || s->condition == CONDITION_CLEARED)
                        continue;
                bool person = s->verdict == VERDICT_BLOCKED;
                status = exit_worse(status,
                                    person ? EXIT_PERSON_NEEDED : of_condition[s->condition]);
                monitor_say("fault %d is not cleared: %s", s->fault->id, s->why ? s->why : "");
        }
        return status;
}

int until_clear_run(struct sys *sys, unsigned wanted, long seconds)
{
        struct until until = { .wanted = wanted };
        struct monitor m = { .lock = -1, .quiet = true, .after_look = all_cleared, .data = &until };
        int r = monitor_open(&m, sys);
        store_init(&m.store);
        if (r >= 0 && seconds > 0)
                r = sd_event_add_time_relative(m.loop, NULL, CLOCK_MONOTONIC,
                                               (uint64_t)seconds * 1000000, 0, on_timeout, &m);
        if (r >= 0)
                r = loop_run(&m);
        int status = r < 0           ? EXIT_COULD_NOT_TELL
                     : until.cleared ? EXIT_NO_FAULT_LEFT
                                     : left_status(&m, wanted);
        if (r >= 0 && !until.cleared && status == EXIT_NO_FAULT_LEFT)
                status = EXIT_COULD_NOT_TELL;
        monitor_close(&m);
        return status;
}
