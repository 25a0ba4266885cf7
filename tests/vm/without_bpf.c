/* SPDX-License-Identifier: GPL-2.0-or-later */
/* without_bpf PROGRAM ARGUMENT...: runs it on a kernel that refuses it bpf(2) with EPERM, as one does
 * whose policy forbids that. Debian has no kernel built without it. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        struct sock_filter code[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog filter = { .len = sizeof(code) / sizeof(*code), .filter = code };
        if (argc < 2)
                return 2;
        /* as root it needs no no_new_privs, which the programs would inherit */
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
                execvp(argv[1], argv + 1);
        perror("without_bpf");
        return 125;
}
