/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command the operator gave. */
#include "installer/command.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

#include "lib/run.h"
#include "lib/util.h"

/* Seen by both sides of the fork: whom a signal is passed to, and what set-up said. */
struct shared {
        volatile pid_t child;
        volatile int refused;
        int (*set_up)(void);
};

static struct shared *shared;

static const int passed_on[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static bool is_ignored(int sig)
{
        struct sigaction now;
        return sigaction(sig, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* What the terminal sends reaches the command by itself. */
static void pass_on(int sig, siginfo_t *info, void *context)
{
        (void)context;
        int error = errno;
        if (info->si_code != SI_KERNEL && shared->child > 0)
                kill(shared->child, sig);
        errno = error;
}

static void catch_signals(struct sigaction old[ARRAY_SIZE(passed_on)])
{
        struct sigaction action = { .sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART };
        for (size_t i = 0; i < ARRAY_SIZE(passed_on); i++)
                sigaction(passed_on[i], is_ignored(passed_on[i]) ? NULL : &action, &old[i]);
}

static int in_child(void *data)
{
        struct shared *s = data;
        for (size_t i = 0; i < ARRAY_SIZE(passed_on); i++)
                if (!is_ignored(passed_on[i])) /* nohup(1) means the command */
                        signal(passed_on[i], SIG_DFL);
        signal(SIGPIPE, SIG_DFL);
        s->child = getpid();
        s->refused = s->set_up ? s->set_up() : 0;
        return s->refused;
}

static int start_failed(int r, const char *name, char **why)
{
        int status = r == -ENOENT || r == -ENOTDIR ? COMMAND_NOT_FOUND : COMMAND_NOT_EXECUTABLE;
        (void)fail(why, r, "%s: %s", name, error_text(-r));
        return status;
}

int command_run(char *const *argv, int (*set_up)(void), int *refused, char **why)
{
        struct run run = { RUN_DEFAULT, .argv = (const char *const *)argv, .inherit = true };
        _cleanup_run_result_ struct run_result result = { 0 };
        struct sigaction old[ARRAY_SIZE(passed_on)];
        shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
        if (shared == MAP_FAILED)
                return start_failed(-errno, argv[0], why);
        shared->set_up = set_up;
        run.in_child = in_child;
        run.in_child_data = shared;
        catch_signals(old);
        int r = run_program(&run, &result);
        for (size_t i = 0; i < ARRAY_SIZE(passed_on); i++)
                sigaction(passed_on[i], &old[i], NULL);
        *refused = shared->refused;
        munmap(shared, sizeof(*shared));
        shared = NULL;
        if (r < 0)
                return start_failed(r, argv[0], why);
        return result.signal ? 128 + result.signal : result.status;
}
