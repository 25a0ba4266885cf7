/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events: in memory, as JSON, in the log. */
#include "monitor/event.h"

#include <errno.h>
#include <fcntl.h>

#include "host/logs.h"
#include "lib/io.h"
#include "lib/json.h"

#define WHY_MAX ((size_t)500)

/* A line of the log has to be read back whole, with each byte as \\uXXXX at the worst. */
static char *text_cut(const char *text)
{
        size_t n = strlen(text);
        if (n > WHY_MAX)
                for (n = WHY_MAX; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
                        ;
        return xstrndup(text, n);
}

void event_list_add(struct event_list *events, const struct event *event)
{
        events->all = xreallocarray(events->all, events->n + 1, sizeof(*events->all));
        struct event *e = &events->all[events->n++];
        *e = *event;
        e->cause = event->cause ? xstrdup(event->cause) : NULL;
        e->why = event->why ? text_cut(event->why) : NULL;
}

static void event_free(struct event *event)
{
        free(event->cause);
        free(event->why);
}

void event_list_drop_first(struct event_list *events)
{
        event_free(&events->all[0]);
        memmove(events->all, events->all + 1, --events->n * sizeof(*events->all));
}

void event_list_free(struct event_list *events)
{
        for (size_t i = 0; i < events->n; i++)
                event_free(&events->all[i]);
        free(events->all);
        *events = (struct event_list){ 0 };
}

json_t *event_json(const struct event *event)
{
        const struct fault *fault = fault_by_id(event->fault);
        return json_pack("{s:i, s:I, s:I, s:i, s:s, s:s, s:o, s:o}", "schema", 1, "seq",
                         (json_int_t)event->seq, "time", (json_int_t)event->time, "fault",
                         event->fault, "slug", fault ? fault->slug : "", "event",
                         transition_name(event->what), "cause", json_text_new(event->cause), "why",
                         json_text_new(event->why));
}

int event_from_json(const json_t *j, struct event *out)
{
        const char *what = json_text(j, "event"), *cause = json_text(j, "cause"),
                   *why = json_text(j, "why");
        json_int_t seq = json_integer_value(json_object_get(j, "seq")),
                   fault = json_integer_value(json_object_get(j, "fault"));

        if (seq <= 0 || fault <= 0 || fault > 1000 || !fault_by_id((int)fault) || !what)
                return -EBADMSG;
        if (!streq(what, "raised") && !streq(what, "cleared"))
                return -EBADMSG;
        *out = (struct event){
                .seq = (uint64_t)seq,
                .time = json_integer_value(json_object_get(j, "time")),
                .fault = (int)fault,
                .what = streq(what, "raised") ? TRANSITION_RAISED : TRANSITION_CLEARED,
                .cause = cause ? xstrdup(cause) : NULL,
                .why = why ? xstrdup(why) : NULL,
        };
        return 0;
}

struct reader {
        struct states *states; /* NULL: only numbers are wanted */
        uint64_t highest, wanted;
        bool found;
};

static void log_event(void *data, const char *line)
{
        struct reader *reader = data;
        _cleanup_json_ json_t *j = json_loads(line, 0, NULL);
        struct event e;

        if (!j || event_from_json(j, &e) < 0)
                return;
        reader->found |= e.seq == reader->wanted;
        reader->highest = e.seq > reader->highest ? e.seq : reader->highest;
        struct fault_state *state = reader->states ? states_find(reader->states, e.fault) : NULL;
        if (state) {
                state->kept = e.what == TRANSITION_RAISED ? CONDITION_RAISED : CONDITION_CLEARED;
                state->since = e.time;
                free(state->cause);
                state->cause = state->kept == CONDITION_RAISED ? TAKE_PTR(e.cause) : NULL;
        }
        event_free(&e);
}

static void logs_read(const struct sys *sys, struct reader *reader)
{
        (void)log_tail(sys, EVENTS_OLD, log_event, reader);
        (void)log_tail(sys, EVENTS_LOG, log_event, reader);
}

void event_log_recover(const struct sys *sys, struct states *states, uint64_t *seq)
{
        struct reader reader = { .states = states };
        logs_read(sys, &reader);
        *seq = reader.highest > *seq ? reader.highest : *seq;
}

static bool ends_whole(int fd, off_t size)
{
        char last;
        return size == 0 || (pread(fd, &last, 1, size - 1) == 1 && last == '\n');
}

static int append_line(int fd, const char *line)
{
        struct stat st;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        _cleanup_free_ char *text =
                xasprintf("%s%s\n", ends_whole(fd, st.st_size) ? "" : "\n", line);
        int r = io_write_all(fd, text, strlen(text));
        if (r < 0 && ftruncate(fd, st.st_size) < 0)
                return r; /* half a line stays; the next one ends it */
        return r;
}

int event_log_append(const struct sys *sys, const struct event *event)
{
        struct reader reader = { .wanted = event->seq };
        logs_read(sys, &reader);
        if (reader.found)
                return 0;
        int r = sys_mkdirs(sys, EVENTS_DIR, 0755);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = sys_openat_nolinks(
                sys, EVENTS_LOG, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0644);
        if (fd < 0)
                return fd;
        _cleanup_json_ json_t *j = event_json(event);
        _cleanup_free_ char *line = json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII);
        return append_line(fd, line);
}
