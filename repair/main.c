/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-repair: one function an action. */
#include "lib/i18n.h"
#include "lib/stop.h"
#include "lib/wait.h"
#include "repair/program.h"

static const struct {
        int (*act)(struct program *p);
        bool needs_root;
} actions[] = {
        [ACTION_OVERVIEW] = { act_check, false }, [ACTION_CHECK] = { act_check, false },
        [ACTION_PLAN] = { act_plan, false },      [ACTION_REHEARSE] = { act_rehearse, true },
        [ACTION_WATCH] = { act_watch, false },    [ACTION_REPAIR] = { act_repair, true },
        [ACTION_UNDO] = { act_undo, true },       [ACTION_HISTORY] = { act_history, false },
        [ACTION_LIST] = { act_list, false },      [ACTION_REPORT] = { act_report, false },
};

/* An answer that did not reach its reader is not "no fault". */
static int printed(int status)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return status;
        program_complain(status, _("standard output could not be written"));
        return status == EXIT_NO_FAULT_LEFT ? EXIT_COULD_NOT_TELL : status;
}

int main(int argc, char **argv)
{
        struct program p = { .argv = argv, .sys = { .root_fd = -1 } };
        _cleanup_free_ char *why = NULL;
        stop_reset_signals();
        wait_told_by(program_note, NULL);
        i18n_begin();
        if (options_parse(argc, argv, &p.options, &why) < 0) {
                program_complain(EXIT_USAGE, why);
                return EXIT_USAGE;
        }
        if (p.options.json)
                i18n_end();
        if (p.options.action == ACTION_HELP)
                return options_help(), EXIT_NO_FAULT_LEFT;
        if (p.options.action == ACTION_VERSION)
                return printf("secep-repair %s\n", VERSION), EXIT_NO_FAULT_LEFT;
        if (actions[p.options.action].needs_root && geteuid() != 0)
                return program_complain(EXIT_USAGE,
                                        _("a change needs root; --check and --plan do not"));
        int status = program_open(&p, &why) < 0 ? program_complain(EXIT_USAGE, why)
                                                : actions[p.options.action].act(&p);
        sys_close(&p.sys);
        return printed(status);
}
