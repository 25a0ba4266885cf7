/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who makes the connector's events. */
#include "host/events.h"

#include <ctype.h>
#include <errno.h>

#include "host/process.h"
#include "host/sampler.h"
#include "lib/i18n.h"
#include "lib/stop.h"

#define SLOTS 32768 /* a power of two, twice what the sampler counts */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"
#define LOOK_EVERY_MS 50 /* short-lived processes are named while they live */

struct counted {
        int pid;
        char *program, *unit;
        uint64_t first, last; /* the /proc way: at the first look and now */
};

struct table {
        const struct sys *sys;
        struct counted *slots;
        size_t used;
};

static struct counted *slot_of(struct table *t, int pid)
{
        size_t i = ((size_t)pid * 2654435761U) & (SLOTS - 1);

        while (t->slots[i].pid && t->slots[i].pid != pid)
                i = (i + 1) & (SLOTS - 1);
        return &t->slots[i];
}

static char *name_ended(const struct sys *sys, int pid)
{
        _cleanup_free_ char *path = xasprintf("/proc/%d/comm", pid), *comm = NULL;

        if (sys_read(sys, path, 4096, &comm, NULL) == 0)
                return xasprintf("[%.*s]", (int)strcspn(comm, "\n"), comm);
        return xstrdup(_("(processes that ended at once)"));
}

static struct counted *counted_at(struct table *t, int pid)
{
        struct counted *c = slot_of(t, pid);

        if (c->pid || t->used == SLOTS / 2)
                return c->pid ? c : NULL;
        t->used++;
        c->pid = pid;
        if (process_program(t->sys, pid, &c->program) < 0)
                c->program = name_ended(t->sys, pid);
        (void)process_unit(t->sys, pid, &c->unit);
        return c;
}

static void count_absolute(void *data, int pid, uint64_t events)
{
        struct counted *c = counted_at(data, pid);

        if (c)
                c->last = events;
}

static void count_since(struct table *t, int pid, uint64_t now, bool baseline)
{
        bool known = slot_of(t, pid)->pid != 0;
        struct counted *c = counted_at(t, pid);

        if (!c)
                return;
        if (!known)
                c->first = baseline ? now : 0; /* born within the window: all of it counts */
        c->last = now;
}

static uint64_t io_parse(const char *text)
{
        const char *reads = strstr(text, "syscr:"), *writes = strstr(text, "syscw:");

        return reads && writes ? strtoull(reads + 6, NULL, 10) + strtoull(writes + 6, NULL, 10) : 0;
}

/* By thread: what /proc/PID/io tells of a whole process has its dead children's in it. */
static int proc_io(const struct sys *sys, const char *pid, uint64_t *out)
{
        _cleanup_free_ char *tasks = xasprintf("/proc/%s/task", pid);
        _cleanup_closedir_ DIR *dir = NULL;
        uint64_t sum = 0;
        int r = sys_opendir(sys, tasks, &dir);

        if (r < 0)
                return r;
        for (struct dirent *e; (e = readdir(dir));) {
                _cleanup_free_ char *path = xasprintf("%s/%s/io", tasks, e->d_name), *text = NULL;

                if (*e->d_name != '.' && sys_read(sys, path, 4096, &text, NULL) == 0)
                        sum += io_parse(text);
        }
        *out = sum;
        return 0;
}

static void proc_look(struct table *t, bool baseline)
{
        _cleanup_closedir_ DIR *dir = NULL;
        uint64_t now;

        if (sys_opendir(t->sys, "/proc", &dir) < 0)
                return;
        for (struct dirent *e; (e = readdir(dir));)
                if (isdigit((unsigned char)*e->d_name) && proc_io(t->sys, e->d_name, &now) == 0)
                        count_since(t, (int)strtol(e->d_name, NULL, 10), now, baseline);
}

static void watch(struct table *t, struct sampler *sampler, int64_t window_ms)
{
        int64_t end = now_ms() + window_ms;

        if (!sampler)
                proc_look(t, true);
        for (int64_t left; (left = end - now_ms()) > 0 && !stop_asked();) {
                sleep_ms(left < LOOK_EVERY_MS ? left : LOOK_EVERY_MS);
                if (sampler)
                        (void)sampler_read(t->sys, sampler, count_absolute, t);
                else
                        proc_look(t, false);
        }
        if (sampler) {
                sampler_pause(sampler);
                (void)sampler_read(t->sys, sampler, count_absolute, t);
        }
}

static struct event_source *source_of(struct events *all, const char *program)
{
        for (size_t i = 0; i < all->n; i++)
                if (streq(all->sources[i].program, program))
                        return &all->sources[i];
        all->sources = xreallocarray(all->sources, all->n + 1, sizeof(*all->sources));
        all->sources[all->n] = (struct event_source){ .program = xstrdup(program) };
        return &all->sources[all->n++];
}

static void source_add(struct events *all, struct counted *c, uint64_t *busiest)
{
        uint64_t n = c->last > c->first ? c->last - c->first : 0;
        struct event_source *s;

        if (n == 0 || c->pid == getpid())
                return;
        s = source_of(all, c->program);
        s->events += n;
        s->processes++;
        all->total += n;
        if (s->pid && n <= busiest[s - all->sources])
                return;
        busiest[s - all->sources] = n;
        s->pid = c->pid;
        free(s->unit);
        s->unit = TAKE_PTR(c->unit);
}

static int by_events(const void *a, const void *b)
{
        uint64_t x = ((const struct event_source *)a)->events;
        uint64_t y = ((const struct event_source *)b)->events;

        return x > y ? -1 : x < y;
}

static void table_sum(struct table *t, struct events *all)
{
        _cleanup_free_ uint64_t *busiest = xcalloc(SLOTS, sizeof(*busiest));

        for (size_t i = 0; i < SLOTS; i++)
                if (t->slots[i].pid)
                        source_add(all, &t->slots[i], busiest);
        if (all->n)
                qsort(all->sources, all->n, sizeof(*all->sources), by_events);
}

static void table_free(struct table *t)
{
        for (size_t i = 0; i < SLOTS; i++) {
                free(t->slots[i].program);
                free(t->slots[i].unit);
        }
        free(t->slots);
}

/* The kernel counts by the pids of its first namespace: in a container they are not ours. */
static int sampler_open(const struct sys *sys, struct sampler *sampler, char **why)
{
        _cleanup_free_ char *namespace = NULL;

        if (sys_readlink(sys, "/proc/self/ns/pid", &namespace) < 0 ||
            !streq(namespace, FIRST_PID_NAMESPACE))
                return fail(why, -EXDEV, "this is a container, its pids are not the kernel's");
        return sampler_start(sampler, false, why);
}

int events_measure(const struct sys *sys, int64_t window_ms, struct events *out, char **why)
{
        struct table t = { .sys = sys, .slots = xcalloc(SLOTS, sizeof(*t.slots)) };
        struct sampler sampler = SAMPLER_INIT;
        struct events all = { .window_ms = window_ms };

        if (!sys->live) {
                table_free(&t);
                return fail(why, -EOPNOTSUPP, "events are counted on the running system only");
        }
        all.by_ebpf = sampler_open(sys, &sampler, &all.refused) == 0;
        watch(&t, all.by_ebpf ? &sampler : NULL, window_ms);
        sampler_stop(&sampler);
        table_sum(&t, &all);
        table_free(&t);
        *out = all;
        return 0;
}

void events_free(struct events *events)
{
        for (size_t i = 0; i < events->n; i++) {
                free(events->sources[i].program);
                free(events->sources[i].unit);
        }
        free(events->sources);
        free(events->refused);
        *events = (struct events){ 0 };
}
