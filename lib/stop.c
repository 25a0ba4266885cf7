/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asked to stop. */
#include "lib/stop.h"

#include <errno.h>
#include <signal.h>

#include "lib/util.h"

static volatile sig_atomic_t asked, answering;
static char line[256]; /* written only while answering is 0 */
static size_t line_len;

static void on_signal(int sig)
{
        int error = errno;
        asked = sig;
        if (answering)
                (void)!write(STDERR_FILENO, line, line_len);
        errno = error;
}

void stop_reset_signals(void)
{
        sigset_t none;
        for (int sig = 1; sig < NSIG; sig++) {
                struct sigaction old;
                if (sigaction(sig, NULL, &old) < 0 || old.sa_handler == SIG_DFL ||
                    (sig == SIGHUP && old.sa_handler == SIG_IGN))
                        continue;
                signal(sig, SIG_DFL);
        }
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
}

void stop_catch(void)
{
        static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
        struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART }, old;
        for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
                if (signals[i] != SIGHUP || sigaction(SIGHUP, NULL, &old) < 0 ||
                    old.sa_handler != SIG_IGN)
                        sigaction(signals[i], &action, NULL);
        signal(SIGPIPE, SIG_IGN); /* a closed terminal or pipe must not stop a repair half-way */
}

bool stop_asked(void)
{
        return asked != 0;
}

void stop_obeyed(void)
{
        asked = 0;
}

void stop_answer(const char *answer)
{
        answering = 0;
        if (!answer)
                return;
        /* A terminal may be in the middle of a line that shows how far the step is. */
        int n = snprintf(line, sizeof(line), "%s%s: %s\n", isatty(STDERR_FILENO) ? "\n" : "",
                         program_invocation_short_name, answer);
        line_len = n < 0 ? 0 : (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1;
        answering = 1;
}
