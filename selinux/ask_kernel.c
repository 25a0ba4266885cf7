/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the policy of the running kernel allows, by libselinux. */
#include "selinux/secep_selinux.h"

#include <errno.h>
#include <selinux/selinux.h>

#include "lib/util.h"
#include "selinux/context_text.h"

const char *const selinux_bpf_permissions[] = { "map_create", "map_read", "map_write",
                                                "prog_load",  "prog_run", NULL };
const char *const selinux_perf_permissions[] = { "open",   "read",       "write", "cpu",
                                                 "kernel", "tracepoint", NULL };

/* Any type may stand beside object_r: an answer about the type alone, whatever the roles. */
static char *object_context(const char *context, bool mls)
{
        _cleanup_free_ char *type = context_type(context);
        return context_for(type, "object_r", mls);
}

static int type_exists(const char *context, bool mls)
{
        _cleanup_free_ char *object = object_context(context, mls);
        if (security_check_context(object) == 0)
                return 1;
        return errno == EINVAL ? 0 : -errno;
}

static char *context_valid(const char *context, bool mls)
{
        _cleanup_free_ char *whole = context_for(context, "system_r", mls);
        if (security_check_context(whole) == 0)
                return TAKE_PTR(whole);
        return object_context(context, mls);
}

/* Class 0 must never be asked about: the kernel answers "all allowed". */
static access_vector_t wanted(security_class_t class, const struct selinux_question *q,
                              bool *unknown)
{
        access_vector_t want = 0;
        for (const char *const *p = q->permissions; *p; p++) {
                access_vector_t bit = class ? string_to_av_perm(class, *p) : 0;
                *unknown |= bit == 0;
                want |= bit;
        }
        return want;
}

/* The context is not const in libselinux before 3.0. */
static int ask(char *context, struct selinux_question *q)
{
        security_class_t class = string_to_security_class(q->security_class);
        bool unknown = false;
        access_vector_t want = wanted(class, q, &unknown);
        int deny = unknown ? security_deny_unknown() : 0;
        if (deny < 0)
                return -errno;
        if (deny || want == 0) {
                q->answer = deny ? SELINUX_UNKNOWN_DENIED : SELINUX_UNKNOWN_ALLOWED;
                return 0;
        }
        struct av_decision decision;
        if (security_compute_av_flags_raw(context, context, class, want, &decision) < 0)
                return -errno;
        for (const char *const *p = q->permissions; *p && !q->denied; p++)
                if (string_to_av_perm(class, *p) & ~decision.allowed)
                        q->denied = *p;
        if (decision.flags & SELINUX_AVD_FLAGS_PERMISSIVE)
                q->answer = SELINUX_DOMAIN_PERMISSIVE;
        else
                q->answer = q->denied ? SELINUX_DENIED : SELINUX_ALLOWED;
        return 0;
}

int selinux_ask_kernel(const char *context, struct selinux_question *questions, size_t n,
                       char **why)
{
        bool mls = is_selinux_mls_enabled() == 1;
        int exists = type_exists(context, mls);
        if (exists < 0)
                return fail(why, exists, "the kernel does not say whether it knows %s: %s", context,
                            error_text(-exists));
        selinux_flush_class_cache(); /* a policy may have been loaded since */
        _cleanup_free_ char *valid = context_valid(context, mls);
        for (size_t i = 0; i < n; i++) {
                questions[i].answer = SELINUX_NO_DOMAIN;
                questions[i].denied = NULL;
                int r = exists ? ask(valid, &questions[i]) : 0;
                if (r < 0)
                        return fail(why, r, "the kernel does not say what %s may: %s", context,
                                    error_text(-r));
        }
        return 0;
}
