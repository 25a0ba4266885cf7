/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which boolean of a binary policy takes an access away: libsepol is asked about each one turned over. */
#include <errno.h>

#include "lib/util.h"
#include "selinux/ask_image.h"
#include "selinux/context_text.h"

/* The first boolean that gives it back. 1, 0 or -errno. */
static int ask_shadows(const struct policy_shadows *shadows, const struct policy_head *head,
                       const char *context, const struct selinux_question *question, char **name,
                       bool *on)
{
        for (size_t i = 0; i < shadows->n; i++) {
                struct selinux_question q = *question;
                char class[SHADOW_NAME];
                policy_shadow_name(i, class);
                int r = selinux_ask_shadow(head, context, class, &q);
                if (r < 0)
                        return r;
                if (q.answer != SELINUX_ALLOWED)
                        continue;
                *name = xstrdup(shadows->items[i].boolean);
                *on = shadows->items[i].on;
                return 1;
        }
        return shadows->more ? -E2BIG : 0;
}

int selinux_denied_boolean(const struct sys *sys, const char *path, const char *context,
                           const struct selinux_question *question, char **name, bool *on)
{
        _cleanup_policy_image_ struct policy_image image = { .len = 0 };
        _cleanup_free_ char *type = context_type(context);
        struct head_class class = { .name = question->security_class,
                                    .permissions = question->permissions };
        const struct policy_shadows *shadows;
        struct policy_head head;
        int r = policy_image_read(sys, path, &image, NULL);
        if (r == 0)
                r = policy_head_read(image.bytes, image.len, type, &class, 1, &head);
        if (r < 0 || !class.found)
                return r;
        r = policy_memory_shadows(&image, &head, &class, &shadows);
        return r < 0 ? r : ask_shadows(shadows, &head, context, question, name, on);
}
