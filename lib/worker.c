/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child asked more than once. */
#include "lib/worker.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/child.h"
#include "lib/util.h"

struct worker {
        struct child child;
        size_t max;
};

int worker_open(const struct run_child *child, struct worker **out)
{
        struct worker *w = xcalloc(1, sizeof(*w));
        w->max = child->output_max;
        w->child.out.max = child->output_max;
        w->child.err.max = 4096;
        int r = child_start(NULL, child, &w->child);
        if (r == 0 && (r = child_started(&w->child)) < 0) {
                stream_finish(&w->child.out);
                stream_finish(&w->child.err);
                free(w->child.out.text);
                free(w->child.err.text);
        }
        if (r < 0)
                free(w);
        else
                *out = w;
        return r;
}

static int worker_send(struct worker *w, const char *request)
{
        _cleanup_free_ char *line = xasprintf("%s\n", request);
        size_t len = strlen(line), done = 0;
        while (done < len) {
                ssize_t n = send(w->child.out.fd, line + done, len - done, MSG_NOSIGNAL);
                if (n > 0)
                        done += (size_t)n;
                else if (n < 0 && errno == EAGAIN)
                        sleep_ms(1);
                else if (n < 0 && errno != EINTR)
                        return -EPIPE;
        }
        return 0;
}

/* The answer in what has come so far, malloc'ed, or NULL; lines before it are handed on. */
static char *worker_scan(struct stream *out, size_t *at, void (*on_line)(void *, const char *),
                         void *data)
{
        for (char *end; out->text && (end = memchr(out->text + *at, '\n', out->len - *at));) {
                _cleanup_free_ char *line =
                        xstrndup(out->text + *at, (size_t)(end - out->text) - *at);
                *at = (size_t)(end - out->text) + 1;
                if (*line == '{')
                        return TAKE_PTR(line);
                if (on_line)
                        on_line(data, line);
        }
        return NULL;
}

int worker_ask(struct worker *w, const char *request, void (*on_line)(void *, const char *line),
               void *data, char **answer)
{
        struct stream *out = &w->child.out;
        struct pollfd fds[] = { { .fd = out->fd, .events = POLLIN },
                                { .fd = w->child.err.fd, .events = POLLIN } };
        size_t at = 0;
        out->len = 0;
        int r = worker_send(w, request);
        for (bool more = true; r == 0;) {
                char *line = worker_scan(out, &at, on_line, data);
                if (line) {
                        *answer = line;
                        return 0;
                }
                if (!more)
                        return -EPIPE;
                if (out->len == w->max)
                        return -EMSGSIZE;
                if (poll(fds, 2, -1) <= 0)
                        continue;
                if (fds[1].revents && !stream_read(&w->child.err))
                        fds[1].fd = -1;
                if (fds[0].revents)
                        more = stream_read(out);
        }
        return r;
}

void worker_close(struct worker *w, int *signal)
{
        const struct child_limits limits = { .group = true };
        struct child_cut cut = { 0 };
        if (!w)
                return;
        shutdown(w->child.out.fd, SHUT_WR);
        int status = child_wait(&w->child, &limits, &cut);
        if (signal)
                *signal = status != -1 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        stream_finish(&w->child.out);
        stream_finish(&w->child.err);
        free(w->child.out.text);
        free(w->child.err.text);
        free(w);
}
