/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the kinds of steps. */
#include "faults/plan.h"

#include "lib/util.h"

static const char *const names[] = {
        [STEP_CREATE_GROUP] = "create-group",
        [STEP_CREATE_USER] = "create-user",
        [STEP_SET_PRIMARY_GROUP] = "set-primary-group",
        [STEP_RENUMBER_USER] = "renumber-user",
        [STEP_RENUMBER_GROUP] = "renumber-group",
        [STEP_LOCK_PASSWORD] = "lock-password",
        [STEP_SET_USERGROUPS] = "set-usergroups",
        [STEP_SET_MODE] = "set-mode",
        [STEP_SET_OWNER] = "set-owner",
        [STEP_MOVE_FILE] = "move-file",
        [STEP_WRITE_FILE] = "write-file",
        [STEP_REMOVE_FILE] = "remove-file",
        [STEP_MAKE_LINK] = "make-link",
        [STEP_INSTALL_PACKAGE] = "install-package",
        [STEP_REINSTALL_PACKAGE] = "reinstall-package",
        [STEP_INSTALL_KERNEL] = "install-kernel",
        [STEP_SET_BOOT_KERNEL] = "set-boot-kernel",
        [STEP_HEAL_STORE] = "heal-store",
        [STEP_INSTALL_MODULE] = "install-module",
        [STEP_ENABLE_MODULE] = "enable-module",
        [STEP_REBUILD_POLICY] = "rebuild-policy",
        [STEP_LOAD_POLICY] = "load-policy",
        [STEP_BUILD_KMOD] = "build-kmod",
        [STEP_LOAD_KMOD] = "load-kmod",
        [STEP_RESTART_SERVICE] = "restart-service",
        [STEP_SET_CPU_QUOTA] = "set-cpu-quota",
};
_Static_assert(ARRAY_SIZE(names) == STEP_KINDS, "a kind of step without a name");

const char *step_kind_name(enum step_kind kind)
{
        return names[kind];
}

enum step_kind step_kind_by_name(const char *name)
{
        unsigned kind = 0;
        while (kind < STEP_KINDS && !streq(name, names[kind]))
                kind++;
        return (enum step_kind)kind;
}
