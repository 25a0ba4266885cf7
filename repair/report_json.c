/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report as JSON. */
#include <time.h>

#include "lib/json.h"
#include "repair/kind.h"
#include "repair/report.h"

static json_t *evidence_json(const struct finding *f)
{
        json_t *list = json_array();
        for (size_t i = 0; i < f->n_evidence; i++)
                json_array_append_new(list,
                                      json_pack("{s:o, s:o, s:o}", "what",
                                                json_text_new(f->evidence[i].what), "found",
                                                json_text_new(f->evidence[i].found), "expected",
                                                json_text_new(f->evidence[i].expected)));
        return list;
}

static json_t *strings_json(char *const *strv)
{
        json_t *list = json_array();
        for (; strv && *strv; strv++)
                json_array_append_new(list, json_text_new(*strv));
        return list;
}

static json_t *bytes_json(long long bytes)
{
        return bytes > 0 ? json_integer(bytes) : json_null();
}

static json_t *packages_json(const struct step *step)
{
        if (step->n_packages == 0)
                return json_null();
        json_t *list = json_array();
        for (size_t i = 0; i < step->n_packages; i++) {
                const struct step_package *p = &step->packages[i];
                json_array_append_new(
                        list, json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", json_text_new(p->name),
                                        "version", json_text_new(p->version), "old",
                                        json_text_new(p->old), "download", bytes_json(p->download),
                                        "size", bytes_json(p->size)));
        }
        return list;
}

static json_t *step_json(const struct step *step, const struct step_result *result)
{
        const struct kind *kind = kind_of(step->kind);
        json_t *j = json_pack("{s:s, s:o, s:o, s:o, s:s, s:f}", "kind",
                              kind ? step_kind_name(kind->kind) : "unknown", "target",
                              json_text_new(step->target), "key", json_text_new(step->key), "value",
                              json_text_new(step->value), "state", step_state_name(result->state),
                              "seconds", result->seconds);
        json_object_set_new(j, "why", json_text_new(result->why));
        json_object_set_new(j, "packages", packages_json(step));
        return j;
}

static json_t *before_json(const struct outcome *o)
{
        if (!o->repaired)
                return json_null();
        return json_pack("{s:s, s:o}", "verdict", verdict_name(o->before.verdict), "cause",
                         json_text_new(o->before.cause));
}

static json_t *steps_json(const struct plan *plan, const struct step_result *results)
{
        json_t *steps = json_array();
        for (size_t i = 0; i < plan->n; i++)
                json_array_append_new(steps, step_json(&plan->steps[i], &results[i]));
        return steps;
}

static json_t *do_json(const struct finding *f)
{
        if (f->do_kind == DO_NOTHING)
                return json_null();
        return json_pack("{s:s, s:o}", "kind", do_kind_name(f->do_kind), "text",
                         json_text_new(f->do_text));
}

static json_t *outcome_json(const struct outcome *o)
{
        return json_pack("{s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
                         o->fault->id, "slug", o->fault->slug, "summary", o->fault->summary,
                         "verdict", verdict_name(o->after.verdict), "cause",
                         json_text_new(o->after.cause), "why", json_text_new(o->after.why), "do",
                         do_json(&o->after), "evidence", evidence_json(&o->after), "notes",
                         strings_json(o->after.notes), "next_boot",
                         json_text_new(o->after.next_boot), "before", before_json(o), "steps",
                         steps_json(&o->plan, o->results), "connector_says",
                         json_text_new(o->connector_says));
}

void report_json(const struct report *report, int exit_status, FILE *to)
{
        json_t *list = json_array();
        for (size_t i = 0; i < report->n; i++)
                json_array_append_new(list, outcome_json(&report->outcomes[i]));
        _cleanup_json_ json_t *j =
                json_pack("{s:i, s:s, s:I, s:o, s:o, s:o, s:b, s:b, s:o, s:o}", "schema",
                          JSON_SCHEMA, "version", VERSION, "time", (json_int_t)report->time, "run",
                          json_text_new(report->run), "host", json_text_new(report->host), "kernel",
                          json_text_new(report->kernel), "changed", report->changed, "rehearsal",
                          report->rehearsal, "faults", list, "closing",
                          steps_json(&report->closing, report->closing_results));
        if (report->rehearsal)
                json_object_set_new(j, "changes", strings_json(report->changes));
        json_object_set_new(j, "exit", json_integer(exit_status));
        json_print(j, to);
}

json_t *json_answer_new(void)
{
        return json_pack("{s:i, s:s, s:I}", "schema", JSON_SCHEMA, "version", VERSION, "time",
                         (json_int_t)time(NULL));
}
