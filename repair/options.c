/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#include "lib/i18n.h"
#include "lib/nearest.h"
#include "repair/options.h"
#include "repair/options_values.h"

#include <errno.h>
#include <getopt.h>

/* One row an option: what --help says of it, and who takes its value. */
struct option_row {
        const char *name, *argument, *help;
        int (*take)(struct options *o, const char *value, char **why);
};

static int take_all(struct options *o, const char *value, char **why)
{
        (void)value;
        if (o->faults[0] && !o->all)
                return fail(why, -EINVAL, "--all and --fault exclude each other");
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                o->faults[i] = faults[i];
        o->all = true;
        return 0;
}

static int set_action(struct options *o, enum action action, char **why)
{
        if (o->action != ACTION_OVERVIEW)
                return fail(why, -EINVAL,
                            "--check, --plan, --rehearse, --watch, --undo, --history, --list and "
                            "--report exclude each other");
        o->action = action;
        return 0;
}

#define TAKES_ACTION(name, action)                                                                 \
        static int name(struct options *o, const char *value, char **why)                          \
        {                                                                                          \
                (void)value;                                                                       \
                return set_action(o, action, why);                                                 \
        }
TAKES_ACTION(take_check, ACTION_CHECK)
TAKES_ACTION(take_plan, ACTION_PLAN)
TAKES_ACTION(take_rehearse, ACTION_REHEARSE)
TAKES_ACTION(take_watch, ACTION_WATCH)
TAKES_ACTION(take_history, ACTION_HISTORY)
TAKES_ACTION(take_list, ACTION_LIST)
TAKES_ACTION(take_help, ACTION_HELP)
TAKES_ACTION(take_version, ACTION_VERSION)

static int take_undo(struct options *o, const char *value, char **why)
{
        o->undo = value;
        return set_action(o, ACTION_UNDO, why);
}

static int take_report(struct options *o, const char *value, char **why)
{
        o->report = value;
        return set_action(o, ACTION_REPORT, why);
}

#define TAKES_FLAG(name, flag)                                                                     \
        static int name(struct options *o, const char *value, char **why)                          \
        {                                                                                          \
                (void)value;                                                                       \
                (void)why;                                                                         \
                o->flag = true;                                                                    \
                return 0;                                                                          \
        }
TAKES_FLAG(take_json, json)
TAKES_FLAG(take_quiet, quiet)
TAKES_FLAG(take_verbose, verbose)
TAKES_FLAG(take_prove, prove)

static int take_root(struct options *o, const char *value, char **why)
{
        (void)why;
        o->root = value;
        return 0;
}

static int take_timeout(struct options *o, const char *value, char **why)
{
        if (parse_long(value, 0, 86400, &o->timeout) < 0)
                return fail(why, -EINVAL, "--timeout %s: not a number of seconds from 0 to 86400",
                            value);
        return 0;
}

static int take_wait(struct options *o, const char *value, char **why)
{
        if (parse_long(value, 1, 86400, &o->wait) < 0)
                return fail(why, -EINVAL, _("--wait %s: not a number of seconds from 1 to 86400"),
                            value);
        return 0;
}

static int take_offline(struct options *o, const char *value, char **why)
{
        o->offline_dir = value;
        return option_directory("--offline", value, why);
}

static int take_offline_sums(struct options *o, const char *value, char **why)
{
        (void)why;
        o->offline_sums = value;
        return 0;
}

static int take_module_source(struct options *o, const char *value, char **why)
{
        o->module_source = value;
        return option_directory("--module-source", value, why);
}

static const struct option_row rows[] = {
        { "fault", "N|NAME[,...]", N_("these faults, by number or name"), option_fault },
        { "all", NULL, N_("every fault"), take_all },
        { "check", NULL, N_("look, change nothing"), take_check },
        { "prove", NULL, N_("with --check: load eBPF, make an event, ask ampcli"), take_prove },
        { "plan", NULL, N_("show the steps of a repair, do none"), take_plan },
        { "rehearse", NULL, N_("repair a throw-away copy, show what changed there"),
          take_rehearse },
        { "watch", NULL, N_("show live what secep-monitord sees"), take_watch },
        { "undo", "RUN|last", N_("put back what a run changed"), take_undo },
        { "history", NULL, N_("list the runs"), take_history },
        { "list", NULL, N_("list the faults"), take_list },
        { "report", "DIR", N_("put into a new DIR what somebody who helps needs"), take_report },
        { "json", NULL, N_("print one JSON object"), take_json },
        { "quiet", NULL, N_("print only the faults that are left"), take_quiet },
        { "verbose", NULL, N_("print what was seen of healthy faults, too"), take_verbose },
        { "root", "DIR", N_("work on the system in DIR, which is not running"), take_root },
        { "kernel", "RELEASE", N_("ask for this kernel instead of the running one"),
          option_kernel },
        { "wait", "SECONDS", N_("after a repair, until secep-monitord says it is cleared"),
          take_wait },
        { "timeout", "SECONDS", N_("wait no longer for locks and networks (300)"), take_timeout },
        { "allow", "WHAT", N_("kernel-change, throttle, second-module, boolean, again"),
          option_allow },
        { "offline", "DIR", N_("take packages from DIR only"), take_offline },
        { "offline-sums", "FILE", N_("SHA-256 sums of those, as sha256sum writes them"),
          take_offline_sums },
        { "module-source", "DIR", N_("build kernel modules from DIR"), take_module_source },
        { "help", NULL, N_("print this (also -h)"), take_help },
        { "version", NULL, N_("print the version"), take_version },
};

/* One string a line: a translation keeps to 80 columns that way. */
static const char *const usage[] = {
        N_("Usage: secep-repair --fault N|NAME[,...] | --all [OPTION ...]"),
        N_("       secep-repair --check | --undo RUN|last | --history | --list [OPTION ...]"),
        N_("Finds and repairs faults of the Cisco Secure Endpoint connector for Linux."),
        N_("With --fault or --all and none of --check, --plan, --rehearse it repairs."),
        N_("Without an argument it checks every fault and changes nothing."),
};

void options_help(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(usage); i++)
                puts(_(usage[i]));
        puts("");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                printf("  --%s%s%-*s %s\n", rows[i].name, rows[i].argument ? " " : "",
                       (int)(20 - strlen(rows[i].name) - (rows[i].argument ? 1 : 0)),
                       rows[i].argument ? rows[i].argument : "", _(rows[i].help));
        printf("\n%s\n%s\n",
               _("Exit status: 0 no fault is left, 1 a fault is left, 2 wrong usage or input,"),
               _("3 could not tell, 4 a person or a reboot is needed. More: man secep-repair"));
}

static void long_options(struct option out[ARRAY_SIZE(rows) + 1])
{
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                out[i] = (struct option){
                        .name = rows[i].name,
                        .has_arg = rows[i].argument ? required_argument : no_argument,
                        .val = (int)i,
                };
        out[ARRAY_SIZE(rows)] = (struct option){ 0 };
}

/* In the table's order, whatever the order they were given in. */
static void sort_faults(struct options *o)
{
        const struct fault *sorted[FAULTS_COUNT + 1] = { NULL };
        size_t n = 0;
        for (const struct fault *const *f = faults; *f; f++)
                for (const struct fault *const *given = o->faults; *given; given++)
                        if (*given == *f)
                                sorted[n++] = *f;
        memcpy(o->faults, sorted, sizeof(sorted));
}

static int complete_faults(struct options *o, bool any, char **why)
{
        bool looks = o->action == ACTION_CHECK || o->action == ACTION_OVERVIEW ||
                     o->action == ACTION_WATCH;
        if (o->action == ACTION_OVERVIEW && o->faults[0])
                o->action = ACTION_REPAIR;
        else if (!o->faults[0] && looks && !(any && (o->allow || o->offline_dir)))
                take_all(o, NULL, NULL);
        if (!o->faults[0])
                return fail(why, -EINVAL, "no fault is named: add --fault N or --all; see --help");
        sort_faults(o);
        return 0;
}

static int complete(struct options *o, bool any, char **why)
{
        if (o->quiet && o->verbose)
                return fail(why, -EINVAL, "--quiet and --verbose exclude each other");
        if (o->prove && o->action != ACTION_CHECK)
                return fail(why, -EINVAL, "--prove goes with --check");
        if (o->offline_sums && !o->offline_dir)
                return fail(why, -EINVAL, "--offline-sums goes with --offline");
        if (o->action == ACTION_WATCH && o->json)
                return fail(why, -EINVAL, _("--watch and --json exclude each other"));
        if (o->action == ACTION_REPORT && o->json)
                return fail(why, -EINVAL, _("--report and --json exclude each other"));
        if (o->action <= ACTION_REPAIR)
                return complete_faults(o, any, why);
        if (o->faults[0])
                return fail(why, -EINVAL,
                            "--fault and --all do not go with --undo, --history, --list, --report");
        return 0;
}

static int refuse_option(const char *given, char **why)
{
        const char *names[ARRAY_SIZE(rows)];
        size_t n = strcspn(given, "=");
        _cleanup_free_ char *word = xstrndup(given, n);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                names[i] = rows[i].name;
                if (given[n] && startswith(word, "--") && streq(word + 2, names[i]))
                        return fail(why, -EINVAL, "%s takes no value; see --help", word);
        }
        _cleanup_free_ char *meant =
                nearest_hint("--", word + strspn(word, "-"), names, ARRAY_SIZE(rows));
        return fail(why, -EINVAL, "%s: unrecognized option%s; see --help", given, meant);
}

int options_parse(int argc, char **argv, struct options *out, char **why)
{
        struct options o = { .root = "/", .timeout = TIMEOUT_DEFAULT };
        struct option table[ARRAY_SIZE(rows) + 1];
        long_options(table);
        opterr = 0;
        for (int row; (row = getopt_long(argc, argv, ":h", table, NULL)) != -1;) {
                if (row == 'h')
                        return o.action = ACTION_HELP, *out = o, 0;
                if (row == '?')
                        return refuse_option(argv[optind - 1], why);
                if (row == ':')
                        return fail(why, -EINVAL, "%s: a value is missing; see --help",
                                    argv[optind - 1]);
                if (o.all && rows[row].take == option_fault)
                        return fail(why, -EINVAL, "--all and --fault exclude each other");
                int r = rows[row].take(&o, optarg, why);
                if (r < 0)
                        return r;
        }
        if (optind < argc)
                return fail(why, -EINVAL, "%s: unexpected argument; faults are named with --fault",
                            argv[optind]);
        int r = complete(&o, argc > 1, why);
        if (r == 0 && o.wait && o.action != ACTION_REPAIR)
                r = fail(why, -EINVAL, _("--wait goes with a repair"));
        if (r == 0)
                *out = o;
        return r;
}
