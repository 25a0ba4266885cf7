/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program and kills it (SIGKILL) at its k-th turn, or lists its turns.
 *
 *     step [-m] [-a] [-c] [-s SIGNAL] [-e ERROR] [-x TEXT]... [-o FILE] K PROGRAM ARGUMENT...
 *
 * Turns: before each write to secep's run log and after each fsync of it; before and after each
 * rename, linkat and mount of the program's own code; each child it forks, at its birth, once it
 * runs another program and at its end. -a: also the children of those. -c: the renames, links and
 * mounts of the programs they run, too. -x: no turn whose name has TEXT. -m: kill the program alone
 * and let its children go on, as kill(1) does; else all of them at once, as a power cut does.
 * -s: at turn K the program alone gets SIGNAL, and goes on; a child whose turn it is stands still
 * until the program wrote something to standard error (a file), and FILE gets "answered N ms";
 * "silent" where it has not in 30 s. -e: the turns are the changing calls of the program's own code
 * that may fail with ERROR (failing.c), and the K-th does. K 0 kills nothing. FILE gets the names of the turns passed, a
 * line each. Exit status: 137 when it killed, else the program's own.
 */
#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "lib/util.h"
#include "tests/step/failing.h"
#include "tests/step/processes.h"
#include "tests/step/tracee.h"

#define PATIENCE_MS 30000

static struct {
        pid_t main;
        long turn, at;
        bool all, calls, only_main, killed;
        int signal, error;
        pid_t parked; /* stands still; 0: none */
        int parked_request;
        int64_t sent;
        off_t said; /* size of standard error when the signal was sent */
        const char *skip[32];
        size_t n_skip;
        FILE *out;
} s;

static void kill_now(void)
{
        for (struct process *p = process_next(NULL); p; p = process_next(p))
                if (!s.only_main || p->pid == s.main)
                        kill(p->pid, SIGKILL);
}

static off_t stderr_size(void)
{
        struct stat st;
        return fstat(STDERR_FILENO, &st) < 0 ? 0 : st.st_size;
}

static void signal_now(pid_t whose)
{
        s.said = stderr_size();
        kill(s.main, s.signal);
        if (whose != s.main) {
                s.parked = whose;
                s.sent = now_ms();
        } else if (s.out) {
                fprintf(s.out, "own turn\n");
        }
}

static void turn(pid_t whose, const char *when, const char *what)
{
        _cleanup_free_ char *name = xasprintf("%s %s", when, what);
        for (size_t i = 0; i < s.n_skip; i++)
                if (strstr(name, s.skip[i]))
                        return;
        if (s.killed)
                return;
        s.turn++;
        if (s.out)
                fprintf(s.out, "%ld %s\n", s.turn, name);
        if (s.turn != s.at)
                return;
        if (s.error)
                failing_do(whose, s.error);
        else if (s.signal)
                signal_now(whose);
        else
                kill_now();
        s.killed = true;
}

static void hold_end(struct process *p)
{
        if (p->held)
                ptrace(PTRACE_CONT, p->pid, NULL, NULL);
        p->held = false;
}

/* A parent that ended will tell of no fork any more. */
static void hold_end_all(void)
{
        for (struct process *p = process_next(NULL); p; p = process_next(p))
                hold_end(p);
}

static void on_birth(struct process *parent, pid_t pid)
{
        enum role role = parent->role == ROLE_OWN ? ROLE_OWN : ROLE_DEEP;
        bool counts = !s.error && (role == ROLE_OWN || s.all);
        struct process *p = process_of(pid);
        p->role = role;
        p->born = true;
        if (counts)
                turn(parent->pid, "birth of", "a child");
        hold_end(p);
}

static void on_exec(struct process *p)
{
        if (p->pid == s.main)
                return;
        if (p->role == ROLE_OWN)
                p->role = ROLE_CHILD;
        if (s.error)
                return;
        _cleanup_free_ char *name = tracee_name(p->pid);
        if (p->role == ROLE_CHILD || s.all)
                turn(p->pid, "start of", name);
}

static void on_end(struct process *p)
{
        _cleanup_free_ char *name = tracee_name(p->pid);
        if (p->pid != s.main && !s.error && (p->role != ROLE_DEEP || s.all))
                turn(p->pid, "end of", name);
}

/* The request that lets the process go on: PTRACE_SYSCALL where the call's end is a turn. */
static int on_call(struct process *p)
{
        bool after = false;
        _cleanup_free_ char *call = NULL;
        if (p->role == ROLE_OWN || s.calls)
                call = s.error ? failing_call(p->pid, s.error) : tracee_call(p->pid, &after);
        if (!call)
                return PTRACE_CONT;
        turn(p->pid, "before", call);
        if (!after)
                return PTRACE_CONT;
        free(p->after);
        p->after = TAKE_PTR(call);
        return PTRACE_SYSCALL;
}

static void on_stop(pid_t pid, int status)
{
        struct process *p = process_of(pid);
        int sig = WSTOPSIG(status), event = status >> 16, request = PTRACE_CONT;
        unsigned long message = 0;
        if (event == PTRACE_EVENT_SECCOMP) {
                request = on_call(p);
        } else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
                   event == PTRACE_EVENT_CLONE) {
                ptrace(PTRACE_GETEVENTMSG, pid, NULL, &message);
                on_birth(p, (pid_t)message);
        } else if (event == PTRACE_EVENT_EXEC) {
                on_exec(p);
        } else if (event == PTRACE_EVENT_EXIT) {
                on_end(p);
        } else if (sig == (SIGTRAP | 0x80)) {
                if (p->after)
                        turn(p->pid, "after", p->after);
                free(p->after);
                p->after = NULL;
        } else if (sig == SIGSTOP && !p->started) {
                p->started = true;
                p->held = !p->born && !s.killed;
                if (p->held)
                        return;
        } else if (event == 0 && sig != SIGTRAP) {
                ptrace(request, pid, NULL, (void *)(long)sig);
                return;
        }
        if (pid == s.parked)
                s.parked_request = request;
        else
                ptrace(request, pid, NULL, NULL);
}

/* Until it answered, or for too long. */
static void parked_look(void)
{
        int64_t ms = now_ms() - s.sent;
        bool answered = stderr_size() > s.said;
        if (!answered && ms < PATIENCE_MS)
                return;
        if (s.out && answered)
                fprintf(s.out, "answered %lld ms\n", (long long)ms);
        else if (s.out)
                fprintf(s.out, "silent\n");
        ptrace(s.parked_request, s.parked, NULL, NULL);
        s.parked = 0;
}

static void start(char **argv)
{
        s.main = fork();
        if (s.main == 0) {
                ptrace(PTRACE_TRACEME, 0, NULL, NULL);
                raise(SIGSTOP);
                if (s.error)
                        failing_watch(s.error);
                else
                        tracee_watch_calls();
                execvp(argv[0], argv);
                perror(argv[0]);
                _exit(127);
        }
        int status;
        if (s.main < 0 || waitpid(s.main, &status, 0) < 0) {
                perror("step: fork");
                exit(125);
        }
        *process_of(s.main) =
                (struct process){ .pid = s.main, .role = ROLE_OWN, .started = true, .born = true };
        if (ptrace(PTRACE_SETOPTIONS, s.main, NULL,
                   PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD |
                           PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                           PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT) < 0) {
                perror("step: ptrace");
                exit(125);
        }
        ptrace(PTRACE_CONT, s.main, NULL, NULL);
}

static int follow(void)
{
        int result = 0, status;
        for (;;) {
                if (s.parked)
                        parked_look();
                pid_t pid = waitpid(-1, &status, __WALL | (s.parked ? WNOHANG : 0));
                if (pid == 0)
                        sleep_ms(5);
                if (pid == 0 || (pid < 0 && errno == EINTR))
                        continue;
                if (pid < 0)
                        return s.killed && !s.signal && !s.error ? 137 : result;
                if (WIFSTOPPED(status)) {
                        on_stop(pid, status);
                        continue;
                }
                if (pid == s.main)
                        result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
                process_forget(pid);
                hold_end_all();
        }
}

static int usage(void)
{
        fprintf(stderr, "usage: step [-m] [-a] [-c] [-s SIGNAL] [-e ERROR] [-x TEXT]... [-o FILE] "
                        "K PROGRAM ARGUMENT...\n");
        return 125;
}

int main(int argc, char **argv)
{
        int c;
        while ((c = getopt(argc, argv, "+macs:e:x:o:")) != -1)
                if (c == 'm')
                        s.only_main = true;
                else if (c == 'a')
                        s.all = true;
                else if (c == 'c')
                        s.calls = true;
                else if (c == 's' && signal_of(optarg))
                        s.signal = signal_of(optarg);
                else if (c == 'e' && failing_error(optarg))
                        s.error = failing_error(optarg);
                else if (c == 'x' && s.n_skip < ARRAY_SIZE(s.skip))
                        s.skip[s.n_skip++] = optarg;
                else if (c == 'o')
                        s.out = fopen(optarg, "we");
                else
                        return usage();
        if (argc - optind < 2 || parse_long(argv[optind], 0, 1000000, &s.at) < 0)
                return usage();
        if (s.out)
                setlinebuf(s.out); /* where a program hangs, the last line is of that turn */
        start(argv + optind + 1);
        int result = follow();
        if (s.out && fclose(s.out) != 0)
                return 125;
        return result;
}
