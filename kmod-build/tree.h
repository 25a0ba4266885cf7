/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header tree of a kernel, /lib/modules/RELEASE/build, and the compiler its kernel asks for. */
#ifndef SECEP_KMOD_BUILD_TREE_H
#define SECEP_KMOD_BUILD_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/sys.h"
#include "lib/util.h"

struct tree {
        char *path;    /* "/lib/modules/RELEASE/build" */
        char *release; /* what was asked for, equal to the tree's UTS_RELEASE */
        char *flags;   /* of vermagic, after the release: "SMP preempt mod_unload modversions" */
        bool modversions;
        bool ebpf;       /* CONFIG_BPF_EVENTS: eBPF programs on kprobes */
        bool signatures; /* CONFIG_MODULE_SIG */
        char *sign_hash; /* CONFIG_MODULE_SIG_HASH, "sha256" where it does not say */
        char *compiler;  /* CONFIG_CC_VERSION_TEXT; NULL where it does not say */
        char digest[65]; /* of the configuration and the symbol versions */
        char *symvers;   /* Module.symvers as it is */
};

/* A symbol a module uses, with the CRC it was built against. */
struct symbol {
        char name[57];
        bool found;
        uint32_t crc, kernels; /* KERNELS: what the tree says, when FOUND */
};

/* Reads the tree of RELEASE. 0, or -errno with *WHY: -ENOENT absent or dangling (headers-missing),
 * -ESTALE of another release (headers-wrong), -ENODATA incomplete (headers-incomplete; names the
 * part), -EPERM: of the running system, and others than root may write it. A RELEASE with a slash
 * is -EINVAL. */
int tree_open(const struct sys *sys, const char *release, struct tree *out, char **why);
void tree_free(struct tree *tree);
#define _cleanup_tree_ _cleanup_(tree_free)

/* Asks the tree's Module.symvers for N symbols (they are sorted by it). */
void tree_crcs(const struct tree *tree, struct symbol *symbols, size_t n);

/* The compiler for TREE as make's CC, with what tells it from another one (path, size, time) in
 * *IDENTITY: the program the kernel was built with; else the same major version, also from
 * gcc-toolset; else a newer gcc. Looks only. 0, or -ENOENT with *WHY naming what is asked for.
 * IDENTITY may be NULL; both malloc'ed. */
int tree_compiler(const struct sys *sys, const struct tree *tree, char **cc, char **identity,
                  char **why);

/* The major version in TEXT, what a compiler says of itself in its first line; 0: none. */
long compiler_major(const char *text);

/* The package of the root's distribution that has the compiler TEXT (CONFIG_CC_VERSION_TEXT, NULL: not
 * known), malloc'ed: "gcc-12", "gcc13", "gcc-toolset-11-gcc", "gcc10", "clang-16", "clang", "gcc". */
char *compiler_package(const struct sys *sys, const char *text);

#endif
