/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that asks before it acts. */
#include "lib/dialog.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lib/child.h"
#include "lib/util.h"

#define TICK_MS 2
#define OUTPUT_MAX ((size_t)1024 * 1024)

struct dialog {
        struct child child;
        int in, out, err;
        int status;
        bool ended;
};

static void dialog_free(struct dialog *d)
{
        int fds[] = { d->in, d->out, d->err };
        for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
                cleanup_close(&fds[i]);
        stream_close(&d->child.out);
        stream_close(&d->child.err);
        free(d);
}

int dialog_start(const struct run *run, struct dialog **out)
{
        int in[2] = { -1, -1 };
        struct dialog *d = xcalloc(1, sizeof(*d));
        d->child.out.fd = d->child.err.fd = -1;
        d->out = memfd_create("secep-out", MFD_CLOEXEC);
        d->err = memfd_create("secep-err", MFD_CLOEXEC);
        int r = d->out < 0 || d->err < 0 ? -errno : 0;
        if (r == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) < 0)
                r = -errno;
        d->in = in[1];
        const int fds[] = { in[0], d->out, d->err };
        struct run asked = *run;
        asked.fds = fds;
        if (r == 0)
                r = child_start(&asked, NULL, &d->child);
        if (r == 0)
                r = child_started(&d->child);
        cleanup_close(&in[0]);
        if (r < 0)
                dialog_free(d);
        else
                *out = d;
        return r;
}

static char *text_of(int fd, size_t *len)
{
        char *text = xcalloc(OUTPUT_MAX + 1, 1);
        ssize_t n = pread(fd, text, OUTPUT_MAX, 0);
        *len = n > 0 ? (size_t)n : 0;
        return text;
}

char *dialog_said(const struct dialog *d)
{
        size_t len;
        return text_of(d->out, &len);
}

char *dialog_complained(const struct dialog *d)
{
        size_t len;
        return text_of(d->err, &len);
}

/* Looks again only where FD grew: *SEEN. */
static bool has(int fd, off_t *seen, const char *question, unsigned n)
{
        struct stat st;
        size_t len;
        if (fstat(fd, &st) < 0 || st.st_size == *seen)
                return false;
        *seen = st.st_size;
        _cleanup_free_ char *said = text_of(fd, &len);
        for (const char *at = said; n > 0 && (at = strstr(at, question)); at += strlen(question))
                n--;
        return n == 0;
}

static int until(struct dialog *d, const char *question, unsigned n, int64_t timeout_ms,
                 bool either)
{
        int64_t end = now_ms() + timeout_ms;
        off_t seen_out = 0, seen_err = 0;
        for (;;) {
                if (!d->ended && waitpid(d->child.pid, &d->status, WNOHANG) == d->child.pid)
                        d->ended = true;
                if (has(d->out, &seen_out, question, n) ||
                    (either && has(d->err, &seen_err, question, n)))
                        return 1;
                if (d->ended)
                        return 0;
                if (now_ms() >= end)
                        return -ETIMEDOUT;
                sleep_ms(TICK_MS);
        }
}

int dialog_until(struct dialog *d, const char *question, int64_t timeout_ms)
{
        return until(d, question, 1, timeout_ms, false);
}

int dialog_until_either(struct dialog *d, const char *question, unsigned n, int64_t timeout_ms)
{
        return until(d, question, n, timeout_ms, true);
}

void dialog_answer(struct dialog *d, const char *text)
{
        (void)send(d->in, text, strlen(text), MSG_NOSIGNAL);
}

static void dialog_wait(struct dialog *d)
{
        while (!d->ended)
                d->ended = waitpid(d->child.pid, &d->status, 0) == d->child.pid || errno != EINTR;
}

void dialog_finish(struct dialog *d, struct run_result *out)
{
        shutdown(d->in, SHUT_WR);
        dialog_wait(d);
        *out = (struct run_result){
                .status = WIFEXITED(d->status) ? WEXITSTATUS(d->status) : -1,
                .signal = WIFSIGNALED(d->status) ? WTERMSIG(d->status) : 0,
        };
        out->out = text_of(d->out, &out->out_len);
        out->err = text_of(d->err, &out->err_len);
        dialog_free(d);
}

void dialog_drop(struct dialog *d)
{
        if (!d)
                return;
        if (!d->ended)
                kill(-d->child.pid, SIGKILL);
        dialog_wait(d);
        dialog_free(d);
}
