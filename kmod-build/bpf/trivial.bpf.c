// SPDX-License-Identifier: GPL-2.0
/* Does nothing: it is hung on each function that a monitor would probe. */
#include "types.bpf.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("kprobe") int trivial(void *ctx)
{
        return 0;
}
