/* SPDX-License-Identifier: GPL-2.0-or-later */
/* without_ring OBJECT: while it runs the kernel refuses ring buffers (without_ring.bpf.c). Debian has no kernel
 * that is old enough. Says "ready". */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        struct bpf_object *object = argc == 2 ? bpf_object__open(argv[1]) : NULL;
        struct bpf_program *program = NULL;

        if (!object || libbpf_get_error(object) || bpf_object__load(object) != 0)
                return 1;
        program = bpf_object__next_program(object, NULL);
        if (!program || libbpf_get_error(bpf_program__attach(program)))
                return 1;
        puts("ready");
        fflush(stdout);
        pause();
        return 0;
}
