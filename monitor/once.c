/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-monitord --once: secep-repair --check --all by another name, for a host without systemd. */
#include "monitor/daemon.h"

#include <getopt.h>

#include "repair/program.h"

int once_run(void)
{
        static char name[] = "secep-repair", check[] = "--check", all[] = "--all";
        static char *words[] = { name, check, all, NULL };
        struct program p = { .argv = words, .sys = { .root_fd = -1 } };
        _cleanup_free_ char *why = NULL;
        optind = 0; /* getopt was used for our own words */
        if (options_parse(ARRAY_SIZE(words) - 1, p.argv, &p.options, &why) < 0 ||
            program_open(&p, &why) < 0)
                return program_complain(EXIT_USAGE, why);
        int status = act_check(&p);
        sys_close(&p.sys);
        return fflush(stdout) == 0 ? status : EXIT_COULD_NOT_TELL;
}
