/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of our policy module, part of the program. */
#include "selinux/secep_selinux.h"

__asm__(".pushsection .rodata\n"
        ".globl secep_module_text, secep_module_len\n"
        "secep_module_text:\n"
        ".incbin \"selinux/cisco-secure-bpf.cil\"\n"
        "secep_module_end:\n"
        ".byte 0\n"
        ".balign 8\n"
        "secep_module_len:\n"
        ".8byte secep_module_end - secep_module_text\n"
        ".popsection\n");

extern const char secep_module_text[] __attribute__((visibility("hidden")));
extern const uint64_t secep_module_len __attribute__((visibility("hidden")));

const char *selinux_module_text(size_t *len)
{
        *len = (size_t)secep_module_len;
        return secep_module_text;
}
