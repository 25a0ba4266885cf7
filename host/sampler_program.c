/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The counter's instructions. */
#include "host/sampler_program.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "lib/util.h"

int sampler_bpf(int command, union bpf_attr *attr)
{
        int r = (int)syscall(SYS_bpf, command, attr, sizeof(*attr));

        return r < 0 ? -errno : r;
}

#define INSN(c, d, s, o, i)                                                                        \
        (struct bpf_insn)                                                                          \
        {                                                                                          \
                .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)                \
        }
#define MOV(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOV_IMM(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADD_IMM(d, i) INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define LOAD(size, d, s, o) INSN(BPF_LDX | (size) | BPF_MEM, d, s, o, 0)
#define STORE(size, d, s, o) INSN(BPF_STX | (size) | BPF_MEM, d, s, o, 0)
#define MAP(d, fd) INSN(BPF_LD | BPF_DW | BPF_IMM, d, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
#define CALL(f) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define JUMP_ZERO(d, o) INSN(BPF_JMP | BPF_JEQ | BPF_K, d, 0, o, 0)
#define JUMP_ABOVE(d, i, o) INSN(BPF_JMP | BPF_JGE | BPF_K, d, 0, o, i)
#define JUMP_SAME(d, s, o) INSN(BPF_JMP | BPF_JEQ | BPF_X, d, s, o, 0)
#define EXIT() INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define KEY (-4)
#define VALUE (-16)

static int program_load(const struct bpf_insn *insns, size_t n)
{
        union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
                                .insns = (uintptr_t)insns,
                                .insn_cnt = (unsigned)n,
                                .license = (uintptr_t) "GPL" };

        snprintf(attr.prog_name, sizeof(attr.prog_name), "secep_events");
        return sampler_bpf(BPF_PROG_LOAD, &attr);
}

int sampler_program_empty(void)
{
        const struct bpf_insn insns[] = { MOV_IMM(BPF_REG_0, 0), EXIT() };

        return program_load(insns, ARRAY_SIZE(insns));
}

/* if (nr < CALLS_MAX && calls[nr]) {
 *         if (last->pid != tgid) { counts[last->pid] += last->events; *last = { tgid, 0 }; }
 *         last->events++;
 * }
 * A busy process makes many events between two switches of its CPU, so the hash is hardly asked. */
int sampler_program_count(int calls, int last, int counts)
{
        const struct bpf_insn insns[] = {
                LOAD(BPF_DW, BPF_REG_2, BPF_REG_1, 8), /* args[1] of sys_enter: the call */
                JUMP_ABOVE(BPF_REG_2, CALLS_MAX, 47),
                STORE(BPF_W, BPF_REG_10, BPF_REG_2, KEY),
                MAP(BPF_REG_1, calls),
                MOV(BPF_REG_2, BPF_REG_10),
                ADD_IMM(BPF_REG_2, KEY),
                CALL(BPF_FUNC_map_lookup_elem),
                JUMP_ZERO(BPF_REG_0, 40),
                LOAD(BPF_W, BPF_REG_0, BPF_REG_0, 0),
                JUMP_ZERO(BPF_REG_0, 38),
                CALL(BPF_FUNC_get_current_pid_tgid),
                INSN(BPF_ALU64 | BPF_RSH | BPF_K, BPF_REG_0, 0, 0, 32),
                MOV(BPF_REG_6, BPF_REG_0),
                INSN(BPF_ST | BPF_W | BPF_MEM, BPF_REG_10, 0, KEY, 0),
                MAP(BPF_REG_1, last),
                MOV(BPF_REG_2, BPF_REG_10),
                ADD_IMM(BPF_REG_2, KEY),
                CALL(BPF_FUNC_map_lookup_elem),
                JUMP_ZERO(BPF_REG_0, 28),
                MOV(BPF_REG_7, BPF_REG_0),
                LOAD(BPF_DW, BPF_REG_8, BPF_REG_7, offsetof(struct batch, events)),
                LOAD(BPF_W, BPF_REG_1, BPF_REG_7, offsetof(struct batch, pid)),
                JUMP_SAME(BPF_REG_1, BPF_REG_6, 22),
                STORE(BPF_W, BPF_REG_10, BPF_REG_1, KEY),
                STORE(BPF_DW, BPF_REG_10, BPF_REG_8, VALUE),
                MAP(BPF_REG_1, counts),
                MOV(BPF_REG_2, BPF_REG_10),
                ADD_IMM(BPF_REG_2, KEY),
                CALL(BPF_FUNC_map_lookup_elem),
                JUMP_ZERO(BPF_REG_0, 4),
                LOAD(BPF_DW, BPF_REG_1, BPF_REG_0, 0),
                INSN(BPF_ALU64 | BPF_ADD | BPF_X, BPF_REG_1, BPF_REG_8, 0, 0),
                STORE(BPF_DW, BPF_REG_0, BPF_REG_1, 0),
                INSN(BPF_JMP | BPF_JA, 0, 0, 8, 0),
                MAP(BPF_REG_1, counts), /* its first batch */
                MOV(BPF_REG_2, BPF_REG_10),
                ADD_IMM(BPF_REG_2, KEY),
                MOV(BPF_REG_3, BPF_REG_10),
                ADD_IMM(BPF_REG_3, VALUE),
                MOV_IMM(BPF_REG_4, BPF_ANY),
                CALL(BPF_FUNC_map_update_elem),
                STORE(BPF_W, BPF_REG_7, BPF_REG_6, offsetof(struct batch, pid)),
                MOV_IMM(BPF_REG_8, 0),
                ADD_IMM(BPF_REG_8, 1),
                STORE(BPF_DW, BPF_REG_7, BPF_REG_8, offsetof(struct batch, events)),
                MOV_IMM(BPF_REG_0, 0),
                EXIT(),
        };
        return program_load(insns, ARRAY_SIZE(insns));
}
