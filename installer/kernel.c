/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-installer kernel-added / kernel-removed: called in the middle of a package transaction, so
 * they only write down what is wanted, or tidy up, and never fail it. */
#include <errno.h>

#include "installer/pending.h"
#include "installer/queue.h"
#include "installer/verb.h"
#include "kmod-build/build.h"
#include "lib/i18n.h"
#include "packages/packages.h"
#include "repair/outcome.h"

/* One line says what was not queued, and why. */
static void note_kernel(const struct sys *sys, const char *release)
{
        _cleanup_free_ char *why = NULL, *line = NULL;
        if (queue_note(sys, release, &why) >= 0)
                return;
        line = xasprintf(_("modules for kernel %s could not be queued: %s; run later: "
                           "secep-repair --all --kernel %s"),
                         release, why ? why : "?", release);
        queue_say(sys, true, line);
}

static int added(struct sys *sys, char **argv, char *const *all)
{
        (void)all;
        if (!argv[0] || argv[1] || release_check(argv[0], NULL) < 0)
                return verb_usage(&verb_kernel_added);
        note_kernel(sys, argv[0]);
        return EXIT_NO_FAULT_LEFT;
}

/* Modules came without a hook having said whose: the newest kernel's, as rpm's file trigger has it. */
static int changed(struct sys *sys, char **argv, char *const *all)
{
        _cleanup_free_ char *why = NULL, *release = NULL;
        (void)argv;
        (void)all;
        int r = release_newest(sys, &release, &why);
        if (r == 0)
                note_kernel(sys, release);
        else if (r != -ENOENT)
                verb_complain(0, why);
        return EXIT_NO_FAULT_LEFT;
}

static int removed(struct sys *sys, char **argv, char *const *all)
{
        _cleanup_free_ char *why = NULL;
        (void)all;
        if (!argv[0] || argv[1] || release_check(argv[0], NULL) < 0)
                return verb_usage(&verb_kernel_removed);
        int r = pending_drop(sys, argv[0], &why);
        if (r == 0)
                r = kmod_forget(sys, argv[0], &why);
        if (r < 0)
                verb_complain(0, why);
        return EXIT_NO_FAULT_LEFT;
}

const struct verb verb_kernel_added = {
        .name = "kernel-added",
        .usage = "RELEASE",
        .summary = N_("note in " QUEUE_NEW " that a kernel needs headers and modules"),
        .needs_root = true,
        .run = added,
};

const struct verb verb_kernels_changed = {
        .name = "kernels-changed",
        .usage = "",
        .summary = N_("hook of rpm's file trigger: kernel-added for the newest kernel"),
        .hook = true,
        .run = changed,
};

const struct verb verb_kernel_removed = {
        .name = "kernel-removed",
        .usage = "RELEASE",
        .summary = N_("drop that note, and remove our modules and builds for a removed kernel"),
        .needs_root = true,
        .run = removed,
};
