/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asked to stop. */
#include "lib/stop.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

#include "lib/util.h"

static volatile sig_atomic_t own, answering;
static volatile sig_atomic_t *asked = &own; /* shared with our children once signals are caught */
static bool (*program_asked)(void);
static char line[256]; /* written only while answering is 0 */
static size_t line_len;

static void on_signal(int sig)
{
        int error = errno;
        *asked = sig;
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

/* A child in a session of its own gets none of our signals, and waits as we would. */
static void share(void)
{
        void *page =
                mmap(NULL, sizeof(own), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (asked != &own || page == MAP_FAILED)
                return;
        asked = page;
        *asked = own;
}

void stop_catch(void)
{
        share();
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
        return *asked != 0 || (program_asked && program_asked());
}

void stop_ask(bool (*program)(void))
{
        program_asked = program;
}

void stop_obeyed(void)
{
        *asked = 0;
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
