/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Within the room: a binary policy that is in memory already. */
#ifndef SECEP_SELINUX_ASK_IMAGE_H
#define SECEP_SELINUX_ASK_IMAGE_H

#include "selinux/policy_memory.h"

/* selinux_ask_policy() of the policy IMAGE. 0 or -errno as there. */
int selinux_ask_image(const struct policy_image *image, const char *context,
                      struct selinux_question *questions, size_t n);

/* QUESTION->answer, of the shadow CLASS of its class, in the policy that libsepol has read, whose HEAD this
 * is. 0 or -errno. */
int selinux_ask_shadow(const struct policy_head *head, const char *context, const char *class,
                       struct selinux_question *question);

#endif
