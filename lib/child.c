/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child process. */
#include "lib/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/child_exec.h"
#include "lib/stop.h"
#include "lib/util.h"

#define TICK_MS 20

/* A function is spoken to where it answers; a program only writes. */
static int pipes(int p[3][2], bool both_ways)
{
        if (both_ways ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p[0]) < 0
                      : pipe2(p[0], O_CLOEXEC) < 0)
                return -errno;
        for (int i = 1; i < 3; i++)
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

int child_start(const struct run *run, const struct run_child *fn, struct child *out)
{
        int p[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
        int r = pipes(p, fn && fn->asked);
        fflush(NULL);
        struct start s = { .run = run, .fn = fn, .parent = getpid() };
        pid_t pid = r == 0 ? fork() : -1;
        if (pid < 0) {
                r = r < 0 ? r : -errno;
                pipes_close(p, 0);
                pipes_close(p, 1);
                return r;
        }
        if (pid == 0) {
                s.out = p[0][1];
                s.err = p[1][1];
                s.exec_error = p[2][1];
                if (run)
                        child_program(&s);
                child_function(&s);
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

int child_started(struct child *c)
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

static void child_cut(struct child *c, const struct child_limits *limits, int64_t end,
                      struct child_cut *cut)
{
        if (cut->timed_out || cut->stopped)
                return;
        cut->timed_out = now_ms() >= end;
        cut->stopped = !cut->timed_out && limits->obeys && stop_asked();
        if (!cut->timed_out && !cut->stopped)
                return;
        kill(limits->group ? -c->pid : c->pid, SIGKILL);
        kill(c->pid, SIGKILL);
}

int child_wait(struct child *c, const struct child_limits *limits, struct child_cut *cut)
{
        int64_t end = limits->timeout_ms > 0 ? now_ms() + limits->timeout_ms : INT64_MAX;
        int status = 0, ms = 1;
        for (;;) {
                pid_t got = waitpid(c->pid, &status, WNOHANG);
                if (got == c->pid)
                        return status;
                if (got < 0 && errno != EINTR)
                        return -1;
                child_cut(c, limits, end, cut);
                child_poll(c, ms);
                ms = ms < TICK_MS ? ms * 2 : TICK_MS;
        }
}
