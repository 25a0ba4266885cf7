/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel refuses a module with few words for many reasons: what else is known tells them apart.
 */
#include <errno.h>

#include "kmod-build/load.h"
#include "kmod-build/modprobe_d.h"
#include "kmod-build/module_file.h"
#include "kmod-build/sign.h"
#include "lib/i18n.h"

#define CAP_SYS_MODULE 16

static bool have_capability(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        if (sys_read(sys, "/proc/thread-self/status", 65536, &text, NULL) < 0 &&
            sys_read(sys, "/proc/self/status", 65536, &text, NULL) < 0)
                return true;
        const char *at = strstr(text, "\nCapEff:");
        return !at || (strtoull(at + strlen("\nCapEff:"), NULL, 16) >> CAP_SYS_MODULE & 1);
}

static bool modules_disabled(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        return sys_read(sys, "/proc/sys/kernel/modules_disabled", 4096, &text, NULL) == 0 &&
               text[0] == '1';
}

static int explain_denied(const struct sys *sys, const char *module, struct load_failure *out)
{
        struct sign_state state;
        sign_state(sys, &state);
        _cleanup_free_ char *where = cmdline_forbids(sys, module);
        if (where)
                return out->cause = "module-blacklisted",
                       fail(&out->why, 0, "%s forbids the module %s", where, module);
        if (modules_disabled(sys))
                return out->cause = "module-not-loaded",
                       fail(&out->why, 0,
                            "kernel.modules_disabled is 1: no module can be loaded until a reboot");
        if (state.lockdown == LOCKDOWN_CONFIDENTIALITY)
                return out->cause = "lockdown-confidentiality",
                       fail(&out->why, 0,
                            "lockdown is \"confidentiality\" and refuses the module %s", module);
        if (state.lockdown == LOCKDOWN_INTEGRITY)
                return out->cause = "secure-boot",
                       fail(&out->why, 0,
                            "lockdown is \"integrity\" and refuses the module %s, which has no "
                            "signature of a key the kernel trusts",
                            module);
        out->blocked = have_capability(sys);
        out->cause = "module-not-loaded";
        return fail(&out->why, 0,
                    out->blocked ? "a security policy refuses the module %s"
                                 : "loading %s needs CAP_SYS_MODULE",
                    module);
}

static void explain_key(const struct sys *sys, const char *module, bool is_module,
                        struct load_failure *out)
{
        struct sign_state state;
        sign_state(sys, &state);
        const char *needed = sign_needed(&state);
        out->blocked = is_module;
        out->cause = is_module ? "secure-boot" : "module-stale";
        fail(&out->why, 0,
             is_module ? "%s: the module %s has no signature of a key the kernel trusts"
                       : "%s: the file of module %s is damaged",
             needed ? needed : _("the kernel"), module);
}

/* What stands for itself. */
static const struct {
        int r;
        const char *cause, *why;
} plain[] = {
        { -ENOEXEC, "module-stale", N_("damaged, or of another kernel (vermagic)") },
        { -EINVAL, "module-stale", N_("its symbol versions are not the kernel's") },
        { -ENOENT, "symbols-missing", N_("the kernel lacks a function it needs") },
        { -ENOSYS, "symbols-missing", N_("the kernel is built without modules") },
        { -EOPNOTSUPP, "symbols-missing", N_("the kernel does not support it") },
        { -ENODEV, "symbols-missing", N_("it found nothing to work with") },
};

void load_explain(const struct sys *sys, const char *module, const void *data, size_t len, int r,
                  struct load_failure *out)
{
        _cleanup_free_ char *magic = data ? module_info(data, len, "vermagic") : NULL;
        *out = (struct load_failure){ .cause = "module-not-loaded" };
        if (r > 0) {
                _cleanup_free_ char *where = modprobe_forbids(sys, module);
                out->cause = "module-blacklisted";
                out->blocked = true;
                fail(&out->why, 0, "%s forbids the module %s", where ? where : "modprobe.d",
                     module);
                return;
        }
        if (r == -EPERM || r == -EACCES) {
                out->blocked = true;
                explain_denied(sys, module, out);
                return;
        }
        if (r == -EKEYREJECTED || r == -ENOKEY || r == -ENOPKG) {
                explain_key(sys, module, magic != NULL || !data, out);
                return;
        }
        for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
                if (r == plain[i].r) {
                        out->cause = plain[i].cause;
                        out->blocked = streq(out->cause, "symbols-missing");
                        out->why = xasprintf(_("the module %s: %s"), module, _(plain[i].why));
                        return;
                }
        fail(&out->why, 0, "the kernel refuses the module %s: %s", module, error_text(-r));
}
