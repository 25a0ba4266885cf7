/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which parts of the connector's monitoring would work on a kernel, by which form. */
#include "faults/kernel_functions.h"

#include "faults/kernel_known.h"
#include "lib/i18n.h"

/* What one form of a part lacks. */
struct lacking {
        unsigned n;
        bool untold;
        char *names;  /* "" for none */
        char *unsure; /* the options nobody tells of, "" for none */
};

static void drop_lacking(struct lacking *l)
{
        free(l->names);
        free(l->unsure);
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

/* An option, with its name where nobody tells of it. */
static void take_option(struct lacking *l, enum has has, const char *before, const char *name)
{
        take(l, has, before, name);
        if (has == HAS_UNTOLD)
                add_name(&l->unsure, before, name);
}

static void ask_functions(const struct kernel_known *k, enum kernel_part part, unsigned form,
                          struct lacking *l)
{
        for (size_t i = 0; i < KERNEL_FUNCTIONS; i++) {
                const struct kernel_function *function = &kernel_functions[i];
                if (function->part != part || !(function->forms & form))
                        continue;
                take(l, k->functions[i], "", function->name);
                if (k->any_listed && k->functions[i] == HAS_UNTOLD) /* a module's */
                        add_name(&l->unsure, "CONFIG_", function->option);
        }
}

static void ask_form(const struct kernel_known *k, enum kernel_part part, unsigned form,
                     struct lacking *l)
{
        static const enum has btf[] = {
                [BTF_UNKNOWN] = HAS_UNTOLD, [BTF_NO] = HAS_NOT, [BTF_YES] = HAS
        };
        l->names = xstrdup("");
        l->unsure = xstrdup("");
        ask_functions(k, part, form, l);
        if (form == FORM_CORE)
                take_option(l, btf[k->btf], "", "BTF");
        for (size_t i = 0; i < KERNEL_FEATURES; i++)
                take_option(l, k->features[i], "CONFIG_", kernel_features[i].option);
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

/* The options nobody tells of, of the form that is nearest to work. */
static const char *unsure_of(const struct kernel_known *k, const struct lacking *core,
                             const struct lacking *bcc)
{
        return k->forms & FORM_CORE && core->n == 0 ? core->unsure : bcc->unsure;
}

/* A line of evidence for a part: what works, or what each form lacks that the connector has. */
static void tell_part(const struct kernel_known *k, enum kernel_part part, enum needs_answer answer,
                      bool by_core, const struct lacking *core, const struct lacking *bcc,
                      struct finding *f)
{
        _cleanup_free_ char *both = xasprintf("CO-RE: %s; BCC: %s", core->names, bcc->names),
                            *one = xasprintf("BCC: %s", bcc->names),
                            *unsure = xasprintf(_("not known: %s"), unsure_of(k, core, bcc));
        const char *found = answer == NEEDS_UNTOLD
                                    ? k->any_listed ? unsure : N_("its functions are not listed")
                            : answer == NEEDS_MET  ? by_core ? "CO-RE" : "BCC"
                            : k->forms & FORM_CORE ? both
                                                   : one;
        finding_evidence(f, kernel_parts[part], found,
                         k->forms & FORM_CORE ? "CO-RE or BCC" : "BCC");
        finding_detail(f);
}

/* Why a part cannot be told; the first part's reason stays. */
static void tell_untold(const struct kernel_known *k, bool version, const char *unsure,
                        struct kernel_needs *out)
{
        if (out->answer != NEEDS_MET)
                return;
        out->answer = NEEDS_UNTOLD;
        out->told = !k->any_listed ? xstrdup(_("its functions are not listed (no System.map)"))
                    : version      ? xstrdup(_("the connector's version is not known"))
                                   : xasprintf(_("no configuration of it tells of %s"), unsure);
}

static void tell_lack(const char *lacking, struct kernel_needs *out)
{
        _cleanup_free_ char *names = xstrdup(lacking);
        if (out->answer == NEEDS_UNTOLD) {
                free(out->told);
                out->told = NULL;
        }
        out->answer = NEEDS_LACK;
        for (char *at = names, *name; (name = strsep(&at, ","));)
                add_name(&out->told, "", name + (*name == ' '));
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
             fewer = k->forms & FORM_CORE && core.n <= bcc.n,
             version = answer == NEEDS_LACK && of_forms(of_core, of_bcc, k->may_be) != NEEDS_LACK;
        tell_part(k, part, answer, by_core, &core, &bcc, f);
        out->by_core &= by_core;
        if (version || answer == NEEDS_UNTOLD)
                tell_untold(k, version, unsure_of(k, &core, &bcc), out);
        else if (answer == NEEDS_LACK)
                tell_lack(fewer ? core.names : bcc.names, out);
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
        needs.options = true;
        for (size_t i = 0; i < KERNEL_FEATURES; i++)
                needs.options &= k.features[i] != HAS_UNTOLD;
        *out = needs;
}

void kernel_needs_free(struct kernel_needs *needs)
{
        free(needs->told);
        *needs = (struct kernel_needs){ 0 };
}
