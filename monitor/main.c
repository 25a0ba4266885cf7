/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-monitord: the command line. */
#include <errno.h>
#include <getopt.h>

#include "lib/conf.h"
#include "lib/i18n.h"
#include "lib/nearest.h"
#include "lib/stop.h"
#include "monitor/connector_word.h"
#include "monitor/daemon.h"
#include "monitor/monitor.h"
#include "monitor/say.h"
#include "repair/outcome.h"

enum way { WAY_DAEMON, WAY_ONCE, WAY_UNTIL_CLEAR, WAY_ASK };

struct asked {
        enum way way;
        unsigned wanted;
        long timeout;
};

static const struct option options[] = {
        { "once", no_argument, NULL, 'o' },
        { "until-clear", required_argument, NULL, 'u' },
        { "timeout", required_argument, NULL, 't' },
        { "ask-connector", no_argument, NULL, 'a' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'v' },
        { 0 },
};

/* One string a line: a translation keeps to 80 columns that way. */
static const char *const usage[] = {
        N_("Usage: secep-monitord [--once | --until-clear N[,...] [--timeout SECONDS]]"),
        N_("Watches for faults of the Cisco Secure Endpoint connector for Linux."),
        "",
        N_("  --once               check all nine now, as secep-repair --check does, and end"),
        N_("  --until-clear N,...  watch until these are cleared, and end"),
        N_("  --timeout SECONDS    with --until-clear: give up then"),
        N_("  --ask-connector      ask ampcli and leave its answer for the daemon"),
        "  --help, --version",
        "",
        N_("Exit status: 0 no fault is left, 1 a fault is left, 2 wrong usage or input,"),
        N_("3 could not tell, 4 a person or a reboot is needed. More: man secep-monitord"),
};

static int help(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(usage); i++)
                puts(*usage[i] ? _(usage[i]) : "");
        return EXIT_NO_FAULT_LEFT;
}

/* WORD is what getopt did not know, or what lacks a value. */
static int refuse_option(int c, const char *word)
{
        const char *names[ARRAY_SIZE(options)];
        size_t n = 0;
        for (; options[n].name; n++)
                names[n] = options[n].name;
        if (c == ':')
                return monitor_say("%s: a value is missing; see --help", word), -EINVAL;
        _cleanup_free_ char *bare =
                startswith(word, "--") ? xstrndup(word + 2, strcspn(word + 2, "=")) : xstrdup(word);
        _cleanup_free_ char *meant = nearest_hint("--", bare, names, n);
        return monitor_say("%s: unrecognized option%s; see --help", word, meant), -EINVAL;
}

static int faults_parse(const char *text, unsigned *out)
{
        _cleanup_free_ char *words = xstrdup(text);
        char *rest = words;
        for (char *word; (word = strsep(&rest, ","));) {
                long n;
                if (parse_long(word, 1, 1000, &n) < 0 || !fault_by_id((int)n))
                        return monitor_say("--until-clear %s: no such fault", word), -EINVAL;
                *out |= LOOK(n);
        }
        return 0;
}

static int set_way(struct asked *asked, enum way way)
{
        if (asked->way != WAY_DAEMON)
                return monitor_say("--once, --until-clear and --ask-connector exclude each other"),
                       -EINVAL;
        asked->way = way;
        return 0;
}

static int option_take(struct asked *asked, int c, const char *word)
{
        switch (c) {
        case 'o':
                return set_way(asked, WAY_ONCE);
        case 'a':
                return set_way(asked, WAY_ASK);
        case 'u':
                return set_way(asked, WAY_UNTIL_CLEAR) < 0 ? -EINVAL
                                                           : faults_parse(optarg, &asked->wanted);
        case 't':
                if (parse_long(optarg, 1, 86400, &asked->timeout) == 0)
                        return 0;
                return monitor_say("--timeout %s: not a number of seconds from 1 to 86400", optarg),
                       -EINVAL;
        }
        return refuse_option(c, word);
}

static int run(const struct asked *asked)
{
        _cleanup_sys_ struct sys sys = { .root_fd = -1 };
        _cleanup_free_ char *why = NULL;
        if (sys_open("/", &sys, &why) < 0 || conf_load(&sys, &why) < 0)
                return monitor_say("%s", why), EXIT_USAGE;
        switch (asked->way) {
        case WAY_ONCE:
                return once_run();
        case WAY_UNTIL_CLEAR:
                return until_clear_run(&sys, asked->wanted, asked->timeout);
        case WAY_ASK:
                return connector_word_ask_now(&sys);
        case WAY_DAEMON:
                break;
        }
        return daemon_run(&sys);
}

int main(int argc, char **argv)
{
        struct asked asked = { 0 };
        stop_reset_signals();
        i18n_begin();
        for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
                if (c == 'h')
                        return help();
                if (c == 'v')
                        return printf("secep-monitord %s\n", VERSION), EXIT_NO_FAULT_LEFT;
                if (option_take(&asked, c, argv[optind - 1]) < 0)
                        return EXIT_USAGE;
        }
        if (optind < argc)
                return monitor_say("%s: unexpected argument", argv[optind]), EXIT_USAGE;
        if (asked.timeout && asked.way != WAY_UNTIL_CLEAR)
                return monitor_say("--timeout goes with --until-clear"), EXIT_USAGE;
        if (asked.way == WAY_DAEMON || asked.way == WAY_ASK)
                i18n_end(); /* what it writes is for programs, and the catalog explains it to people */
        return run(&asked);
}
