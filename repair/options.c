/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#include "faults/allow.h"
#include "repair/options.h"

#include <errno.h>
#include <getopt.h>
#include <sys/stat.h>

/* One row an option: what --help says of it, and who takes its value. */
struct option_row {
        const char *name, *argument, *help;
        int (*take)(struct options *o, const char *value, char **why);
};

static int take_fault(struct options *o, const char *value, char **why)
{
        long id;
        const struct fault *fault =
                parse_long(value, 1, 10000, &id) == 0 ? fault_by_id((int)id) : NULL;
        if (!fault)
                return fail(why, -EINVAL, "--fault %s: not one of 5, 6, 7, 8, 9, 11, 16, 18, 19",
                            value);
        for (const struct fault *const *f = o->faults; *f; f++)
                if (*f == fault)
                        return fail(why, -EINVAL, "--fault %s is given twice", value);
        size_t n = 0;
        while (o->faults[n])
                n++;
        o->faults[n] = fault;
        return 0;
}

static int take_all(struct options *o, const char *value, char **why)
{
        (void)value;
        if (o->faults[0])
                return fail(why, -EINVAL, "--all and --fault exclude each other");
        for (size_t i = 0; i < FAULTS_MAX; i++)
                o->faults[i] = faults[i];
        return 0;
}

static int set_action(struct options *o, enum action action, char **why)
{
        if (o->action != ACTION_OVERVIEW)
                return fail(why, -EINVAL,
                            "--check, --plan, --rehearse, --undo, --history and --list exclude "
                            "each other");
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
TAKES_ACTION(take_history, ACTION_HISTORY)
TAKES_ACTION(take_list, ACTION_LIST)
TAKES_ACTION(take_help, ACTION_HELP)
TAKES_ACTION(take_version, ACTION_VERSION)

static int take_undo(struct options *o, const char *value, char **why)
{
        o->undo = value;
        return set_action(o, ACTION_UNDO, why);
}

static int take_json(struct options *o, const char *value, char **why)
{
        (void)value;
        (void)why;
        o->json = true;
        return 0;
}

static int take_root(struct options *o, const char *value, char **why)
{
        (void)why;
        o->root = value;
        return 0;
}

/* A release becomes part of paths and package names. */
static int take_kernel(struct options *o, const char *value, char **why)
{
        static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789.+~_-";
        if (!*value || strchr("0123456789", *value) == NULL || strlen(value) > 128 ||
            strspn(value, allowed) != strlen(value))
                return fail(why, -EINVAL, "--kernel %s: not a kernel release as uname -r prints it",
                            value);
        o->release = value;
        return 0;
}

static int take_timeout(struct options *o, const char *value, char **why)
{
        if (parse_long(value, 0, 86400, &o->timeout) < 0)
                return fail(why, -EINVAL, "--timeout %s: not a number of seconds from 0 to 86400",
                            value);
        return 0;
}

static int take_allow(struct options *o, const char *value, char **why)
{
        static const struct {
                const char *name;
                enum allow allow;
        } names[] = {
                { "kernel-change", ALLOW_KERNEL_CHANGE },
                { "throttle", ALLOW_THROTTLE },
                { "second-module", ALLOW_SECOND_MODULE },
        };
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                if (streq(value, names[i].name)) {
                        o->allow |= names[i].allow;
                        return 0;
                }
        return fail(why, -EINVAL, "--allow %s: not kernel-change, throttle or second-module",
                    value);
}

static int check_directory(const char *flag, const char *value, char **why)
{
        struct stat st;
        if (stat(value, &st) < 0)
                return fail(why, -EINVAL, "%s %s: %s", flag, value, strerror(errno));
        if (!S_ISDIR(st.st_mode))
                return fail(why, -EINVAL, "%s %s: not a directory", flag, value);
        return 0;
}

static int take_offline(struct options *o, const char *value, char **why)
{
        o->offline_dir = value;
        return check_directory("--offline", value, why);
}

static int take_module_source(struct options *o, const char *value, char **why)
{
        o->module_source = value;
        return check_directory("--module-source", value, why);
}

static int take_prove(struct options *o, const char *value, char **why)
{
        (void)value;
        (void)why;
        o->prove = true;
        return 0;
}

static const struct option_row rows[] = {
        { "fault", "N", "fault N (may be repeated)", take_fault },
        { "all", NULL, "all nine faults", take_all },
        { "check", NULL, "look only, change nothing", take_check },
        { "prove", NULL, "with --check: load eBPF, make an event, ask ampcli", take_prove },
        { "plan", NULL, "show the steps, do none", take_plan },
        { "rehearse", NULL, "repair a throw-away copy and show what changed there", take_rehearse },
        { "json", NULL, "print one JSON object", take_json },
        { "root", "DIR", "work on the system in DIR, which is not running", take_root },
        { "kernel", "RELEASE", "ask for this kernel instead of the running one", take_kernel },
        { "timeout", "SECONDS", "how long to wait for locks and networks (300)", take_timeout },
        { "allow", "WHAT", "kernel-change, throttle or second-module", take_allow },
        { "offline", "DIR", "take packages from DIR", take_offline },
        { "module-source", "DIR", "build kernel modules from DIR", take_module_source },
        { "undo", "RUN", "put back what run RUN changed", take_undo },
        { "history", NULL, "list the runs", take_history },
        { "list", NULL, "list the faults", take_list },
        { "help", NULL, "show this (-h too)", take_help },
        { "version", NULL, "show the version", take_version },
};

void options_help(void)
{
        printf("Usage: secep-repair --fault N [--fault M ...] | --all [OPTION ...]\n"
               "       secep-repair --undo RUN | --history | --list\n"
               "Finds and repairs the faults of the Cisco Secure Endpoint Linux connector.\n"
               "Without an argument it checks all nine and changes nothing; with --fault or --all\n"
               "and none of --check, --plan, --rehearse it repairs.\n\n");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                printf("  --%s%s%-*s %s\n", rows[i].name, rows[i].argument ? " " : "",
                       (int)(20 - strlen(rows[i].name) - (rows[i].argument ? 1 : 0)),
                       rows[i].argument ? rows[i].argument : "", rows[i].help);
        printf("\nExit status: 0 no fault left, 1 a fault is left, 2 wrong usage or input,\n"
               "3 could not tell, 4 a person or a reboot is needed.\n");
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
        const struct fault *sorted[FAULTS_MAX + 1] = { NULL };
        size_t n = 0;
        for (const struct fault *const *f = faults; *f; f++)
                for (const struct fault *const *given = o->faults; *given; given++)
                        if (*given == *f)
                                sorted[n++] = *f;
        memcpy(o->faults, sorted, sizeof(sorted));
}

static int complete(struct options *o, bool any, char **why)
{
        bool about_faults = o->action <= ACTION_REPAIR;
        if (!about_faults && o->faults[0])
                return fail(why, -EINVAL,
                            "--fault and --all do not go with --undo, --history, --list");
        if (about_faults && o->action != ACTION_OVERVIEW && !o->faults[0])
                return fail(why, -EINVAL, "which fault? Say --fault N or --all");
        if (o->prove && o->action != ACTION_CHECK)
                return fail(why, -EINVAL, "--prove goes with --check");
        if (o->action == ACTION_OVERVIEW && o->faults[0])
                o->action = ACTION_REPAIR;
        else if (o->action == ACTION_OVERVIEW) {
                if (any && (o->allow || o->offline_dir))
                        return fail(why, -EINVAL, "which fault? Say --fault N or --all");
                take_all(o, NULL, NULL);
        }
        sort_faults(o);
        return 0;
}

int options_parse(int argc, char **argv, struct options *out, char **why)
{
        struct options o = { .root = "/", .timeout = TIMEOUT_DEFAULT };
        struct option table[ARRAY_SIZE(rows) + 1];
        bool all = false;
        long_options(table);
        opterr = 0;
        for (int row; (row = getopt_long(argc, argv, ":h", table, NULL)) != -1;) {
                if (row == 'h')
                        return o.action = ACTION_HELP, *out = o, 0;
                if (row == '?')
                        return fail(why, -EINVAL, "%s: no such option, or a value it does not take",
                                    argv[optind - 1]);
                if (row == ':')
                        return fail(why, -EINVAL, "%s: a value is missing", argv[optind - 1]);
                if (all && rows[row].take == take_fault)
                        return fail(why, -EINVAL, "--all and --fault exclude each other");
                all |= rows[row].take == take_all;
                int r = rows[row].take(&o, optarg, why);
                if (r < 0)
                        return r;
        }
        if (optind < argc)
                return fail(why, -EINVAL, "%s: what is this? Faults are given as --fault N",
                            argv[optind]);
        int r = complete(&o, argc > 1, why);
        if (r == 0)
                *out = o;
        return r;
}
