/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rooms' kinds of steps, found by number and by name. */
#include "repair/kind.h"

#include "lib/i18n.h"
#include "lib/util.h"

static const struct kind *const rooms[] = {
        kinds_accounts,       kinds_account_fields, kinds_directories, kinds_files,
        kinds_moves,          kinds_packages,       kinds_boot,        kinds_selinux,
        kinds_selinux_policy, kinds_kmod,           kinds_services,
};

const struct kind *kind_of(enum step_kind kind)
{
        for (size_t i = 0; i < ARRAY_SIZE(rooms); i++)
                for (const struct kind *k = rooms[i]; k->verb; k++)
                        if (k->kind == kind)
                                return k;
        return NULL;
}

char *kind_say(const struct step *step)
{
        const struct kind *kind = kind_of(step->kind);
        char *text = xasprintf("%s %s", kind ? _(kind->verb) : _("unknown step"), step->target);
        const char *detail = kind && kind->detail ? _(kind->detail) : NULL,
                   *at = detail ? strchr(detail, '%') : NULL;
        if (!at)
                return text;
        const char *word = at[1] == 'k' ? step->key : step->value;
        if (!*word)
                return text;
        char *longer = xasprintf("%s %.*s%s%s", text, (int)(at - detail), detail, word, at + 2);
        free(text);
        return longer;
}
