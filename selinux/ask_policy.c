/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a binary policy file allows, by libsepol. */
#include "selinux/secep_selinux.h"

#include <errno.h>
#include <sepol/sepol.h>
#include <sepol/policydb/services.h>

#include "lib/util.h"
#include "selinux/ask_image.h"
#include "selinux/context_text.h"
#include "selinux/policy_head.h"

#define QUESTIONS_MAX 4

/* Exported by the shared libsepol since 3.4 (June 2022); before that only its archive has them. */
#if defined(SECEP_NO_SEPOL_AV)
static bool can_compute(void)
{
        return false;
}

static int compute(char *context, struct selinux_question *q)
{
        (void)context, (void)q;
        return -EOPNOTSUPP;
}
#else
#ifndef SECEP_SEPOL_STATIC
#pragma weak sepol_compute_av
#pragma weak sepol_context_to_sid
#pragma weak sepol_string_to_security_class
#pragma weak sepol_string_to_av_perm
#endif

static bool can_compute(void)
{
#ifdef SECEP_SEPOL_STATIC
        return true;
#else
        return sepol_compute_av && sepol_context_to_sid && sepol_string_to_security_class &&
               sepol_string_to_av_perm;
#endif
}

static int compute(char *context, struct selinux_question *q)
{
        sepol_security_class_t class;
        sepol_access_vector_t bit;
        sepol_security_id_t sid;
        struct sepol_av_decision decision;
        if (sepol_string_to_security_class(q->security_class, &class) < 0 ||
            sepol_context_to_sid(context, strlen(context) + 1, &sid) < 0 ||
            sepol_compute_av(sid, sid, class, 0, &decision) < 0)
                return -EBADMSG;
        for (const char *const *p = q->permissions; *p && !q->denied; p++)
                if (sepol_string_to_av_perm(class, *p, &bit) == 0 && (bit & ~decision.allowed))
                        q->denied = *p;
        q->answer = q->denied ? SELINUX_DENIED : SELINUX_ALLOWED;
        return 0;
}
#endif

/* What the head of the file settles without the rules; SELINUX_UNTOLD: the rules must be read. */
static enum selinux_answer settled(const struct policy_head *head, const struct head_class *class)
{
        if (!head->type_found)
                return SELINUX_NO_DOMAIN;
        if (class->found && class->missing == 0)
                return SELINUX_UNTOLD;
        if (head->deny_unknown)
                return SELINUX_UNKNOWN_DENIED;
        return class->found ? SELINUX_UNTOLD : SELINUX_UNKNOWN_ALLOWED;
}

/* The rules' word, by the context, or by object_r where the policy does not let system_r in. */
static int ask_rules(const struct policy_head *head, const char *context,
                     struct selinux_question *q)
{
        _cleanup_free_ char *whole = context_for(context, "system_r", head->mls);
        _cleanup_free_ char *type = context_type(context);
        _cleanup_free_ char *object = context_for(type, "object_r", head->mls);
        int r = compute(whole, q);
        if (r == -EBADMSG)
                r = compute(object, q);
        if (r == 0 && head->type_permissive)
                q->answer = SELINUX_DOMAIN_PERMISSIVE;
        return r;
}

int selinux_ask_image(const struct policy_image *image, const char *context,
                      struct selinux_question *questions, size_t n)
{
        struct head_class classes[QUESTIONS_MAX];
        struct policy_head head;
        _cleanup_free_ char *type = context_type(context);
        for (size_t i = 0; i < n; i++)
                classes[i] = (struct head_class){ .name = questions[i].security_class,
                                                  .permissions = questions[i].permissions };
        int r = policy_head_read(image->bytes, image->len, type, classes, n, &head);
        bool loaded = false;
        for (size_t i = 0; i < n && r == 0; i++) {
                questions[i].denied = NULL;
                questions[i].answer = settled(&head, &classes[i]);
                if (questions[i].answer != SELINUX_UNTOLD)
                        continue;
                if (!loaded)
                        r = can_compute() ? policy_memory_load(image, &head, &classes[i])
                                          : -EOPNOTSUPP;
                loaded = true;
                if (r == 0)
                        r = ask_rules(&head, context, &questions[i]);
        }
        return r;
}

int selinux_ask_shadow(const struct policy_head *head, const char *context, const char *class,
                       struct selinux_question *question)
{
        struct selinux_question q = { .security_class = class,
                                      .permissions = question->permissions };
        int r = can_compute() ? ask_rules(head, context, &q) : -EOPNOTSUPP;
        question->answer = q.answer;
        return r;
}

int selinux_ask_policy(const struct sys *sys, const char *path, const char *context,
                       struct selinux_question *questions, size_t n, char **why)
{
        if (n > QUESTIONS_MAX)
                return fail(why, -EINVAL, "too many questions");
        _cleanup_policy_image_ struct policy_image image = { .len = 0 };
        int r = policy_image_read(sys, path, &image, why);
        if (r < 0)
                return r;
        r = selinux_ask_image(&image, context, questions, n);
        if (r == -EOPNOTSUPP)
                return fail(why, r,
                            "%s: this build's libsepol cannot be asked what a policy allows", path);
        if (r < 0)
                return fail(why, r, "%s: not a policy that can be read here", path);
        return 0;
}
