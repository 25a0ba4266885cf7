/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telling the refusals of eBPF apart. */
#include "kmod-build/refusal.h"

#include <errno.h>

#include "kmod-build/sign.h"
#include "lib/i18n.h"

#define CAP_SYS_ADMIN 21
#define CAP_BPF 39

static bool enforcing(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        return sys_read(sys, "/sys/fs/selinux/enforce", 4096, &text, NULL) == 0 && text[0] == '1';
}

static bool capable(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        if (sys_read(sys, "/proc/self/status", 65536, &text, NULL) < 0)
                return true;
        const char *at = strstr(text, "\nCapEff:");
        unsigned long long caps = at ? strtoull(at + strlen("\nCapEff:"), NULL, 16) : ~0ULL;
        return caps & (1ULL << CAP_SYS_ADMIN | 1ULL << CAP_BPF);
}

static bool verifier_spoke(const char *said)
{
        return strstr(said, "BEGIN PROG LOAD LOG") || strstr(said, "-- BEGIN DUMP LOG");
}

/* Under "confidentiality" there is no function to read the kernel with, and it is the verifier that says so. */
static bool reads_kernel(const char *said)
{
        return strstr(said, "bpf_probe_read") != NULL;
}

/* Any other policy refuses before the verifier has said anything. */
enum proof_refusal refusal_of(const struct sys *sys, enum proof_step step, int r, const char *said)
{
        struct sign_state state;
        sign_state(sys, &state);
        if (state.lockdown == LOCKDOWN_CONFIDENTIALITY && verifier_spoke(said) &&
            reads_kernel(said))
                return REFUSED_LOCKDOWN;
        if (verifier_spoke(said))
                return REFUSED_VERIFIER;
        if ((r == -EPERM || r == -EACCES) && state.lockdown == LOCKDOWN_CONFIDENTIALITY)
                return REFUSED_LOCKDOWN;
        if (r == -EPERM && !capable(sys))
                return REFUSED_UNPRIVILEGED;
        if ((r == -EACCES || r == -EPERM) && enforcing(sys))
                return REFUSED_SELINUX;
        if (strstr(said, "kernel BTF") || (step == PROOF_LOAD && r == -ESRCH))
                return REFUSED_NO_BTF;
        if (r == -ENOSYS || (step == PROOF_LOAD && r == -EINVAL))
                return REFUSED_NO_BPF;
        if (step == PROOF_ATTACH && (r == -ENOENT || r == -EINVAL || r == -EOPNOTSUPP))
                return REFUSED_NO_FUNCTION;
        return r == -ENOMEM ? REFUSED_MEMORY_LOCK : REFUSED_OTHER;
}

bool refusal_of_asker(enum proof_refusal refusal)
{
        return refusal == REFUSED_LOCKDOWN || refusal == REFUSED_SELINUX ||
               refusal == REFUSED_UNPRIVILEGED || refusal == REFUSED_MEMORY_LOCK;
}

static const char *const words[] = {
        [REFUSED_NOT] = N_("not refused"),
        [REFUSED_NO_BPF] = N_("the kernel lacks it"),
        [REFUSED_NO_BTF] = N_("the kernel has no BTF for it"),
        [REFUSED_NO_FUNCTION] = N_("nothing there to attach to (no kprobes, or no such function)"),
        [REFUSED_LOCKDOWN] = N_("lockdown is \"confidentiality\""),
        [REFUSED_SELINUX] = N_("denied by SELinux"),
        [REFUSED_UNPRIVILEGED] = N_("CAP_BPF is missing"),
        [REFUSED_VERIFIER] = N_("the verifier refuses it"),
        [REFUSED_MEMORY_LOCK] = N_("no memory may be locked"),
        [REFUSED_NO_EVENT] = N_("attached, but the event did not arrive"),
        [REFUSED_NO_DEVICE] = N_("the module has no device"),
        [REFUSED_BUSY] = N_("another program reads the device"),
        [REFUSED_NOT_OURS] = N_("not our records"),
        [REFUSED_OTHER] = N_("refused"),
};

const char *refusal_words(enum proof_refusal refusal)
{
        return _(words[refusal]);
}
