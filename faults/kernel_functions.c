/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which parts of the connector's monitoring would work on a kernel, by which form. */
#include "faults/kernel_functions.h"

#include "faults/kernel_known.h"
#include "lib/i18n.h"

/* What one form of a part lacks. */
struct lacking {
        unsigned n;
        bool untold;
        char *names; /* "" for none */
};

static void drop_lacking(struct lacking *l)
{
        free(l->names);
}
#define _cleanup_lacking_ _cleanup_(drop_lacking)

/* Adds to NAMES, malloc'ed, what is not among them. */
static void add_name(char **names, const char *before, const char *name)
{
        _cleanup_free_ char *whole = xasprintf("%s%s", before, name);
        size_t n = strlen(whole);
        for (const char *p = *names; p && (p = strstr(p, whole)); p += n)
                if ((p == *names || p[-1] == ' ') && (!p[n] || p[n] == ','))
                        return;
        char *longer =
                xasprintf("%s%s%s", *names ? *names : "", *names && **names ? ", " : "", whole);
        free(*names);
        *names = longer;
}

static void take(struct lacking *l, enum has has, const char *before, const char *name)
{
        l->untold |= has == HAS_UNTOLD;
        if (has != HAS_NOT)
                return;
        add_name(&l->names, before, name);
        l->n++;
}

static void ask_form(const struct kernel_known *k, enum kernel_part part, unsigned form,
                     struct lacking *l)
{
        l->names = xstrdup("");
        for (size_t i = 0; i < KERNEL_FUNCTIONS; i++)
                if (kernel_functions[i].part == part && kernel_functions[i].forms & form)
                        take(l, k->functions[i], "", kernel_functions[i].name);
        if (form == FORM_CORE && k->btf == BTF_NO) /* not held against it where nobody says */
                take(l, HAS_NOT, "", "BTF");
        for (size_t i = 0; i < KERNEL_FEATURES; i++)
                take(l, k->features[i], "CONFIG_", kernel_features[i].option);
        for (size_t i = 0; i < KERNEL_MEMBERS; i++)
                if (kernel_members[i].part == part && kernel_members[i].forms & form) {
                        _cleanup_free_ char *of =
                                xasprintf("struct %s.", kernel_members[i].structure);
                        take(l, k->members[i], of, kernel_members[i].member);
                }
        for (size_t i = 0; i < KERNEL_MAPS; i++)
                if (kernel_maps[i].forms & form)
                        take(l, k->maps[i], "BPF_MAP_TYPE ", kernel_maps[i].type);
}

static enum needs_answer of_form(const struct lacking *l)
{
        return l->n ? NEEDS_LACK : l->untold ? NEEDS_UNTOLD : NEEDS_MET;
}

/* The best of what the FORMS of a connector come to. */
static enum needs_answer of_forms(enum needs_answer core, enum needs_answer bcc, unsigned forms)
{
        bool any_core = forms & FORM_CORE, any_bcc = forms & FORM_BCC;
        if ((any_core && core == NEEDS_MET) || (any_bcc && bcc == NEEDS_MET))
                return NEEDS_MET;
        bool untold = (any_core && core == NEEDS_UNTOLD) || (any_bcc && bcc == NEEDS_UNTOLD);
        return untold ? NEEDS_UNTOLD : NEEDS_LACK;
}

/* A line of evidence for a part: what works, or what each form lacks that the connector has. */
static void tell_part(const struct kernel_known *k, enum kernel_part part, enum needs_answer answer,
                      bool by_core, const struct lacking *core, const struct lacking *bcc,
                      struct finding *f)
{
        _cleanup_free_ char *both = xasprintf("CO-RE: %s; BCC: %s", core->names, bcc->names),
                            *one = xasprintf("BCC: %s", bcc->names);
        const char *found = answer == NEEDS_UNTOLD ? N_("its functions are not listed")
                            : answer == NEEDS_MET  ? by_core ? "CO-RE" : "BCC"
                            : k->forms & FORM_CORE ? both
                                                   : one;
        finding_evidence(f, kernel_parts[part], found,
                         k->forms & FORM_CORE ? "CO-RE or BCC" : "BCC");
        finding_detail(f);
}

static void add_part(const struct kernel_known *k, enum kernel_part part, struct finding *f,
                     struct kernel_needs *out)
{
        _cleanup_lacking_ struct lacking core = { 0 }, bcc = { 0 };
        ask_form(k, part, FORM_CORE, &core);
        ask_form(k, part, FORM_BCC, &bcc);
        enum needs_answer of_core = of_form(&core), of_bcc = of_form(&bcc),
                          answer = of_forms(of_core, of_bcc, k->forms);
        bool by_core = k->forms & FORM_CORE && of_core == NEEDS_MET,
             fewer = k->forms & FORM_CORE && core.n <= bcc.n;
        tell_part(k, part, answer, by_core, &core, &bcc, f);
        out->by_core &= by_core;
        if (answer == NEEDS_LACK && of_forms(of_core, of_bcc, k->may_be) != NEEDS_LACK) {
                if (out->answer == NEEDS_MET)
                        out->answer = NEEDS_UNTOLD;
                return;
        }
        if (answer == NEEDS_LACK) {
                _cleanup_free_ char *names = xstrdup(fewer ? core.names : bcc.names);
                for (char *at = names, *name; (name = strsep(&at, ","));)
                        add_name(&out->told, "", name + (*name == ' '));
        }
        if (answer == NEEDS_LACK || out->answer == NEEDS_MET)
                out->answer = answer;
}

static bool has_none(const struct kernel_known *k, unsigned parts)
{
        for (size_t i = 0; i < KERNEL_FUNCTIONS; i++)
                if (parts & 1U << kernel_functions[i].part && k->functions[i] != HAS_NOT)
                        return false;
        return true;
}

void kernel_needs_ask(const struct sys *sys, const char *release, unsigned parts, struct finding *f,
                      struct kernel_needs *out)
{
        _cleanup_known_ struct kernel_known k = { 0 };
        struct kernel_needs needs = { .answer = NEEDS_MET, .by_core = true };
        kernel_known_ask(sys, release, parts, f, &k);
        for (unsigned part = 0; part < PARTS; part++)
                if (parts & 1U << part)
                        add_part(&k, part, f, &needs);
        needs.none = has_none(&k, parts);
        needs.listed = k.any_listed;
        if (needs.answer == NEEDS_UNTOLD)
                needs.told =
                        xstrdup(k.any_listed ? _("the connector's version is not known")
                                             : _("its functions are not listed (no System.map)"));
        *out = needs;
}

void kernel_needs_free(struct kernel_needs *needs)
{
        free(needs->told);
        *needs = (struct kernel_needs){ 0 };
}
