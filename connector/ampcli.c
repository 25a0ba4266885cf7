/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ampcli status. */
#include "connector/ampcli.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "lib/conf.h"
#include "lib/run.h"
#include "lib/util.h"

#define SECONDS_DEFAULT 10
#define OUTPUT_MAX ((size_t)64 * 1024)
#define LINE_KEPT 1024
#define ID_MAX 99999

static struct ampcli_fault *fault_add(struct ampcli_status *s, long id)
{
        for (size_t i = 0; i < s->n_faults; i++)
                if (s->faults[i].id == id)
                        return &s->faults[i];
        if (s->n_faults == AMPCLI_FAULTS_MAX || id < 1 || id > ID_MAX)
                return NULL;
        s->faults[s->n_faults].id = (int)id;
        return &s->faults[s->n_faults++];
}

/* Every integer of VALUE, whatever stands between them. */
static void ids_take(struct ampcli_status *s, const char *value)
{
        while (*(value += strcspn(value, "0123456789"))) {
                char *end;
                long id = strtol(value, &end, 10);

                fault_add(s, id);
                value = end;
        }
}

/* "18 - Major: text", behind "ID " */
static bool fault_line(struct ampcli_status *s, const char *line)
{
        struct ampcli_fault *fault;
        char *at;
        long id = strtol(line, &at, 10);
        size_t n;

        if (at == line || !isdigit((unsigned char)*line))
                return false;
        at += strspn(at, " -\t");
        n = strcspn(at, ":");
        if (at[n] != ':' || !(fault = fault_add(s, id)))
                return false;
        snprintf(fault->severity, sizeof(fault->severity), "%.*s", (int)(n < 15 ? n : 15), at);
        at += n + 1;
        at += strspn(at, " \t");
        free(fault->text);
        fault->text = xstrdup(at);
        return true;
}

static bool text_line(struct ampcli_status *s, const char *key, size_t key_len, const char *value)
{
        const struct {
                const char *key;
                char **at;
        } texts[] = { { "Status", &s->status }, { "Mode", &s->mode }, { "Scan", &s->scan } };

        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                if (strlen(texts[i].key) != key_len || strncasecmp(key, texts[i].key, key_len) != 0)
                        continue;
                free(*texts[i].at);
                *texts[i].at = xstrdup(value);
                return true;
        }
        return false;
}

static bool line_take(struct ampcli_status *s, const char *line)
{
        const char *colon = strchr(line, ':'), *value;

        if (startswith(line, "ID ") && fault_line(s, line + 3))
                return true;
        if (!colon)
                return false;
        value = colon + 1 + strspn(colon + 1, " \t");
        if (startswith(line, "Fault IDs:")) {
                ids_take(s, value);
                return true;
        }
        return text_line(s, line, (size_t)(colon - line), value);
}

/* One line as text: cut, blanks at its ends dropped, bytes that are no text shown as '?'. */
static void line_copy(char *line, const char *from, size_t len)
{
        size_t n = 0;

        while (len && isspace((unsigned char)from[len - 1]))
                len--;
        while (len && isspace((unsigned char)*from))
                from++, len--;
        for (; n < len && n < LINE_KEPT; n++)
                line[n] = iscntrl((unsigned char)from[n]) ? '?' : from[n];
        line[n] = 0;
}

int ampcli_parse(const char *text, size_t len, struct ampcli_status *out, char **why)
{
        struct ampcli_status s = { 0 };
        const char *end = text + len;
        char line[LINE_KEPT + 1];
        bool any = false;

        while (text < end) {
                const char *stop = memchr(text, '\n', (size_t)(end - text));

                if (!stop)
                        stop = end;
                line_copy(line, text, (size_t)(stop - text));
                any |= line_take(&s, line);
                text = stop + (stop < end);
        }
        if (!any)
                return fail(why, -EBADMSG, "ampcli status printed no status");
        *out = s;
        return 0;
}

static int run_failed(const struct run_result *result, int64_t ms, char **why)
{
        if (result->stopped)
                return fail(why, -EINTR, "interrupted while ampcli status was asked");
        if (result->timed_out)
                return fail(why, -ETIMEDOUT, "ampcli status gave no answer in %lld s",
                            (long long)(ms + 999) / 1000);
        if (result->signal)
                return fail(why, -EIO, "ampcli status was ended by signal %d", result->signal);
        if (result->status != 0)
                return fail(why, -EIO, "ampcli status ended with status %d", result->status);
        return 0;
}

int ampcli_ask(const struct sys *sys, struct ampcli_status *out, char **why)
{
        return ampcli_ask_within(sys, INT64_MAX, out, why);
}

int ampcli_ask_within(const struct sys *sys, int64_t ms, struct ampcli_status *out, char **why)
{
        const char *program = connector_path(sys, PATH_AMPCLI);
        const char *const argv[] = { program, "status", NULL };
        int64_t most = conf_long(sys, "AmpCliSeconds", SECONDS_DEFAULT) * 1000;
        struct run run = { RUN_DEFAULT,
                           .argv = argv,
                           .timeout_ms = ms < most ? ms : most,
                           .output_max = OUTPUT_MAX,
                           .die_with_parent = true,
                           .obeys = true };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r;

        if (!sys->live)
                return fail(why, -EOPNOTSUPP, "ampcli is asked on the running system only");
        r = connector_trusted(sys, program, why);
        if (r == 0)
                r = run_program(&run, &result);
        if (r < 0)
                return fail(why, r, "%s: %s", program, error_text(-r));
        r = run_failed(&result, run.timeout_ms, why);
        return r < 0 ? r : ampcli_parse(result.out, result.out_len, out, why);
}

void ampcli_free(struct ampcli_status *status)
{
        free(status->status);
        free(status->mode);
        free(status->scan);
        for (size_t i = 0; i < status->n_faults; i++)
                free(status->faults[i].text);
        *status = (struct ampcli_status){ 0 };
}

const struct ampcli_fault *ampcli_fault(const struct ampcli_status *status, int id)
{
        for (size_t i = 0; i < status->n_faults; i++)
                if (status->faults[i].id == id)
                        return &status->faults[i];
        return NULL;
}

bool ampcli_degraded(const struct ampcli_status *status)
{
        return status->mode && strcasecmp(status->mode, "Degraded") == 0;
}
