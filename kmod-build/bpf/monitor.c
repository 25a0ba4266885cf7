/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The eBPF monitors: which programs are loaded, and the way of their records to a reader. */
#include "kmod-build/bpf/monitor.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>

#include "kmod-build/ampfsm/record.h"
#include "monitor.skel.h"

#define PERF_PAGES 64

struct bpf_monitor {
        struct monitor_bpf *skel;
        struct ring_buffer *ring;
        struct perf_buffer *perf;
        uint64_t lost_told, lost_perf;
        int handled;
        void (*on_record)(void *data, const struct amp_record *record);
        void *data;
};

static int on_ring(void *monitor, void *data, size_t size)
{
        struct bpf_monitor *m = monitor;
        const struct amp_record *record = data;
        if (size >= sizeof(*record) && record->size <= size && m->on_record) {
                m->on_record(m->data, record);
                m->handled++;
        }
        return 0;
}

/* The perf buffer aligns to 4 bytes, a record to 8. */
static void on_perf(void *monitor, int cpu, void *data, __u32 size)
{
        _Alignas(8) char copy[4096];
        (void)cpu;
        if (size <= sizeof(copy)) {
                memcpy(copy, data, size);
                on_ring(monitor, copy, size);
        }
}

static void on_perf_lost(void *monitor, int cpu, __u64 n)
{
        (void)cpu;
        ((struct bpf_monitor *)monitor)->lost_perf += n;
}

bool monitor_without_ring;

static bool kernel_has_ring(void)
{
        if (monitor_without_ring)
                return false;
        int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, 4096, NULL);
        if (fd >= 0)
                close(fd);
        return fd >= 0;
}

static bool ends_with(const char *s, const char *end)
{
        size_t n = strlen(s), k = strlen(end);
        return n >= k && streq(s + n - k, end);
}

/* The programs of MONITOR for TYPE; those that serve both types always. */
static void choose(struct monitor_bpf *skel, enum monitor monitor, const char *type)
{
        const char *prefix = monitor == MONITOR_FILE ? "file_" : "network_";
        struct bpf_program *p;
        bpf_object__for_each_program(p, skel->obj)
        {
                const char *name = bpf_program__name(p);
                bpf_program__set_autoload(
                        p, startswith(name, prefix) &&
                                   (ends_with(name, type) || ends_with(name, "_both")));
        }
}

static int try_open(struct bpf_monitor *m, enum monitor monitor, const char *type, bool ring)
{
        m->skel = monitor_bpf__open();
        if (!m->skel)
                return -errno;
        m->skel->rodata->use_ring = ring;
        m->skel->rodata->reader = (unsigned)getpid();
        if (!ring) {
                bpf_map__set_type(m->skel->maps.ring, BPF_MAP_TYPE_ARRAY);
                bpf_map__set_key_size(m->skel->maps.ring, 4);
                bpf_map__set_value_size(m->skel->maps.ring, 4);
                bpf_map__set_max_entries(m->skel->maps.ring, 1);
        }
        choose(m->skel, monitor, type);
        int r = monitor_bpf__load(m->skel);
        return r < 0 ? r : monitor_bpf__attach(m->skel);
}

static int open_buffers(struct bpf_monitor *m, bool ring)
{
        if (ring)
                m->ring = ring_buffer__new(bpf_map__fd(m->skel->maps.ring), on_ring, m, NULL);
        else
                m->perf = perf_buffer__new(bpf_map__fd(m->skel->maps.perf), PERF_PAGES, on_perf,
                                           on_perf_lost, m, NULL);
        return m->ring || m->perf ? 0 : -errno;
}

int monitor_open(enum monitor monitor, struct bpf_monitor **out, char **why)
{
        static const char *const types[] = { "_fentry", "_kprobe" };
        bpf_hear_anew();
        bool ring = kernel_has_ring();
        int r = -ENOSYS;
        for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
                struct bpf_monitor *m = xcalloc(1, sizeof(*m));
                r = try_open(m, monitor, types[i], ring);
                if (r == 0)
                        r = open_buffers(m, ring);
                if (r == 0) {
                        *out = m;
                        return 0;
                }
                monitor_close(m);
        }
        return fail(why, r, "the eBPF monitor does not start (%s): %s", error_text(-r),
                    bpf_last_words());
}

static void tell_lost(struct bpf_monitor *m)
{
        uint64_t all = m->skel->bss->lost_events + m->lost_perf;
        struct {
                struct amp_record record;
                struct amp_lost lost;
        } told = { .record = { .size = sizeof(told), .type = AMP_LOST } };
        if (all == m->lost_told)
                return;
        told.lost.events = all - m->lost_told;
        m->lost_told = all;
        m->on_record(m->data, &told.record);
}

/* The programs wake nobody for a few records, so what is there is taken in any case. */
int monitor_poll(struct bpf_monitor *m, int timeout_ms,
                 void (*on_record)(void *data, const struct amp_record *record), void *data)
{
        m->on_record = on_record;
        m->data = data;
        m->handled = 0;
        int r = m->ring ? ring_buffer__poll(m->ring, timeout_ms)
                        : perf_buffer__poll(m->perf, timeout_ms);
        if (m->ring && r >= 0)
                r = ring_buffer__consume(m->ring);
        if (r < 0 && r != -EINTR)
                return r;
        tell_lost(m);
        return m->handled;
}

void monitor_close(struct bpf_monitor *m)
{
        ring_buffer__free(m->ring);
        perf_buffer__free(m->perf);
        monitor_bpf__destroy(m->skel);
        free(m);
}
