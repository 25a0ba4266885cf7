/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A counter in the kernel. */
#include "host/sampler.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "host/sampler_program.h"
#include "lib/util.h"

#define PROCESSES_MAX 16384
#define CPUS_MAX 4096

/* What makes one of the events the connector's own programs probe. */
static const int watched[] = {
        SYS_read,       SYS_write,    SYS_readv,     SYS_writev,    SYS_pread64,  SYS_pwrite64,
        SYS_close,      SYS_openat,   SYS_linkat,    SYS_symlinkat, SYS_unlinkat, SYS_renameat2,
        SYS_mknodat,    SYS_truncate, SYS_ftruncate, SYS_execve,    SYS_execveat, SYS_clone,
        SYS_exit_group, SYS_connect,  SYS_accept,    SYS_accept4,   SYS_listen,   SYS_sendto,
        SYS_recvfrom,   SYS_sendmsg,  SYS_recvmsg,
#ifdef SYS_clone3
        SYS_clone3,
#endif
#ifdef SYS_open /* calls that newer architectures do not have */
        SYS_open,       SYS_creat,    SYS_link,      SYS_symlink,   SYS_unlink,   SYS_rename,
        SYS_mknod,      SYS_fork,     SYS_vfork,
#endif
#ifdef SYS_renameat
        SYS_renameat,
#endif
};

static int map_new(int type, unsigned value_size, unsigned entries)
{
        union bpf_attr attr = { .map_type = (unsigned)type,
                                .key_size = sizeof(uint32_t),
                                .value_size = value_size,
                                .max_entries = entries };

        return sampler_bpf(BPF_MAP_CREATE, &attr);
}

static int map_call(int command, int map, const void *key, void *value)
{
        union bpf_attr attr = { .map_fd = (unsigned)map,
                                .key = (uintptr_t)key,
                                .value = (uintptr_t)value };

        return sampler_bpf(command, &attr);
}

static int calls_fill(int map)
{
        for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
                uint32_t key = (uint32_t)watched[i], one = 1;
                int r = key < CALLS_MAX ? map_call(BPF_MAP_UPDATE_ELEM, map, &key, &one) : 0;

                if (r < 0)
                        return r;
        }
        return 0;
}

static int attach(int program)
{
        union bpf_attr attr = { .raw_tracepoint = { .name = (uintptr_t) "sys_enter",
                                                    .prog_fd = (unsigned)program } };

        return sampler_bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
}

static int load(struct sampler *s, bool empty)
{
        int r;

        s->calls = map_new(BPF_MAP_TYPE_ARRAY, sizeof(uint32_t), CALLS_MAX);
        s->last = s->calls < 0 ? s->calls
                               : map_new(BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(struct batch), 1);
        s->counts = s->last < 0 ? s->last
                                : map_new(BPF_MAP_TYPE_LRU_PERCPU_HASH, sizeof(uint64_t),
                                          PROCESSES_MAX);
        if (s->counts < 0)
                return s->counts;
        r = calls_fill(s->calls);
        if (r < 0)
                return r;
        s->program = empty ? sampler_program_empty()
                           : sampler_program_count(s->calls, s->last, s->counts);
        if (s->program < 0)
                return s->program;
        s->link = attach(s->program);
        return s->link < 0 ? s->link : 0;
}

int sampler_start(struct sampler *s, bool empty, char **why)
{
        struct rlimit before, all = { RLIM_INFINITY, RLIM_INFINITY };
        int r;

        getrlimit(RLIMIT_MEMLOCK, &before);
        (void)setrlimit(RLIMIT_MEMLOCK, &all); /* kernels before 5.11 count maps there */
        r = load(s, empty);
        (void)setrlimit(RLIMIT_MEMLOCK, &before);
        if (r < 0) {
                sampler_stop(s);
                return fail(why, r, "the kernel refuses the eBPF counter: %s", error_text(-r));
        }
        return 0;
}

/* Possible CPUs: the length of a per-CPU value. "0-3" or "0,2-7": the last number is the highest.
 */
static unsigned cpus_possible(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        const char *last;
        long highest;

        if (sys_read(sys, "/sys/devices/system/cpu/possible", 4096, &text, NULL) < 0)
                return CPUS_MAX;
        last = text;
        for (const char *p = text; *p; p++)
                if (*p == '-' || *p == ',')
                        last = p + 1;
        highest = strtol(last, NULL, 10);
        return highest < 0 || highest >= CPUS_MAX ? CPUS_MAX : (unsigned)highest + 1;
}

/* Takes the events of process PID out of the batches. */
static uint64_t batches_take(struct batch *batches, unsigned cpus, uint32_t pid)
{
        uint64_t sum = 0;

        for (unsigned c = 0; c < cpus; c++)
                if (batches[c].pid == pid) {
                        sum += batches[c].events;
                        batches[c].events = 0;
                }
        return sum;
}

int sampler_read(const struct sys *sys, const struct sampler *s,
                 void (*found)(void *, int pid, uint64_t events), void *data)
{
        unsigned cpus = cpus_possible(sys);
        _cleanup_free_ uint64_t *values = xcalloc(cpus, sizeof(*values));
        _cleanup_free_ struct batch *batches = xcalloc(cpus, sizeof(*batches));
        uint32_t key = 0, next = 0;
        int r = map_call(BPF_MAP_LOOKUP_ELEM, s->last, &key, batches);

        for (int i = 0; r == 0 && i < PROCESSES_MAX * 2; i++) {
                union bpf_attr attr = { .map_fd = (unsigned)s->counts,
                                        .key = i == 0 ? 0 : (uintptr_t)&key,
                                        .next_key = (uintptr_t)&next };
                uint64_t sum = 0;

                r = sampler_bpf(BPF_MAP_GET_NEXT_KEY, &attr);
                key = next;
                if (r < 0 || map_call(BPF_MAP_LOOKUP_ELEM, s->counts, &key, values) < 0)
                        continue;
                for (unsigned c = 0; c < cpus; c++)
                        sum += values[c];
                sum += batches_take(batches, cpus, key);
                if (sum) /* a CPU's first batch is nobody's, of none */
                        found(data, (int)key, sum);
        }
        if (r < 0 && r != -ENOENT)
                return r;
        for (unsigned c = 0; c < cpus; c++) {
                uint64_t sum = batches_take(batches, cpus, batches[c].pid);

                if (sum)
                        found(data, (int)batches[c].pid, sum);
        }
        return 0;
}

void sampler_pause(struct sampler *s)
{
        cleanup_close(&s->link);
        s->link = -1;
}

int sampler_cost(const struct sampler *s, uint64_t *runs, uint64_t *ns)
{
        struct bpf_prog_info info = { 0 };
        union bpf_attr attr = { .info = { .bpf_fd = (unsigned)s->program,
                                          .info_len = sizeof(info),
                                          .info = (uintptr_t)&info } };
        int r = sampler_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);

        if (r < 0)
                return r;
        *runs = info.run_cnt;
        *ns = info.run_time_ns;
        return 0;
}

void sampler_stop(struct sampler *s)
{
        cleanup_close(&s->link);
        cleanup_close(&s->program);
        cleanup_close(&s->counts);
        cleanup_close(&s->last);
        cleanup_close(&s->calls);
        *s = (struct sampler)SAMPLER_INIT;
}
