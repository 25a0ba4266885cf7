/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which statement of a binary policy takes an access away, by libsepol. */
#include "selinux/secep_selinux.h"

#include <sepol/policydb/services.h>
#include <sepol/sepol.h>

#include "lib/i18n.h"
#include "lib/util.h"
#include "selinux/context_text.h"

#if defined(SECEP_NO_SEPOL_AV)
static bool ask(const char *context, const struct selinux_question *q, unsigned *reason,
                char **statement)
{
        (void)context, (void)q, (void)reason, (void)statement;
        return false;
}
#else
#ifndef SECEP_SEPOL_STATIC
#pragma weak sepol_compute_av_reason_buffer
#pragma weak sepol_context_to_sid
#pragma weak sepol_string_to_security_class
#pragma weak sepol_string_to_av_perm
#endif

static bool can_ask(void)
{
#ifdef SECEP_SEPOL_STATIC
        return true;
#else
        return sepol_compute_av_reason_buffer && sepol_context_to_sid &&
               sepol_string_to_security_class && sepol_string_to_av_perm;
#endif
}

/* By a context with a level, or without one where the policy has none. */
static bool sid_of(const char *context, sepol_security_id_t *sid)
{
        _cleanup_free_ char *with = context_for(context, "system_r", true);
        _cleanup_free_ char *without = context_for(context, "system_r", false);
        return sepol_context_to_sid(with, strlen(with) + 1, sid) == 0 ||
               sepol_context_to_sid(without, strlen(without) + 1, sid) == 0;
}

static bool ask(const char *context, const struct selinux_question *q, unsigned *reason,
                char **statement)
{
        sepol_security_class_t class;
        sepol_access_vector_t bit;
        sepol_security_id_t sid;
        struct sepol_av_decision decision;
        return can_ask() && sepol_string_to_security_class(q->security_class, &class) == 0 &&
               sepol_string_to_av_perm(class, q->denied, &bit) == 0 && sid_of(context, &sid) &&
               sepol_compute_av_reason_buffer(sid, sid, class, bit, &decision, reason, statement,
                                              0) == 0;
}
#endif

/* libsepol breaks its text into lines and indents it. */
static char *one_line(char *text)
{
        char *to = text;
        for (const char *from = text; *from; from++)
                if (*from != '\n' && *from != '\t' &&
                    (*from != ' ' || (to > text && to[-1] != ' ')))
                        *to++ = *from;
                else if (to > text && to[-1] != ' ')
                        *to++ = ' ';
        *to = '\0';
        return text;
}

/* *REASON: bits of SEPOL_COMPUTEAV_*; false: nothing is denied, or nobody says why. */
static bool reason_of(const struct sys *sys, const char *path, const char *context,
                      struct selinux_question *q, unsigned *reason, char **statement)
{
        return selinux_ask_policy(sys, path, context, q, 1, NULL) == 0 &&
               q->answer == SELINUX_DENIED && ask(context, q, reason, statement);
}

bool selinux_denied_despite(const struct sys *sys, const char *path, const char *context,
                            struct selinux_question *q)
{
        _cleanup_free_ char *statement = NULL;
        unsigned reason = 0;
        return reason_of(sys, path, context, q, &reason, &statement) &&
               !(reason & SEPOL_COMPUTEAV_TE) &&
               (reason & (SEPOL_COMPUTEAV_CONS | SEPOL_COMPUTEAV_BOUNDS));
}

char *selinux_denied_why(const struct sys *sys, const char *path, const char *context,
                         struct selinux_question *q)
{
        _cleanup_free_ char *statement = NULL;
        unsigned reason = 0;
        if (!reason_of(sys, path, context, q, &reason, &statement))
                return NULL;
        if (reason & SEPOL_COMPUTEAV_CONS)
                return xasprintf(_("a constraint: %s"), statement ? one_line(statement) : "");
        if (reason & SEPOL_COMPUTEAV_BOUNDS)
                return xstrdup(_("a type bound: the domain's parent type may not either"));
        return xstrdup(_("a deny rule or a boolean: no allow rule is left in the built policy"));
}
