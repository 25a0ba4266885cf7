/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fork and exec. */
#include "lib/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/io.h"
#include "lib/util.h"

#define OUTPUT_DEFAULT ((size_t)64 * 1024)
#define LINE_MAX_KEPT ((size_t)4096)
#define TICK_MS 20

static const char *const search[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin" };

/* One stream of the child: what was kept of it, and the line not finished yet. */
struct stream {
        int fd;
        char *text;
        size_t len, max;
        char *line;
        size_t line_len;
        void (*on_line)(void *, const char *);
        void *data;
};

struct child {
        pid_t pid;
        int exec_error; /* the pipe on which the child says why it could not start */
        struct stream out, err;
};

static void stream_end_line(struct stream *s)
{
        s->line[s->line_len] = '\0';
        s->on_line(s->data, s->line);
        s->line_len = 0;
}

static void stream_lines(struct stream *s, const char *data, size_t n)
{
        if (!s->line)
                s->line = xcalloc(LINE_MAX_KEPT + 1, 1);
        for (size_t i = 0; i < n; i++) {
                if (data[i] == '\n')
                        stream_end_line(s);
                else if (s->line_len < LINE_MAX_KEPT)
                        s->line[s->line_len++] = data[i];
        }
}

static void stream_keep(struct stream *s, const char *data, size_t n)
{
        if (s->on_line)
                stream_lines(s, data, n);
        size_t room = s->max - s->len;
        if (n > room)
                n = room;
        s->text = xreallocarray(s->text, s->len + n + 1, 1);
        memcpy(s->text + s->len, data, n);
        s->len += n;
        s->text[s->len] = '\0';
}

/* Reads what is there; false at the end of the stream. */
static bool stream_read(struct stream *s)
{
        char data[8192];
        for (;;) {
                ssize_t n = read(s->fd, data, sizeof(data));
                if (n > 0) {
                        stream_keep(s, data, (size_t)n);
                        continue;
                }
                if (n < 0 && errno == EINTR)
                        continue;
                return n < 0 && errno == EAGAIN;
        }
}

static void stream_close(struct stream *s)
{
        if (s->fd >= 0)
                close(s->fd);
        s->fd = -1;
}

static void stream_finish(struct stream *s)
{
        if (s->fd >= 0)
                stream_read(s);
        if (s->line_len > 0)
                stream_end_line(s);
        stream_close(s);
        free(s->line);
        s->line = NULL;
        if (!s->text)
                s->text = xcalloc(1, 1);
}

/* --- in the child: nothing here returns to the caller --- */

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

static char **environment(const struct run *run)
{
        char **env = NULL;
        strv_add(&env, "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
        strv_add(&env, "LC_ALL=C.UTF-8");
        for (const char *const *e = run->env; e && *e; e++)
                strv_add(&env, *e);
        return env;
}

struct start {
        const struct run *run;      /* a program */
        const struct run_child *fn; /* or a function */
        pid_t parent;
        int out, err, exec_error;
};

static void tell_error(int fd, int r)
{
        (void)io_write_all(fd, &r, sizeof(r));
        _exit(127);
}

_Noreturn static void child_program(const struct start *s)
{
        const struct run *run = s->run;
        char **env = environment(run);
        int r = become(!run->inherit, run->die_with_parent, s->parent);
        if (r == 0 && !run->inherit)
                r = streams_to(-1, s->out, s->err);
        if (r == 0)
                r = enter(run);
        if (r == 0 && run->keep_fd >= 0 && fcntl(run->keep_fd, F_SETFD, 0) < 0)
                r = -errno;
        if (r == 0 && !run->inherit) {
                umask(022);
                /* exec_error is close-on-exec, and so is every fd of ours: what is left are fds we
                 * were started with. */
                for (int fd = 3; fd < 64; fd++)
                        if (fd != run->keep_fd && fd != s->exec_error)
                                fcntl(fd, F_SETFD, FD_CLOEXEC);
        }
        if (r == 0)
                r = exec_found(run, env);
        tell_error(s->exec_error, r);
        _exit(127);
}

_Noreturn static void child_function(const struct start *s)
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

/* --- in the parent --- */

static int pipes(int p[3][2])
{
        for (int i = 0; i < 3; i++)
                if (pipe2(p[i], O_CLOEXEC) < 0)
                        return -errno;
        return 0;
}

static void pipes_close(int p[3][2], int end)
{
        for (int i = 0; i < 3; i++) {
                if (p[i][end] >= 0)
                        close(p[i][end]);
                p[i][end] = -1;
        }
}

static int child_start(struct start *s, struct child *out)
{
        int p[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
        int r = pipes(p);
        fflush(NULL);
        s->parent = getpid();
        pid_t pid = r == 0 ? fork() : -1;
        if (pid < 0) {
                r = r < 0 ? r : -errno;
                pipes_close(p, 0);
                pipes_close(p, 1);
                return r;
        }
        if (pid == 0) {
                s->out = p[0][1];
                s->err = p[1][1];
                s->exec_error = p[2][1];
                if (s->run)
                        child_program(s);
                child_function(s);
        }
        pipes_close(p, 1);
        fcntl(p[0][0], F_SETFL, O_NONBLOCK);
        fcntl(p[1][0], F_SETFL, O_NONBLOCK);
        out->pid = pid;
        out->out.fd = p[0][0];
        out->err.fd = p[1][0];
        out->exec_error = p[2][0];
        return 0;
}

/* 0 once the child runs; what it said otherwise (it is reaped then). */
static int child_started(struct child *c)
{
        int error = 0;
        ssize_t n;
        do
                n = read(c->exec_error, &error, sizeof(error));
        while (n < 0 && errno == EINTR);
        close(c->exec_error);
        if (n != sizeof(error))
                return 0;
        while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
                ;
        return error;
}

static void child_poll(struct child *c, int ms)
{
        struct stream *streams[] = { &c->out, &c->err };
        struct pollfd fds[2] = { { .fd = c->out.fd, .events = POLLIN },
                                 { .fd = c->err.fd, .events = POLLIN } };
        if (poll(fds, 2, ms) <= 0)
                return;
        for (int i = 0; i < 2; i++)
                if (fds[i].revents && !stream_read(streams[i]))
                        stream_close(streams[i]);
}

/* Waits for the child, reading its streams; past the limit the process group is killed. A
 * grandchild that keeps a stream open does not keep us. */
static int child_wait(struct child *c, int64_t timeout_ms, bool group, bool *timed_out)
{
        int64_t end = timeout_ms > 0 ? now_ms() + timeout_ms : INT64_MAX;
        int status = 0, ms = 1;
        for (;;) {
                pid_t got = waitpid(c->pid, &status, WNOHANG);
                if (got == c->pid)
                        return status;
                if (got < 0 && errno != EINTR)
                        return -1;
                if (now_ms() >= end && !*timed_out) {
                        *timed_out = true;
                        kill(group ? -c->pid : c->pid, SIGKILL);
                        kill(c->pid, SIGKILL);
                }
                child_poll(c, ms);
                ms = ms < TICK_MS ? ms * 2 : TICK_MS;
        }
}

static void child_result(struct child *c, int status, bool timed_out, struct run_result *out)
{
        stream_finish(&c->out);
        stream_finish(&c->err);
        *out = (struct run_result){
                .status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                .timed_out = timed_out,
                .out = c->out.text,
                .out_len = c->out.len,
                .err = c->err.text,
                .err_len = c->err.len,
        };
}

static int child_run(struct start *s, struct child *c, int64_t timeout_ms, bool group,
                     struct run_result *out)
{
        int r = child_start(s, c);
        if (r < 0)
                return r;
        r = child_started(c);
        bool timed_out = false;
        int status = r == 0 ? child_wait(c, timeout_ms, group, &timed_out) : 0;
        struct run_result result;
        child_result(c, status, timed_out, &result);
        if (r < 0)
                run_result_free(&result);
        else
                *out = result;
        return r;
}

int run_program(const struct run *run, struct run_result *out)
{
        size_t max = run->output_max ? run->output_max : OUTPUT_DEFAULT;
        struct start s = { .run = run };
        struct child c = {
                .out = { .max = max, .on_line = run->on_line, .data = run->on_line_data },
                .err = { .max = max },
        };
        return child_run(&s, &c, run->timeout_ms, !run->inherit, out);
}

int run_child(const struct run_child *child, struct run_result *out)
{
        size_t max = child->output_max ? child->output_max : OUTPUT_DEFAULT;
        struct start s = { .fn = child };
        struct child c = {
                .out = { .max = max, .on_line = child->on_line, .data = child->on_line_data },
                .err = { .max = max },
        };
        return child_run(&s, &c, child->timeout_ms, true, out);
}

void run_result_free(struct run_result *result)
{
        free(result->out);
        free(result->err);
        *result = (struct run_result){ 0 };
}

/* The last line of TEXT that is not empty, malloc'ed; NULL: there is none. */
static char *last_line(const char *text)
{
        size_t end = strlen(text);
        while (end > 0 && strchr(" \r\n\t", text[end - 1]))
                end--;
        size_t start = end;
        while (start > 0 && text[start - 1] != '\n')
                start--;
        return end > start ? xstrndup(text + start, end - start) : NULL;
}

int run_checked(const struct run *run, struct run_result *out, char **why)
{
        _cleanup_run_result_ struct run_result result = { 0 };
        const char *name = run->argv[0];
        int r = run_program(run, &result);
        if (r < 0)
                return fail(why, r, "%s cannot be run: %s", name, strerror(-r));
        if (result.timed_out)
                return fail(why, -ETIMEDOUT, "%s was not done after %lld s and was ended", name,
                            (long long)run->timeout_ms / 1000);
        if (result.status != 0) {
                _cleanup_free_ char *said = last_line(result.err);
                if (!said)
                        said = last_line(result.out);
                return fail(why, -EIO, "%s ended with %s %d%s%s", name,
                            result.signal ? "signal" : "status",
                            result.signal ? result.signal : result.status, said ? ": " : "",
                            said ? said : "");
        }
        if (out) {
                *out = result;
                result = (struct run_result){ 0 };
        }
        return 0;
}
