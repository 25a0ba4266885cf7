/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For sampler.c: the program that counts, an instruction a line, and the call that loads it. */
#ifndef SECEP_HOST_SAMPLER_PROGRAM_H
#define SECEP_HOST_SAMPLER_PROGRAM_H

#include <stdint.h>

union bpf_attr;

#define CALLS_MAX 512 /* system calls of the native ABI are numbered below */

/* What one CPU has not put into the hash yet: events of the process that made its last one. */
struct batch {
        uint32_t pid, unused;
        uint64_t events;
};

/* bpf(2): its result, or -errno. */
int sampler_bpf(int command, union bpf_attr *attr);

/* A new program's descriptor, or -errno. CALLS, LAST and COUNTS are the maps of struct sampler. */
int sampler_program_empty(void);
int sampler_program_count(int calls, int last, int counts);

#endif
