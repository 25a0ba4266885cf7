/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-installer: one verb a file. */
#include "installer/verb.h"

#include "lib/conf.h"
#include "lib/i18n.h"
#include "lib/layout.h"
#include "lib/nearest.h"
#include "lib/stop.h"
#include "lib/util.h"
#include "lib/wait.h"
#include "repair/outcome.h"

#define WAIT_MS 60000 /* for the locks of others */

static const struct verb *const verbs[] = {
        &verb_preflight,
        &verb_install,
        &verb_upgrade,
        &verb_reinstall,
        &verb_remove,
        &verb_status,
        &verb_with_usergroups,
        &verb_run_pending,
        &verb_kernel_added,
        &verb_kernel_removed,
        &verb_kernels_changed,
        &verb_postinst,
        &verb_prerm,
        &verb_post,
        &verb_preun,
        &verb_posttrans,
        &verb_connector_changed,
};

#define HOOK_COLUMNS 17 /* of the longest hook: what a person does not type has a line each */

static void help(FILE *to)
{
        struct layout layout;
        layout_open(&layout, to);
        fprintf(to, "%s\n\n", _("Usage: secep-installer VERB [ARG...]"));
        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
                _cleanup_free_ char *words = xasprintf(
                        "%s%s%s", verbs[i]->name, *verbs[i]->usage ? " " : "", verbs[i]->usage);
                const struct layout_cell cells[] = {
                        { words, verbs[i]->hook ? HOOK_COLUMNS : 0, STYLE_PLAIN },
                        { _(verbs[i]->summary), 0, STYLE_PLAIN },
                };
                layout_row(&layout, 2, cells, verbs[i]->hook ? 2 : 1);
                if (!verbs[i]->hook)
                        layout_text(&layout, 8, 8, STYLE_PLAIN, cells[1].text);
        }
        fputs("  --help, --version\n", to);
}

static const struct verb *find(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
                if (streq(verbs[i]->name, name))
                        return verbs[i];
        return NULL;
}

static int refuse(const char *word)
{
        const char *names[ARRAY_SIZE(verbs) + 2] = { "--help", "--version" };
        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
                names[i + 2] = verbs[i]->name;
        _cleanup_free_ char *meant = nearest_hint("", word, names, ARRAY_SIZE(names));
        _cleanup_free_ char *why =
                xasprintf(_("%s: unrecognized command%s; see --help"), word, meant);
        return verb_complain(EXIT_USAGE, why);
}

/* A hook that fails would fail the package system's transaction. */
static int verb_failed(const struct verb *verb, int status, const char *why)
{
        (void)verb_complain(status, why);
        return verb->hook ? EXIT_NO_FAULT_LEFT : status;
}

static int run(const struct verb *verb, char **argv)
{
        _cleanup_sys_ struct sys sys = { .root_fd = -1 };
        _cleanup_free_ char *why = NULL;
        if (sys_open("/", &sys, &why) < 0 || conf_load(&sys, &why) < 0)
                return verb_failed(verb, EXIT_USAGE, why);
        sys.deadline = now_ms() + WAIT_MS;
        return verb->run(&sys, argv + 2, argv);
}

static void say(void *data, const char *note)
{
        (void)data;
        verb_complain(0, note);
}

int main(int argc, char **argv)
{
        stop_reset_signals();
        wait_told_by(say, NULL);
        i18n_begin();
        if (argc < 2) {
                help(stderr);
                return EXIT_USAGE;
        }
        if (streq(argv[1], "--help") || streq(argv[1], "-h"))
                return help(stdout), EXIT_NO_FAULT_LEFT;
        if (streq(argv[1], "--version"))
                return printf("secep-installer %s\n", VERSION), EXIT_NO_FAULT_LEFT;
        const struct verb *verb = find(argv[1]);
        if (!verb)
                return refuse(argv[1]);
        if ((verb->needs_root || verb->hook) && geteuid() != 0)
                return verb_failed(verb, EXIT_USAGE, _("this needs root"));
        return run(verb, argv);
}
