/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the child. */
#include "lib/child_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/io.h"
#include "lib/util.h"

static const char *const search[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin" };

static void close_others(int keep)
{
        long max = sysconf(_SC_OPEN_MAX);
#ifdef SYS_close_range
        unsigned below = keep > 3 ? (unsigned)keep - 1 : 2,
                 above = keep > 2 ? (unsigned)keep + 1 : 3;
        if ((below < 3 || syscall(SYS_close_range, 3U, below, 0U) == 0) &&
            syscall(SYS_close_range, above, ~0U, 0U) == 0)
                return;
#endif
        for (int fd = 3; fd < (max > 0 ? max : 65536); fd++)
                if (fd != keep)
                        close(fd);
}

/* The same when exec succeeds. */
static void close_on_exec_others(int keep)
{
        long max = sysconf(_SC_OPEN_MAX);
#if defined(SYS_close_range) && defined(CLOSE_RANGE_CLOEXEC)
        unsigned below = keep > 3 ? (unsigned)keep - 1 : 2,
                 above = keep > 2 ? (unsigned)keep + 1 : 3;
        if ((below < 3 || syscall(SYS_close_range, 3U, below, CLOSE_RANGE_CLOEXEC) == 0) &&
            syscall(SYS_close_range, above, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
                return;
#endif
        for (int fd = 3; fd < (max > 0 && max < 65536 ? max : 65536); fd++)
                if (fd != keep)
                        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void reset_signals(void)
{
        for (int sig = 1; sig < NSIG; sig++)
                signal(sig, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
}

static int become(bool own_session, bool die_with_parent, pid_t parent)
{
        if (own_session)
                reset_signals();
        if (own_session && setsid() < 0)
                return -errno;
        if (die_with_parent && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
                return -errno;
        /* 0: the parent is outside our pid namespace. */
        pid_t now = getppid();
        return die_with_parent && now != parent && now != 0 ? -ESRCH : 0;
}

static int streams_to(int in, int out, int err)
{
        int null = in < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : in;
        if (null < 0 && in < 0) /* a root without /dev: an empty pipe is as good */
        {
                int ends[2];
                if (pipe2(ends, O_CLOEXEC) < 0)
                        return -errno;
                null = ends[0];
        }
        if (dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
                return -errno;
        return 0;
}

static int enter(const struct run *run)
{
        if (run->root_fd >= 0 && (fchdir(run->root_fd) < 0 || chroot(".") < 0))
                return -errno;
        int r = run->cwd_fd >= 0 ? fchdir(run->cwd_fd) : (run->inherit ? 0 : chdir("/"));
        if (r < 0)
                return -errno;
        return run->in_child ? run->in_child(run->in_child_data) : 0;
}

static int exec_found(const struct run *run, char *const *env)
{
        char *const *argv = (char *const *)run->argv;
        if (run->inherit)
                execvp(argv[0], argv);
        else if (strchr(argv[0], '/'))
                execve(argv[0], argv, env);
        else
                for (size_t i = 0; i < ARRAY_SIZE(search); i++) {
                        _cleanup_free_ char *path = xasprintf("%s/%s", search[i], argv[0]);
                        execve(path, argv, env);
                        if (errno != ENOENT && errno != ENOTDIR)
                                break;
                }
        return -errno;
}

static bool names(const char *const *env, const char *pair)
{
        size_t n = strcspn(pair, "=") + 1;
        for (; env && *env; env++)
                if (strncmp(*env, pair, n) == 0)
                        return true;
        return false;
}

static char **environment(const struct run *run)
{
        static const char *const fixed[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                             "LC_ALL=C.UTF-8" };
        char **env = NULL;
        for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
                if (!names(run->env, fixed[i]))
                        strv_add(&env, fixed[i]);
        for (const char *const *e = run->env; e && *e; e++)
                strv_add(&env, *e);
        return env;
}

static void tell_error(int fd, int r)
{
        (void)io_write_all(fd, &r, sizeof(r));
        _exit(127);
}

static int null_streams(void)
{
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null < 0)
                return -errno;
        for (int fd = 0; fd < 3; fd++)
                dup2(null, fd);
        return 0;
}

/* The wait status of PID as this process's own end; others are reaped on the way. */
static int reap_until(pid_t pid)
{
        int status = 0;
        for (;;) {
                pid_t got = waitpid(-1, &status, 0);
                if (got == pid)
                        return status;
                if (got < 0 && errno != EINTR)
                        return 0x7f00; /* exit status 127 */
        }
}

/* In the init of the namespace: signals sent to it from within have no effect, so the status goes
 * through a pipe. */
static _Noreturn void split_init(pid_t job, int to)
{
        close_others(to);
        (void)null_streams();
        int status = reap_until(job);
        (void)io_write_all(to, &status, sizeof(status));
        _exit(0);
}

static _Noreturn void split_wait(pid_t init, int from)
{
        int status = 0x7f00;
        close_others(from);
        (void)null_streams();
        ssize_t n;
        do
                n = read(from, &status, sizeof(status));
        while (n < 0 && errno == EINTR);
        (void)reap_until(init);
        if (n == sizeof(status) && WIFEXITED(status))
                _exit(WEXITSTATUS(status));
        int sig = n == sizeof(status) ? WTERMSIG(status) : SIGKILL;
        signal(sig, SIG_DFL);
        kill(getpid(), sig);
        _exit(128 + sig);
}

int child_split(void)
{
        int p[2], death = 0;
        (void)prctl(PR_GET_PDEATHSIG, &death); /* a fork forgets it */
        if (pipe2(p, O_CLOEXEC) < 0)
                return -errno;
        pid_t init = fork();
        if (init < 0)
                return -errno;
        if (init > 0)
                split_wait(init, p[0]);
        if (death)
                (void)prctl(PR_SET_PDEATHSIG, death);
        pid_t job = fork();
        if (job < 0)
                return -errno;
        if (job > 0)
                split_init(job, p[1]);
        if (death)
                (void)prctl(PR_SET_PDEATHSIG, death);
        close(p[0]);
        close(p[1]);
        return 0;
}

_Noreturn void child_program(const struct start *s)
{
        const struct run *run = s->run;
        char **env = environment(run);
        int r = become(!run->inherit, run->die_with_parent, s->parent);
        if (r == 0 && !run->inherit)
                r = run->fds ? streams_to(run->fds[0], run->fds[1], run->fds[2])
                             : streams_to(-1, s->out, s->err);
        if (r == 0)
                r = enter(run);
        if (r == 0 && run->keep_fd >= 0 && fcntl(run->keep_fd, F_SETFD, 0) < 0)
                r = -errno;
        if (r == 0 && !run->inherit) {
                umask(022);
                /* exec_error is close-on-exec, and so is every fd of ours: what is left are fds we
                 * were started with. */
                close_on_exec_others(run->keep_fd);
        }
        if (r == 0)
                r = exec_found(run, env);
        tell_error(s->exec_error, r);
        _exit(127);
}

_Noreturn void child_function(const struct start *s)
{
        int r = become(true, s->fn->die_with_parent, s->parent);
        int data = r == 0 ? fcntl(s->out, F_DUPFD, 3) : -1;
        if (r == 0 && (data < 0 || (r = streams_to(-1, s->err, s->err)) < 0))
                tell_error(s->exec_error, r < 0 ? r : -errno);
        if (r < 0)
                tell_error(s->exec_error, r);
        close(s->exec_error);
        close_others(data);
        int status = s->fn->fn(s->fn->data, data) & 0xff;
        fflush(NULL);
        _exit(status);
}
