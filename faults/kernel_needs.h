/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the connector's eBPF programs need of a kernel, as tables.
 *
 * Source of every row: the connector's public programs, cisco-open/secure-endpoint-ebpf as of 4e54c02
 * (2025-02-21, connector 1.26.0). Newer connectors are taken to need the same. They come in two forms:
 *   CO-RE (src/bpf/probes, since connector 1.25): built beforehand; needs the kernel's BTF.
 *   BCC (src/bcc): compiled on the machine at each start; needs its headers (fault 11) and no BTF.
 * Functions of CO-RE are the SEC("kprobe/...") names; BCC has its attach points outside the sources, and
 * they follow from the names of the handlers (inet_release and inet6_release from one for both).
 * The option of a row is the one whose lack leaves the function out of the kernel's own sources. */
#ifndef SECEP_FAULTS_KERNEL_NEEDS_H
#define SECEP_FAULTS_KERNEL_NEEDS_H

#include <stdbool.h>

#define CO_RE_SINCE "1.25" /* connectors from here on have the CO-RE form */

enum kernel_form { FORM_CORE = 1 << 0, FORM_BCC = 1 << 1 };
#define FORM_ANY (FORM_CORE | FORM_BCC)

enum kernel_part { PART_FILES, PART_NETWORK, PART_PROCESSES, PARTS };
extern const char *const kernel_parts[PARTS]; /* "file monitoring" */

struct kernel_function {
        const char *name;
        enum kernel_part part;
        unsigned forms;     /* enum kernel_form: those that attach to it */
        const char *option; /* CONFIG_... without which there is none; NULL: every kernel has it */
        bool at_return;     /* probed as it returns */
};
#define KERNEL_FUNCTIONS 32
extern const struct kernel_function kernel_functions[KERNEL_FUNCTIONS];

/* What all parts of a form need besides: an option, and of a running kernel the file that shows it.
 * Where no configuration tells, FUNCTION does, which the kernel's sources build with the option alone (each
 * seen in 5.10, 6.1 and 6.12), and an option of this table that there is not without it. */
struct kernel_feature {
        const char *option;
        const char *shown_by; /* NULL: nothing cheap shows it */
        const char *function;
        const char *follows_from; /* of a row before; NULL: from none */
};
#define KERNEL_FEATURES 4
extern const struct kernel_feature kernel_features[KERNEL_FEATURES];

/* The linker's name for the beginning of BTF, in every kernel that has it. */
#define KERNEL_BTF "__start_BTF"

/* What a form's text reads of the kernel's own headers: where they define the structure and it lacks the
 * member, it does not compile. Older kernels without the structure are read in another way, and headers
 * that are not there are fault 11. */
struct kernel_member {
        const char *header, *structure, *member;
        enum kernel_part part;
        unsigned forms;
};
#define KERNEL_MEMBERS 1
extern const struct kernel_member kernel_members[KERNEL_MEMBERS];

/* The types of their maps, by libbpf's names. A look does not ask: a kernel of 4.10 or newer that has
 * bpf(2) has those without which nothing works, and what older ones have was put there by a vendor. */
struct kernel_map {
        const char *type;
        const char *instead; /* does as well; NULL: nothing */
        unsigned forms;
};
#define KERNEL_MAPS 7
extern const struct kernel_map kernel_maps[KERNEL_MAPS];

#endif
