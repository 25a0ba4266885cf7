/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connector's daemon and its scan process. A pidfd tells that one ended; that one began nobody tells,
 * so /proc is read in short steps for a while after an end, and by the clock each minute. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "connector/paths.h"
#include "monitor/scan_history.h"
#include "monitor/source.h"
#include "monitor/say.h"

#define OF_PROCESSES (LOOK(5) | LOOK(6) | LOOK(7) | LOOK(8) | LOOK(9) | LOOK(18))
#define STEP_USEC ((uint64_t)50000)
#define STEPS 100          /* five seconds: a service that restarts its child waits no longer */
#define ACCURACY_USEC 5000 /* the default, 250 ms, is longer than a step */
/* Of a process so young a look says "too early to tell". */
#define YOUNG_MS 60000
#define YOUNG_USEC ((uint64_t)2 * 1000000)

struct watched {
        struct process process; /* pid 0: none runs */
        sd_event_source *ended;
};

struct processes {
        struct monitor *m;
        struct watched daemon, scanner;
        sd_event_source *timer; /* off unless a process is awaited or young */
        unsigned steps;         /* left of the short ones */
};

static void read_again(struct processes *p);

static void step_soon(struct processes *p)
{
        p->steps = STEPS;
        (void)sd_event_source_set_time_relative(p->timer, STEP_USEC);
        (void)sd_event_source_set_enabled(p->timer, SD_EVENT_ONESHOT);
}

static int on_end(sd_event_source *source, int fd, uint32_t events, void *data)
{
        struct processes *p = data;
        (void)source, (void)fd, (void)events;
        monitor_want(p->m, OF_PROCESSES);
        read_again(p);
        step_soon(p);
        return 0;
}

/* A kernel before 5.3 has no pidfd: the unit's state and the clock tell there. */
static int watch_end(struct processes *p, struct watched *w)
{
        int fd = (int)syscall(SYS_pidfd_open, w->process.pid, 0);
        if (fd < 0)
                return -errno;
        int r = sd_event_add_io(p->m->loop, &w->ended, fd, EPOLLIN, on_end, p);
        if (r < 0)
                return close(fd), r;
        return sd_event_source_set_io_fd_own(w->ended, true);
}

/* 1: another process than before, or none any more. */
static int watched_read(struct processes *p, struct watched *w, enum connector_path which)
{
        _cleanup_free_ struct process *all = NULL;
        struct process now = { 0 };
        size_t n = 0;
        if (process_find(p->m->sys, connector_path(p->m->sys, which), &all, &n, NULL) < 0)
                return 0;
        if (n > 0)
                now = all[n - 1]; /* the youngest */
        if (now.pid == w->process.pid && now.start == w->process.start)
                return 0;
        w->ended = sd_event_source_disable_unref(w->ended);
        w->process = now;
        if (now.pid && watch_end(p, w) < 0)
                p->steps = STEPS;
        return 1;
}

static void history_keep(struct processes *p)
{
        _cleanup_free_ char *why = NULL;
        if (p->m->quiet || !p->scanner.process.pid || !p->daemon.process.pid)
                return;
        if (scan_history_write(p->m->sys, epoch_ms() / 1000, &p->scanner.process,
                               &p->daemon.process, &why) < 0)
                monitor_say("%s", why);
}

static void read_again(struct processes *p)
{
        int other = watched_read(p, &p->daemon, PATH_DAEMON);
        int scanner = watched_read(p, &p->scanner, PATH_SCANNER);
        if (scanner)
                history_keep(p);
        if (other || scanner)
                monitor_want(p->m, OF_PROCESSES);
        if ((other || scanner) && p->daemon.process.pid && !p->scanner.process.pid)
                step_soon(p);
}

static bool is_young(const struct watched *w)
{
        return w->process.pid && process_age_ms(&w->process) < YOUNG_MS;
}

static int timer_arm(struct processes *p)
{
        bool young = is_young(&p->daemon) || is_young(&p->scanner);
        if (p->steps == 0 && !young)
                return sd_event_source_set_enabled(p->timer, SD_EVENT_OFF);
        (void)sd_event_source_set_time_relative(p->timer, p->steps > 0 ? STEP_USEC : YOUNG_USEC);
        return sd_event_source_set_enabled(p->timer, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *timer, uint64_t usec, void *data)
{
        struct processes *p = data;
        (void)timer, (void)usec;
        p->steps -= p->steps > 0;
        read_again(p);
        if (p->steps == 0 && (is_young(&p->daemon) || is_young(&p->scanner)))
                monitor_want(p->m, OF_PROCESSES);
        return timer_arm(p);
}

static void processes_free(void *data)
{
        struct processes *p = data;
        sd_event_source_disable_unref(p->daemon.ended);
        sd_event_source_disable_unref(p->scanner.ended);
        free(p);
}

/* For the other sources. */
static struct processes *running;

void source_processes_soon(void)
{
        if (running)
                step_soon(running);
}

void source_processes_look(void)
{
        if (!running)
                return;
        read_again(running);
        if (running->steps == 0)
                (void)timer_arm(running);
}

int source_processes(struct monitor *m)
{
        if (!m->sys->live)
                return 0;
        struct processes *p = xcalloc(1, sizeof(*p));
        p->m = m;
        int r = sd_event_add_time_relative(m->loop, &p->timer, CLOCK_MONOTONIC, YOUNG_USEC,
                                           ACCURACY_USEC, on_timer, p);
        if (r < 0)
                return free(p), r;
        running = p;
        (void)sd_event_source_set_destroy_callback(p->timer, processes_free);
        (void)sd_event_source_set_floating(p->timer, true);
        sd_event_source_unref(p->timer);
        read_again(p);
        return timer_arm(p);
}
