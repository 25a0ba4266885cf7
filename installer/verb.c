/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a verb complains. */
#include "installer/verb.h"

#include "lib/i18n.h"
#include "lib/clean.h"
#include "repair/outcome.h"

int verb_complain(int status, const char *why)
{
        fputs("secep-installer: ", stderr);
        print_clean(why ? why : "failed", stderr);
        fputc('\n', stderr);
        return status;
}

int verb_usage(const struct verb *verb)
{
        fprintf(stderr, _("usage: secep-installer %s%s%s\n"), verb->name, *verb->usage ? " " : "",
                verb->usage);
        return EXIT_USAGE;
}
