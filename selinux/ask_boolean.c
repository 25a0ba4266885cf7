/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which boolean of a binary policy takes an access away: turned over in a copy in memory, and the copy
 * asked. */
#include <errno.h>

#include "lib/util.h"
#include "selinux/ask_file.h"
#include "selinux/policy_conditions.h"
#include "selinux/policy_head.h"

#define POLICY_MAX ((size_t)64 << 20)
#define ASKED_MAX 16 /* each costs libsepol's reading of the whole policy */

static int conditions_of(char *image, size_t len, const struct selinux_question *question,
                         struct policy_conditions *out)
{
        struct head_class class = { .name = question->security_class,
                                    .permissions = question->permissions };
        struct policy_head head;
        _cleanup_fclose_ FILE *file = fmemopen(image, len, "r");
        int r = file ? policy_head_read(file, "", &class, 1, &head) : -ENOMEM;
        if (r < 0 || !class.found)
                return r;
        return policy_conditions_read((unsigned char *)image, len, head.end, head.version,
                                      class.value, out);
}

/* 1, 0 or -errno. */
static int allows(char *image, size_t len, const char *context,
                  const struct selinux_question *question)
{
        struct selinux_question q = { .security_class = question->security_class,
                                      .permissions = question->permissions };
        _cleanup_fclose_ FILE *file = fmemopen(image, len, "r");
        int r = file ? selinux_ask_file(file, context, &q, 1) : -ENOMEM;
        return r < 0 ? r : q.answer == SELINUX_ALLOWED;
}

int selinux_denied_boolean(const struct sys *sys, const char *path, const char *context,
                           const struct selinux_question *question, char **name, bool *on)
{
        _cleanup_free_ char *image = NULL;
        _cleanup_policy_conditions_ struct policy_conditions c = { 0 };
        size_t len = 0;
        unsigned asked = 0;
        int r = sys_read(sys, path, POLICY_MAX, &image, &len);
        if (r == 0)
                r = conditions_of(image, len, question, &c);
        for (size_t i = 0; i < c.n_booleans && r == 0; i++) {
                struct policy_boolean *b = &c.booleans[i];
                if (!b->counts)
                        continue;
                if (asked++ == ASKED_MAX)
                        return -E2BIG;
                policy_boolean_turn(&c, b);
                r = allows(image, len, context, question);
                policy_boolean_turn(&c, b);
                if (r > 0) {
                        *name = xstrdup(b->name);
                        *on = b->on;
                }
        }
        return r;
}
