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
                for (const struct kind *k = rooms[i]; k->text; k++)
                        if (k->kind == kind)
                                return k;
        return NULL;
}

/* TEXT with what its %t, %k and %v stand for. */
static char *expand(const char *text, const char *target, const char *key, const char *value)
{
        char *out = xstrdup("");
        for (const char *at; (at = strchr(text, '%')) && at[1]; text = at + 2) {
                const char *word = at[1] == 't' ? target : at[1] == 'k' ? key : value;
                char *longer = xasprintf("%s%.*s%s", out, (int)(at - text), text, word);
                free(out);
                out = longer;
        }
        _cleanup_free_ char *head = out;
        return xasprintf("%s%s", head, text);
}

char *kind_name(enum step_kind step, const char *target)
{
        const struct kind *kind = kind_of(step);
        return expand(kind ? _(kind->text) : _("unknown step %t"), target, "", "");
}

char *kind_say(const struct step *step)
{
        const struct kind *kind = kind_of(step->kind);
        if (!kind || !kind->detail || (strstr(kind->detail, "%k") ? !*step->key : !*step->value))
                return kind_name(step->kind, step->target);
        return expand(_(kind->detail), step->target, step->key, step->value);
}
