/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The metrics. */
#include "monitor/metrics.h"

#include "monitor/monitor.h"
#include "monitor/self_repair.h"
#include "monitor/snapshot.h"

static const double bounds[SECONDS_BUCKETS] = { .001, .005, .01, .05, .1, .5, 1, 5 };

void probe_time_add(struct probe_times *times, double seconds)
{
        for (size_t i = 0; i < SECONDS_BUCKETS; i++)
                times->buckets[i] += seconds <= bounds[i];
        times->count++;
        times->sum += seconds;
}

static void head(FILE *to, const char *name, const char *type, const char *help)
{
        fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A condition that is not known has no value. */
static void conditions(const struct monitor *m, FILE *to)
{
        head(to, "secep_fault", "gauge", "1 while the fault is raised, 0 when it is cleared.");
        for (size_t i = 0; i < FAULTS_COUNT; i++) {
                const struct fault_state *s = &m->store.states.of[i];
                if (s->condition != CONDITION_UNKNOWN)
                        fprintf(to, "secep_fault{id=\"%d\",slug=\"%s\"} %d\n", s->fault->id,
                                s->fault->slug, s->condition == CONDITION_RAISED);
        }
        head(to, "secep_fault_info", "gauge", "The cause of a fault that is raised.");
        for (size_t i = 0; i < FAULTS_COUNT; i++) {
                const struct fault_state *s = &m->store.states.of[i];
                if (s->condition == CONDITION_RAISED && s->cause)
                        fprintf(to, "secep_fault_info{id=\"%d\",slug=\"%s\",cause=\"%s\"} 1\n",
                                s->fault->id, s->fault->slug, s->cause);
        }
}

static void transitions(const struct monitor *m, FILE *to)
{
        head(to, "secep_fault_transitions_total", "counter", "Raised and cleared events.");
        for (size_t i = 0; i < FAULTS_COUNT; i++) {
                const struct fault_state *s = &m->store.states.of[i];
                fprintf(to,
                        "secep_fault_transitions_total{id=\"%d\",event=\"raised\"} %llu\n"
                        "secep_fault_transitions_total{id=\"%d\",event=\"cleared\"} %llu\n",
                        s->fault->id, (unsigned long long)s->raises, s->fault->id,
                        (unsigned long long)s->clears);
        }
}

static void repairs(const struct monitor *m, FILE *to)
{
        struct repair_counts counts = { 0 };
        self_repair_counts(m->sys, &counts);
        head(to, "secep_repairs_total", "counter", "Repairs of the pending service, by result.");
        for (size_t i = 0; i < REPAIR_RESULTS; i++)
                fprintf(to, "secep_repairs_total{result=\"%s\"} %llu\n", repair_result_names[i],
                        (unsigned long long)counts.of[i]);
}

static void times(const struct monitor *m, FILE *to)
{
        head(to, "secep_probe_seconds", "histogram", "How long a look at a fault took.");
        for (size_t i = 0; i < FAULTS_COUNT; i++) {
                const struct probe_times *t = &m->times[i];
                int id = m->store.states.of[i].fault->id;
                for (size_t k = 0; k < SECONDS_BUCKETS; k++)
                        fprintf(to, "secep_probe_seconds_bucket{id=\"%d\",le=\"%g\"} %llu\n", id,
                                bounds[k], (unsigned long long)t->buckets[k]);
                fprintf(to,
                        "secep_probe_seconds_bucket{id=\"%d\",le=\"+Inf\"} %llu\n"
                        "secep_probe_seconds_sum{id=\"%d\"} %g\n"
                        "secep_probe_seconds_count{id=\"%d\"} %llu\n",
                        id, (unsigned long long)t->count, id, t->sum, id,
                        (unsigned long long)t->count);
        }
}

char *metrics_text(const struct monitor *m)
{
        char *text = NULL;
        size_t size;
        FILE *to = open_memstream(&text, &size);
        if (!to)
                return NULL;
        conditions(m, to);
        transitions(m, to);
        repairs(m, to);
        times(m, to);
        return fclose(to) == 0 ? text : (free(text), NULL);
}

int metrics_write(struct monitor *m, char **why)
{
        _cleanup_free_ char *text = metrics_text(m);
        return text ? run_replace(m->sys, METRICS_DIR, "secep.prom", text, why) : 0;
}
