/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench_connector events | signatures ROOT: figures of the connector's room, a line each. */
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "connector/signatures.h"
#include "host/events.h"
#include "host/sampler.h"

#define CALLS 1000000
#define WINDOW_MS 4000
#define ROUNDS 5
#define RATIO_MAX 5 /* the nanoseconds themselves depend on what else runs */

/* The kernel counts runs and time of programs as long as this fd is open. */
static int stats_on(void)
{
        union bpf_attr attr = { .enable_stats = { .type = BPF_STATS_RUN_TIME } };

        return (int)syscall(SYS_bpf, BPF_ENABLE_STATS, &attr, sizeof(attr));
}

static int by_value(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return x < y ? -1 : x > y;
}

static double nanoseconds(void)
{
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Nanoseconds of one write(2) to /dev/null. */
static double writes(void)
{
        _cleanup_close_ int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
        double begin = nanoseconds();

        for (int i = 0; i < CALLS; i++)
                if (write(fd, "", 1) != 1)
                        break;
        return (nanoseconds() - begin) / CALLS;
}

#define TURNS 20000

/* Two processes of one CPU wake each other: each event comes from another one than the last but
 * one. Nanoseconds of a turn. */
static double turns(void)
{
        int there[2], back[2];
        cpu_set_t before, one;
        double begin;
        pid_t pid;
        char c = 0;

        if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0)
                return 0;
        sched_getaffinity(0, sizeof(before), &before);
        CPU_ZERO(&one);
        CPU_SET(0, &one);
        sched_setaffinity(0, sizeof(one), &one);
        pid = fork();
        if (pid == 0) {
                close(there[1]);
                while (read(there[0], &c, 1) == 1 && write(back[1], &c, 1) == 1)
                        ;
                _exit(0);
        }
        close(there[0]);
        begin = nanoseconds();
        for (int i = 0; i < TURNS; i++)
                if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
                        break;
        begin = nanoseconds() - begin;
        close(there[1]);
        waitpid(pid, NULL, 0);
        close(back[0]);
        close(back[1]);
        sched_setaffinity(0, sizeof(before), &before);
        return begin / TURNS;
}

static int sampled(bool empty, double (*load)(void), double *in_program, double *a_call)
{
        struct sampler s = SAMPLER_INIT;
        _cleanup_free_ char *why = NULL;
        uint64_t runs = 0, ns = 0;
        int r = sampler_start(&s, empty, &why);

        if (r < 0) {
                fprintf(stderr, "%s\n", why);
                return r;
        }
        *a_call = load();
        r = sampler_cost(&s, &runs, &ns);
        sampler_stop(&s);
        *in_program = runs ? (double)ns / (double)runs : 0;
        return r;
}

static int events(void)
{
        double bare[ROUNDS], empty[2][ROUNDS], full[2][ROUNDS], switching[2][ROUNDS];
        _cleanup_close_ int stats = stats_on();

        if (stats < 0) {
                fprintf(stderr, "this kernel keeps no figures of its eBPF programs: %m\n");
                return 1;
        }
        for (int i = 0; i < ROUNDS; i++) {
                bare[i] = writes();
                if (sampled(true, writes, &empty[0][i], &empty[1][i]) < 0 ||
                    sampled(false, writes, &full[0][i], &full[1][i]) < 0 ||
                    sampled(false, turns, &switching[0][i], &switching[1][i]) < 0)
                        return 1;
        }
        qsort(bare, ROUNDS, sizeof(double), by_value);
        for (int k = 0; k < 2; k++) {
                qsort(empty[k], ROUNDS, sizeof(double), by_value);
                qsort(full[k], ROUNDS, sizeof(double), by_value);
                qsort(switching[k], ROUNDS, sizeof(double), by_value);
        }
        printf("sampler: %.0f ns an event in the program (goal 150), %.0f where two processes take "
               "turns, %.0f ns an empty one, ratio %.2f; a write(2): %.0f ns bare, %.0f with an "
               "empty program, %.0f with the "
               "sampler\n",
               full[0][ROUNDS / 2], switching[0][ROUNDS / 2], empty[0][ROUNDS / 2],
               full[0][ROUNDS / 2] / empty[0][ROUNDS / 2], bare[ROUNDS / 2], empty[1][ROUNDS / 2],
               full[1][ROUNDS / 2]);
        return full[0][ROUNDS / 2] > empty[0][ROUNDS / 2] * RATIO_MAX;
}

static int window(void)
{
        _cleanup_sys_ struct sys sys = { .root_fd = -1 };
        _cleanup_events_ struct events all = { 0 };
        _cleanup_free_ char *why = NULL;
        int64_t begin = now_ms();

        if (sys_open("/", &sys, &why) < 0 || events_measure(&sys, WINDOW_MS, &all, &why) < 0) {
                fprintf(stderr, "%s\n", why);
                return 1;
        }
        printf("measuring: window %d ms, wall %lld ms, %zu programs, by %s\n", WINDOW_MS,
               (long long)(now_ms() - begin), all.n, all.by_ebpf ? "eBPF" : "/proc");
        return 0;
}

static int signatures(const char *root)
{
        _cleanup_sys_ struct sys sys = { .root_fd = -1 };
        _cleanup_free_ char *why = NULL;

        if (sys_open(root, &sys, &why) < 0) {
                fprintf(stderr, "%s\n", why);
                return 1;
        }
        for (int i = 0; i < ROUNDS; i++) {
                _cleanup_signatures_ struct signatures all = { 0 };
                double begin = nanoseconds();

                if (signatures_read(&sys, &all, &why) == 0)
                        signatures_sum(&sys, &all);
                if (all.n != 1 || all.files[0].state != SIGNATURE_GOOD || !*all.files[0].md5) {
                        fprintf(stderr, "%s\n", why ? why : all.n ? all.files[0].wrong : "no file");
                        return 1;
                }
                printf("%.1f\n", (nanoseconds() - begin) / 1e6);
        }
        return 0;
}

int main(int argc, char **argv)
{
        if (argc == 2 && streq(argv[1], "events"))
                return events() | window();
        if (argc == 3 && streq(argv[1], "signatures"))
                return signatures(argv[2]);
        fprintf(stderr, "usage: bench_connector events | signatures ROOT\n");
        return 2;
}
