/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs and functions run in a child, to their end. */
#include "lib/run.h"

#include <errno.h>
#include <sys/wait.h>

#include "lib/child.h"
#include "lib/util.h"

#define OUTPUT_DEFAULT ((size_t)64 * 1024)

static void child_result(struct child *c, int status, const struct child_cut *cut,
                         struct run_result *out)
{
        stream_finish(&c->out);
        stream_finish(&c->err);
        *out = (struct run_result){
                .status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                .timed_out = cut->timed_out,
                .stopped = cut->stopped,
                .out = c->out.text,
                .out_len = c->out.len,
                .err = c->err.text,
                .err_len = c->err.len,
        };
}

static int child_run(const struct run *run, const struct run_child *fn, struct child *c,
                     const struct child_limits *limits, struct run_result *out)
{
        int r = child_start(run, fn, c);
        if (r < 0)
                return r;
        r = child_started(c);
        struct child_cut cut = { 0 };
        int status = r == 0 ? child_wait(c, limits, &cut) : 0;
        struct run_result result;
        child_result(c, status, &cut, &result);
        if (r < 0)
                run_result_free(&result);
        else
                *out = result;
        return r;
}

int run_program(const struct run *run, struct run_result *out)
{
        size_t max = run->output_max ? run->output_max : OUTPUT_DEFAULT;
        struct child c = {
                .out = { .max = max, .on_line = run->on_line, .data = run->on_line_data },
                .err = { .max = max },
        };
        const struct child_limits limits = { run->timeout_ms, !run->inherit, run->obeys };
        return child_run(run, NULL, &c, &limits, out);
}

int run_child(const struct run_child *child, struct run_result *out)
{
        size_t max = child->output_max ? child->output_max : OUTPUT_DEFAULT;
        struct child c = {
                .out = { .max = max, .on_line = child->on_line, .data = child->on_line_data },
                .err = { .max = max },
        };
        const struct child_limits limits = { .timeout_ms = child->timeout_ms, .group = true };
        return child_run(NULL, child, &c, &limits, out);
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

int run_judge(const struct run *run, const struct run_result *result, char **why)
{
        const char *name = run->argv[0];
        if (result->timed_out)
                return fail(why, -ETIMEDOUT, "%s was not done after %lld s and was ended", name,
                            (long long)run->timeout_ms / 1000);
        if (result->stopped)
                return fail(why, -EINTR, "interrupted while %s ran", name);
        if (result->status == 0)
                return 0;
        _cleanup_free_ char *said = last_line(result->err);
        if (!said)
                said = last_line(result->out);
        return fail(why, -EIO, "%s ended with %s %d%s%s", name,
                    result->signal ? "signal" : "status",
                    result->signal ? result->signal : result->status, said ? ": " : "",
                    said ? said : "");
}

int run_checked(const struct run *run, struct run_result *out, char **why)
{
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = run_program(run, &result);
        if (r < 0)
                return fail(why, r, "%s cannot be run: %s", run->argv[0], error_text(-r));
        r = run_judge(run, &result, why);
        if (r == 0 && out) {
                *out = result;
                result = (struct run_result){ 0 };
        }
        return r;
}
