/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking, and telling what came of it. */
#include "monitor/look.h"

#include <errno.h>

#include "host/process_view.h"
#include "lib/conf.h"
#include "lib/conf_keys.h"
#include "lib/i18n.h"
#include "monitor/journal.h"
#include "monitor/metrics.h"
#include "monitor/say.h"
#include "monitor/self_repair.h"
#include "monitor/snapshot.h"
#include "repair/probe.h"

/* A database that is being written, memory that was short: a look that could not tell is made again this
 * soon, and then each minute; no event says that it could be told now. */
#define AGAIN_USEC ((uint64_t)1000000)

static void transition_tell(struct monitor *m, const struct fault_state *s, enum transition t,
                            int64_t when)
{
        const struct event e = { .seq = ++m->store.seq,
                                 .time = when,
                                 .fault = s->fault->id,
                                 .what = t,
                                 .cause = s->cause,
                                 .why = s->why };
        event_list_add(&m->store.waiting, &e);
        if (m->quiet)
                printf(t == TRANSITION_RAISED ? _("fault %d raised: %s\n")
                                              : _("fault %d cleared: %s\n"),
                       s->fault->id, s->why ? s->why : "");
}

/* Returns whether it could not tell, and could before. */
static bool look_at(struct monitor *m, size_t i)
{
        struct fault_state *s = &m->store.states.of[i];
        _cleanup_finding_ struct finding f = FINDING_INIT;
        int64_t begun = now_ms(), when = epoch_ms();
        bool was_raised = s->condition == CONDITION_RAISED;
        bool untold = s->looked != 0 && s->verdict == VERDICT_UNKNOWN;
        _cleanup_free_ char *cause = s->cause ? xstrdup(s->cause) : NULL;

        look(m->sys, s->fault, &f);
        connector_word_judge(&m->word, s->fault, when, &f);
        probe_time_add(&m->times[i], (double)(now_ms() - begun) / 1000);
        s->looked = begun;
        enum transition t = condition_take(s, &f, when);
        if (t != TRANSITION_NONE)
                transition_tell(m, s, t, when);
        bool other = was_raised && s->condition == CONDITION_RAISED && cause && s->cause &&
                     !streq(cause, s->cause);
        if (!m->quiet && (t == TRANSITION_RAISED || other))
                self_repair_request(m->sys, s->fault->id);
        return !untold && s->verdict == VERDICT_UNKNOWN;
}

/* Said once, until it is something else. */
static void trouble_note(struct monitor *m, const char *what)
{
        if (what && !(m->trouble && streq(m->trouble, what)))
                monitor_say("%s; tried again at the next look", what);
        if (!what && m->trouble)
                monitor_say("what had to be written is written again");
        free(m->trouble);
        m->trouble = what ? xstrdup(what) : NULL;
}

/* First the state with what is to be told, then the log, then the state without. An entry of the
 * journal waits for neither: a full disk is just when somebody has to hear. */
static int events_deliver(struct monitor *m, char **why)
{
        struct event_list *waiting = &m->store.waiting;
        for (size_t i = 0; i < waiting->n; i++)
                if (!waiting->all[i].in_journal)
                        waiting->all[i].in_journal = journal_event(&waiting->all[i]) == 0;
        int r = store_save(m->sys, &m->store, why);
        if (r < 0 || waiting->n == 0)
                return r;
        while (r == 0 && waiting->n > 0) {
                r = event_log_append(m->sys, &waiting->all[0]);
                if (r < 0)
                        return fail(why, r, "%s: %s", EVENTS_LOG, error_text(-r));
                event_list_drop_first(waiting);
        }
        return store_save(m->sys, &m->store, why);
}

/* /run was not to be written when the daemon began; meanwhile another may have begun. */
static bool lock_again(struct monitor *m)
{
        if (m->lock < 0)
                m->lock = monitor_lock(m->sys);
        if (m->lock != -EAGAIN)
                return true;
        monitor_say("another secep-monitord runs");
        sd_event_exit(m->loop, -EALREADY);
        return false;
}

void monitor_publish(struct monitor *m)
{
        _cleanup_free_ char *why = NULL;
        if (m->quiet || !lock_again(m))
                return;
        bool had_events = m->store.waiting.n > 0;
        if (had_events || m->looks <= 1 || m->trouble)
                (void)events_deliver(m, &why);
        (void)snapshot_write(m, &why);
        (void)metrics_write(m, &why);
        if (had_events)
                connector_word_ask(m->sys);
        trouble_note(m, why);
}

unsigned monitor_untold(const struct monitor *m)
{
        unsigned untold = 0;
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                if (m->store.states.of[i].verdict == VERDICT_UNKNOWN)
                        untold |= LOOK(m->store.states.of[i].fault->id);
        return untold;
}

static int on_again(sd_event_source *timer, uint64_t usec, void *data)
{
        struct monitor *m = data;
        (void)timer, (void)usec;
        monitor_want(m, monitor_untold(m));
        return 0;
}

static void look_again_soon(struct monitor *m)
{
        if (!m->again)
                (void)sd_event_add_time(m->loop, &m->again, CLOCK_MONOTONIC, 0, 0, on_again, m);
        (void)sd_event_source_set_time_relative(m->again, AGAIN_USEC);
        (void)sd_event_source_set_enabled(m->again, SD_EVENT_ONESHOT);
}

void monitor_look(struct monitor *m, unsigned wanted)
{
        bool again = false;
        if (!m->quiet)
                connector_word_read(m->sys, &m->word);
        process_hold();
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                if (wanted & LOOK(m->store.states.of[i].fault->id))
                        again |= look_at(m, i);
        process_drop();
        if (again)
                look_again_soon(m);
        if (disagreement_check(&m->word, &m->store.states, epoch_ms()) > 0)
                disagreement_tell(&m->word);
        m->looks++;
        monitor_publish(m);
        if (m->after_look && !m->after_look(m, wanted))
                sd_event_exit(m->loop, 0);
}

static int on_debounce(sd_event_source *timer, uint64_t usec, void *data)
{
        struct monitor *m = data;
        unsigned wanted = m->wanted;
        (void)usec, (void)timer;
        m->wanted = 0;
        monitor_look(m, wanted);
        return 0;
}

void monitor_want(struct monitor *m, unsigned faults_wanted)
{
        uint64_t now = 0;
        bool armed = m->wanted != 0;
        m->wanted |= faults_wanted;
        if (armed || !m->wanted)
                return;
        (void)sd_event_now(m->loop, CLOCK_MONOTONIC, &now);
        if (!m->debounce)
                (void)sd_event_add_time(m->loop, &m->debounce, CLOCK_MONOTONIC, 0, 1000,
                                        on_debounce, m);
        (void)sd_event_source_set_time(m->debounce, now + DEBOUNCE_MS * 1000ULL);
        (void)sd_event_source_set_enabled(m->debounce, SD_EVENT_ONESHOT);
}

/* Said once, until it is something else. */
static void conf_trouble_note(struct monitor *m, char *why)
{
        if (why && !(m->conf_trouble && streq(m->conf_trouble, why)))
                monitor_say("%s; going on with the settings there were", why);
        free(m->conf_trouble);
        m->conf_trouble = why;
}

void monitor_reload(struct monitor *m)
{
        _cleanup_free_ char *why = NULL;
        struct conf *old = m->sys->conf;
        m->sys->conf = NULL;
        bool refused = conf_load(m->sys, &why) < 0;
        if (refused)
                m->sys->conf = old;
        else
                conf_free(old);
        conf_trouble_note(m, refused ? TAKE_PTR(why) : NULL);
}
