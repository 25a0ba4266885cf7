/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the scriptlets of dpkg and rpm call, in the middle of a transaction: they queue what is wanted,
 * say one line, and always end with 0. */
#include <errno.h>

#include "connector/connector.h"
#include "installer/queue.h"
#include "installer/verb.h"
#include "lib/i18n.h"
#include "lib/lock.h"
#include "repair/outcome.h"
#include "repair/recover.h"

#define RECOVER_MS 60000    /* for a run at work to end, before our programs go */
#define CONNECTOR_CHECK "5" /* the note that asks about a new connector: its account comes first */
#define RPM_LAST "0"        /* instances left: it is erased */

static void could_not_queue(const struct sys *sys, const char *why)
{
        _cleanup_free_ char *line = xasprintf(_("the check of the connector could not be queued: "
                                                "%s; run later: secep-repair --all"),
                                              why ? why : "?");
        queue_say(sys, true, line);
}

/* The connector came or changed: it is looked at once the transaction is over. */
static void check_connector(const struct sys *sys)
{
        _cleanup_free_ char *why = NULL, *line = NULL;
        const char *left = queue_left_to_do(sys);
        int r = queue_note(sys, CONNECTOR_CHECK, &why);
        if (r < 0)
                could_not_queue(sys, why);
        if (r <= 0) /* one that waits was told when it was queued */
                return;
        line = left ? xasprintf(_("a check of the connector is queued; %s"), _(left))
                    : xstrdup(_("a check of the connector is queued"));
        queue_say(sys, left != NULL, line);
}

/* A run that was cut off is put back while there still is a program that can. */
static void recover(struct sys *sys)
{
        _cleanup_free_ char *why = NULL, *line = NULL;
        _cleanup_recovery_ struct recovery recovery = { 0 };
        if (recover_needed(sys, &why) == 0)
                return;
        sys->deadline = now_ms() + RECOVER_MS;
        _cleanup_close_ int lock = lock_take(sys, &why);
        int r = lock < 0 ? lock : recover_all(sys, lock, &recovery, &why);
        if (r < 0)
                line = xasprintf(_("a run that was cut off could not be put back: %s"), why);
        else if (recovery.settled)
                line = xasprintf(_("run %s was cut off: what was temporary is put back"),
                                 recovery.settled[0]);
        else if (recovery.skipped)
                line = xasprintf(_("the log of a run cannot be read: %s"), recovery.skipped[0]);
        if (line)
                queue_say(sys, r < 0 || recovery.skipped, line);
}

/* postinst configure OLD | triggered NAMES | abort-... (deb-postinst(5)) */
static int postinst(struct sys *sys, char **argv, char *const *all)
{
        _cleanup_free_ char *why = NULL;
        (void)all;
        bool asked = argv[0] && (streq(argv[0], "configure") || streq(argv[0], "triggered"));
        if (asked && (streq(argv[0], "triggered") || connector_installed(sys, &why) != 0))
                check_connector(sys);
        return EXIT_NO_FAULT_LEFT;
}

/* prerm remove | upgrade NEW | deconfigure ... */
static int prerm(struct sys *sys, char **argv, char *const *all)
{
        (void)argv;
        (void)all;
        recover(sys);
        return EXIT_NO_FAULT_LEFT;
}

static int post(struct sys *sys, char **argv, char *const *all)
{
        _cleanup_free_ char *why = NULL;
        (void)argv;
        (void)all;
        if (connector_installed(sys, &why) != 0)
                check_connector(sys);
        return EXIT_NO_FAULT_LEFT;
}

/* %preun: rpm's upgrade leaves our programs there. */
static int preun(struct sys *sys, char **argv, char *const *all)
{
        (void)all;
        if (argv[0] && streq(argv[0], RPM_LAST))
                recover(sys);
        return EXIT_NO_FAULT_LEFT;
}

/* %posttrans, and the trigger on the connector's package: by then its files are all there. */
static int posttrans(struct sys *sys, char **argv, char *const *all)
{
        return post(sys, argv, all);
}

static int connector_changed(struct sys *sys, char **argv, char *const *all)
{
        (void)argv;
        (void)all;
        check_connector(sys);
        return EXIT_NO_FAULT_LEFT;
}

#define HOOK(symbol, text, arguments, what, function)                                              \
        const struct verb verb_##symbol = {                                                        \
                .name = text,                                                                      \
                .usage = arguments,                                                                \
                .summary = what,                                                                   \
                .hook = true,                                                                      \
                .run = function,                                                                   \
        }

HOOK(postinst, "postinst", "ARG...", N_("hook of dpkg: queue a check of a new connector"),
     postinst);
HOOK(prerm, "prerm", "ARG...", N_("hook of dpkg: put back a run that was cut off"), prerm);
HOOK(post, "post", "N", N_("hook of rpm, as postinst"), post);
HOOK(preun, "preun", "N", N_("hook of rpm, as prerm"), preun);
HOOK(posttrans, "posttrans", "N", N_("hook of rpm, as postinst"), posttrans);
HOOK(connector_changed, "connector-changed", "", N_("hook of rpm's trigger: queue a check"),
     connector_changed);
