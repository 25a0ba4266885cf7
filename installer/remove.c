/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-installer remove: the connector's package, by its package system. The vendor's purge, which
 * makes a new GUID, is never run. */
#include <errno.h>

#include "accounts/accounts.h"
#include "connector/connector.h"
#include "connector/paths.h"
#include "installer/vendor.h"
#include "installer/verb.h"
#include "lib/i18n.h"
#include "lib/lock.h"
#include "lib/run.h"
#include "repair/outcome.h"
#include "selinux/secep_selinux.h"

#define TIME_LIMIT_MS ((int64_t)10 * 60 * 1000)
#define TOOLKIT "--purge-toolkit"

static int remove_package(const struct sys *sys, char **why)
{
        const char *name = connector_path(sys, PATH_PACKAGE);
        const char *const deb[] = { "dpkg", "-r", name, NULL };
        const char *const rpm[] = { "rpm", "-e", name, NULL };
        const char *const *argv[] = { [PACKAGES_DPKG] = deb, [PACKAGES_RPM] = rpm };
        enum package_kind kind = package_kind(sys);
        if (kind == PACKAGES_NONE)
                return fail(why, -EOPNOTSUPP, "no package system that is known keeps this host");
        struct run run = { RUN_DEFAULT, .argv = argv[kind], .timeout_ms = TIME_LIMIT_MS };
        return run_checked(&run, NULL, why);
}

/* The scan account: by the distribution's own tool, which refuses where a process still runs as it. */
static int remove_account(const struct sys *sys, char **why)
{
        static const char *const user[] = { "userdel", SCAN_ACCOUNT, NULL };
        static const char *const group[] = { "groupdel", SCAN_ACCOUNT, NULL };
        struct run run = { RUN_DEFAULT, .argv = user, .timeout_ms = TIME_LIMIT_MS };
        for (size_t i = 0; i < 2;
             i++) { /* userdel takes the group along where it is the user's own */
                _cleanup_account_ struct account a = { .user = false };
                int r = account_read(sys, SCAN_ACCOUNT, &a, why);
                if (r < 0)
                        return r;
                if (!(i == 0 ? a.user : a.group))
                        continue;
                run.argv = i == 0 ? user : group;
                if ((r = run_checked(&run, NULL, why)) < 0)
                        return r;
                printf(i == 0 ? _("user %s removed\n") : _("group %s removed\n"), SCAN_ACCOUNT);
        }
        return 0;
}

static int remove_selinux(const struct sys *sys, char **why)
{
        _cleanup_selinux_state_ struct selinux_state state = { 0 };
        _cleanup_selinux_store_ struct selinux_store store = { 0 };
        int r = selinux_state_read(sys, &state, why);
        if (r < 0 || state.mode == SELINUX_ABSENT)
                return r;
        r = selinux_store_read(sys, state.type, &store, why);
        if (r < 0 || !store.path || !selinux_store_has(&store, SELINUX_MODULE, SELINUX_PRIORITY))
                return r;
        struct selinux_change change = { .op = SELINUX_REMOVE,
                                         .type = state.type,
                                         .name = SELINUX_MODULE,
                                         .priority = SELINUX_PRIORITY };
        r = selinux_change(sys, &change, NULL, why);
        if (r == 0)
                printf(_("SELinux module %s removed\n"), SELINUX_MODULE);
        return r;
}

static int purge_toolkit(struct sys *sys, char **why)
{
        int there = connector_installed(sys, why);
        if (there != 0)
                return there < 0 ? there
                                 : fail(why, -EBUSY,
                                        "the connector is installed and needs the account and "
                                        "the SELinux module");
        _cleanup_close_ int lock = lock_take(sys, why);
        int r = lock < 0 ? lock : remove_account(sys, why);
        return r < 0 ? r : remove_selinux(sys, why);
}

static int run(struct sys *sys, char **argv, char *const *all)
{
        _cleanup_free_ char *why = NULL;
        bool toolkit = argv[0] && streq(argv[0], TOOLKIT);
        (void)all;
        if (argv[0] && (!toolkit || argv[1]))
                return verb_usage(&verb_remove);
        int r = connector_installed(sys, &why);
        if (r == 0 && !toolkit)
                return puts(_("no connector is installed")), EXIT_NO_FAULT_LEFT;
        if (r == 1)
                r = remove_package(sys, &why);
        if (r == 0 && toolkit)
                r = purge_toolkit(sys, &why);
        return r < 0 ? verb_complain(EXIT_FAULT_LEFT, why) : EXIT_NO_FAULT_LEFT;
}

const struct verb verb_remove = {
        .name = "remove",
        .usage = "[" TOOLKIT "]",
        .summary = N_("remove the connector; with " TOOLKIT " its account and SELinux module, too"),
        .needs_root = true,
        .run = run,
};
