/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rooms' kinds of steps, found by number and by name. */
#include "repair/kind.h"

#include "lib/util.h"

static const struct kind *const rooms[] = {
        kinds_accounts, kinds_directories, kinds_files, kinds_packages,
        kinds_boot,     kinds_selinux,     kinds_kmod,  kinds_services,
};

const struct kind *kind_of(enum step_kind kind)
{
        for (size_t i = 0; i < ARRAY_SIZE(rooms); i++)
                for (const struct kind *k = rooms[i]; k->name; k++)
                        if (k->kind == kind)
                                return k;
        return NULL;
}

const struct kind *kind_by_name(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(rooms); i++)
                for (const struct kind *k = rooms[i]; k->name; k++)
                        if (streq(k->name, name))
                                return k;
        return NULL;
}
