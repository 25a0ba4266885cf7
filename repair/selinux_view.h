/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the steps on the SELinux policy store share: the store as it is now, and the ways to change
 * it. All return 0 or -errno with *why. */
#ifndef SECEP_REPAIR_SELINUX_VIEW_H
#define SECEP_REPAIR_SELINUX_VIEW_H

#include "repair/kind.h"
#include "selinux/secep_selinux.h"

/* The store a step is about, and what is in it now. */
struct selinux_view {
        struct selinux_state state;
        struct selinux_store store;
};

void selinux_view_free(struct selinux_view *v);
#define _cleanup_selinux_view_ _cleanup_(selinux_view_free)

/* TYPE: the store when the step was planned (-ESTALE where it is another now), or NULL for the
 * configured one. */
int selinux_view_read(const struct change *c, const char *type, struct selinux_view *out,
                      char **why);

/* The same once what a killed writer left is mended. */
int selinux_view_healed(const struct change *c, const char *type, struct selinux_view *out,
                        char **why);

/* Reads the configured store and notes its type in UNDO. */
int selinux_remember_type(const struct change *c, json_t *undo, struct selinux_view *v, char **why);

/* The priority in the step's key, ours where it has none. */
unsigned selinux_step_priority(const struct change *c);

/* One transaction of libsemanage: OP on the step's module. */
int selinux_write_store(const struct change *c, const struct selinux_view *v, enum selinux_op op,
                        char **why);

/* Builds the policy file where it is not what the store gives: a killed writer may have left the
 * one of before the change. */
int selinux_build_if_stale(const struct change *c, const struct selinux_view *v, char **why);

/* The plan's own guard: STAND, or -EXDEV with *WHY where only the root's own library can write its
 * policy. */
int selinux_stand_guarded(const struct change *c, const struct selinux_view *v, int stand,
                          char **why);

/* Where the store is as before: STAND_OURS, guarded, where it is cut off or the policy file is not
 * what it gives, else STAND_BEFORE; or -errno. */
int selinux_stand_built(const struct change *c, const struct selinux_view *v, char **why);

/* Is there a folder for modules of the step's priority? */
bool selinux_has_priority(const struct change *c, const struct selinux_view *v);
/* Takes it away where it is empty. */
void selinux_drop_priority(const struct change *c, const struct selinux_view *v);

/* What undo did to the store holds in the kernel too, where this system runs with SELinux. */
int selinux_reload(const struct change *c, char **why);

#endif
