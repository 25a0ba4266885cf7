/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of our policy module, part of the program. */
#include "selinux/secep-selinux.h"

__asm__(".pushsection .rodata\n"
        ".globl secep_module_start, secep_module_end\n"
        "secep_module_start:\n"
        ".incbin \"selinux/cisco-secure-bpf.cil\"\n"
        "secep_module_end:\n"
        ".byte 0\n"
        ".popsection\n");

extern const char secep_module_start[] __attribute__((visibility("hidden")));
extern const char secep_module_end[] __attribute__((visibility("hidden")));

const char *selinux_module_text(size_t *len)
{
        *len = (size_t)(secep_module_end - secep_module_start);
        return secep_module_start;
}
