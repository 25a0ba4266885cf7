/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-installer status: what is installed, what is queued, what ran last. */
#include <errno.h>

#include "connector/connector.h"
#include "installer/queue.h"
#include "installer/verb.h"
#include "lib/clean.h"
#include "lib/i18n.h"
#include "lib/runlog.h"
#include "repair/outcome.h"

#define UNITS_DUE "/var/lib/secep/units-due" /* from %pre to %post of secep's own .rpm */

static void row(const char *name, const char *value)
{
        printf("%-12s", name);
        print_clean(value, stdout);
        putchar('\n');
}

static int show_connector(const struct sys *sys)
{
        _cleanup_free_ char *version = NULL, *why = NULL;
        int r = connector_installed(sys, &why);
        if (r == 1)
                r = connector_version(sys, &version, &why);
        else if (r == 0)
                return row(_("connector:"), _("not installed")), EXIT_NO_FAULT_LEFT;
        if (r < 0)
                return row(_("connector:"), why ? why : error_text(-r)), EXIT_COULD_NOT_TELL;
        return row(_("connector:"), version ? version : _("installed, version not known")),
               EXIT_NO_FAULT_LEFT;
}

static int show_queue(const struct sys *sys, const char *label, const char *dir)
{
        _cleanup_strv_ char **names = NULL;
        int r = queue_list(sys, dir, &names);
        if (r < 0)
                return row(label, error_text(-r)), EXIT_COULD_NOT_TELL;
        if (!names)
                row(label, _("nothing"));
        for (char **name = names; name && *name; name++)
                row(name == names ? label : "", *name);
        return EXIT_NO_FAULT_LEFT;
}

static int show_last_run(const struct sys *sys)
{
        _cleanup_strv_ char **ids = NULL;
        _cleanup_free_ char *why = NULL;
        int r = runlog_list(sys, &ids, &why);
        size_t n = r == 0 && ids ? strv_length(ids) : 0;
        row(_("last run:"), r < 0 ? (why ? why : error_text(-r)) : n ? ids[n - 1] : _("none"));
        return r < 0 ? EXIT_COULD_NOT_TELL : EXIT_NO_FAULT_LEFT;
}

/* dnf calls a package installed that was cut off before %post, and does nothing. */
static int show_units(const struct sys *sys)
{
        if (!sys_exists(sys, UNITS_DUE))
                return EXIT_NO_FAULT_LEFT;
        row(_("units:"), _("not enabled yet: the installation of secep was cut off"));
        printf("  do: %s\n", _("install the same package again: dnf reinstall secep-[0-9]*.rpm"));
        return EXIT_PERSON_NEEDED;
}

static int run(struct sys *sys, char **argv, char *const *all)
{
        (void)all;
        if (argv[0])
                return verb_usage(&verb_status);
        row("secep:", VERSION);
        int status = show_connector(sys);
        status = exit_worse(status, show_queue(sys, _("queued:"), QUEUE_NEW));
        status = exit_worse(status, show_queue(sys, _("later:"), QUEUE_LATER));
        status = exit_worse(status, show_last_run(sys));
        return exit_worse(status, show_units(sys));
}

const struct verb verb_status = {
        .name = "status",
        .usage = "",
        .summary = N_("what is installed, what is queued, what ran last"),
        .needs_root = true,
        .run = run,
};
