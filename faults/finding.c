/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings and plans: filling and freeing plain data. */
#include "faults/fault.h"
#include "lib/i18n.h"
#include "lib/shell.h"

static char *copy(const char *s)
{
        return s ? xstrdup(s) : NULL;
}

static void PRINTF(4, 0)
        set(struct finding *f, enum verdict verdict, const char *cause, const char *fmt, va_list ap)
{
        char *why = xvasprintf(_(fmt), ap); /* the old sentence may be among the arguments */
        char *new_cause = copy(cause);
        free(f->why);
        free(f->cause);
        f->verdict = verdict;
        f->cause = new_cause;
        f->why = why;
        free(TAKE_PTR(f->do_text));
        f->do_kind = DO_NOTHING;
}

int finding_set(struct finding *f, enum verdict verdict, const char *cause, const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        set(f, verdict, cause, fmt, ap);
        va_end(ap);
        return 0;
}

int finding_unknown(struct finding *f, int r, const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        set(f, VERDICT_UNKNOWN, NULL, fmt, ap);
        va_end(ap);
        return r;
}

void finding_evidence(struct finding *f, const char *what, const char *found, const char *expected)
{
        f->evidence = xreallocarray(f->evidence, f->n_evidence + 1, sizeof(*f->evidence));
        f->evidence[f->n_evidence++] =
                (struct evidence){ copy(what), copy(found), copy(expected), false, false };
}

void finding_literal(struct finding *f)
{
        if (f->n_evidence > 0)
                f->evidence[f->n_evidence - 1].literal = true;
}

void finding_detail(struct finding *f)
{
        if (f->n_evidence > 0)
                f->evidence[f->n_evidence - 1].detail = true;
}

void finding_note(struct finding *f, const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        _cleanup_free_ char *note = xvasprintf(_(fmt), ap);
        va_end(ap);
        strv_add(&f->notes, note);
}

void finding_next_boot(struct finding *f, const char *release)
{
        free(f->next_boot);
        f->next_boot = xstrdup(release);
}

void finding_do(struct finding *f, enum do_kind kind, const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        char *text = xvasprintf(_(fmt), ap);
        va_end(ap);
        if (kind == DO_COMMAND && !shell_safe(text)) {
                free(text);
                text = xstrdup(_("a name above contains characters that would make a command "
                                 "misleading: list it with ls -b and act on it by hand"));
                kind = DO_PERSON;
        }
        free(f->do_text);
        f->do_kind = kind;
        f->do_text = text;
}

void finding_facts(struct finding *f, void *facts, void (*free_it)(void *))
{
        if (f->facts)
                f->facts_free(f->facts);
        f->facts = facts;
        f->facts_free = free_it;
}

void finding_to_plan(struct finding *f, struct plan *plan)
{
        for (size_t i = 0; i < f->learned.n; i++) {
                plan->steps = xreallocarray(plan->steps, plan->n + 1, sizeof(*plan->steps));
                plan->steps[plan->n++] = f->learned.steps[i];
        }
        plan->restart |= f->learned.restart;
        free(f->learned.steps);
        f->learned = (struct plan){ .n = 0 };
}

void finding_free(struct finding *f)
{
        for (size_t i = 0; i < f->n_evidence; i++) {
                free(f->evidence[i].what);
                free(f->evidence[i].found);
                free(f->evidence[i].expected);
        }
        free(f->evidence);
        free(f->cause);
        free(f->why);
        free(f->do_text);
        free(f->next_boot);
        strv_free(f->notes);
        plan_free(&f->learned);
        finding_facts(f, NULL, NULL);
        *f = (struct finding)FINDING_INIT;
}

const char *verdict_name(enum verdict verdict)
{
        static const char *const names[] = {
                [VERDICT_UNKNOWN] = "could-not-tell",
                [VERDICT_OK] = "ok",
                [VERDICT_FAULT] = "fault",
                [VERDICT_BLOCKED] = "blocked",
                [VERDICT_NOT_APPLICABLE] = "not-applicable",
                [VERDICT_NOT_ASKED] = "not-asked",
        };
        return names[verdict];
}

const char *do_kind_name(enum do_kind kind)
{
        static const char *const names[] = {
                [DO_COMMAND] = "command",
                [DO_CONSOLE] = "console",
                [DO_PERSON] = "person",
        };
        return names[kind];
}

void plan_add(struct plan *plan, enum step_kind kind, const char *target, const char *key,
              const char *value)
{
        plan->steps = xreallocarray(plan->steps, plan->n + 1, sizeof(*plan->steps));
        plan->steps[plan->n++] = (struct step){
                .kind = kind,
                .target = xstrdup(target ? target : ""),
                .key = xstrdup(key ? key : ""),
                .value = xstrdup(value ? value : ""),
        };
}

void plan_add_package(struct plan *plan, const char *name, const char *version, const char *old)
{
        struct step *s = &plan->steps[plan->n - 1];
        s->packages = xreallocarray(s->packages, s->n_packages + 1, sizeof(*s->packages));
        s->packages[s->n_packages++] =
                (struct step_package){ copy(name), copy(version), copy(old), 0, 0 };
}

void plan_package_size(struct plan *plan, long long download, long long size)
{
        struct step *s = &plan->steps[plan->n - 1];
        s->packages[s->n_packages - 1].download = download;
        s->packages[s->n_packages - 1].size = size;
}

static void packages_free(struct step *step)
{
        for (size_t i = 0; i < step->n_packages; i++) {
                free(step->packages[i].name);
                free(step->packages[i].version);
                free(step->packages[i].old);
        }
        free(step->packages);
}

void plan_free(struct plan *plan)
{
        for (size_t i = 0; i < plan->n; i++) {
                packages_free(&plan->steps[i]);
                free(plan->steps[i].target);
                free(plan->steps[i].key);
                free(plan->steps[i].value);
        }
        free(plan->steps);
        *plan = (struct plan){ 0 };
}
