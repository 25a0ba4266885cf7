/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The do line of each cause that only a person, a reboot or the console ends. */
#include "faults/advice.h"

#include "connector/connector.h"
#include "connector/paths.h"
#include "lib/i18n.h"
#include "packages/packages.h"
#include "selinux/secep_selinux.h"

static void reinstall_connector(const struct sys *sys, struct finding *f)
{
        finding_do(f, DO_PERSON,
                   "download the connector's package from the console and install it over this "
                   "one, which keeps its GUID: %s",
                   package_kind(sys) == PACKAGES_DPKG ? "dpkg -i FILE.deb"
                                                      : "rpm -U --replacepkgs FILE.rpm");
}

static void give_headers(const struct sys *sys, struct finding *f)
{
        advice_ours(sys, f, 11, "--offline DIR");
}

static void source_of_8(const struct sys *sys, struct finding *f)
{
        advice_ours(sys, f, 8, "--module-source DIR");
}

static void source_of_9(const struct sys *sys, struct finding *f)
{
        advice_ours(sys, f, 9, "--module-source DIR");
}

static void allow_kernel(const struct sys *sys, struct finding *f)
{
        advice_ours(sys, f, 16, "--allow kernel-change");
}

static void allow_second(const struct sys *sys, struct finding *f)
{
        advice_ours(sys, f, 19, "--allow second-module");
}

static const char *policy_package(const struct sys *sys)
{
        return package_kind(sys) == PACKAGES_DPKG ? "selinux-policy-default"
                                                  : "selinux-policy-targeted";
}

static void reinstall_policy(const struct sys *sys, struct finding *f)
{
        advice_package(sys, f, policy_package(sys), true);
}

static void upgrade_policy(const struct sys *sys, struct finding *f)
{
        advice_package(sys, f, policy_package(sys), false);
}

static void selinux_tools(const struct sys *sys, struct finding *f)
{
        advice_package(sys, f, "policycoreutils", false);
}

#define OPTION_8 N_("turn off Monitor File Copies and Moves in the policy")
#define OPTION_9 N_("turn off Enable Device Flow Correlation in the policy")

/* The console's option that clears a fault, whatever its cause. */
static const struct {
        int id;
        const char *name;
} options[] = {
        { 8, "Monitor File Copies and Moves" },
        { 9, "Enable Device Flow Correlation" },
};

static const struct advice {
        int id;            /* 0: any fault */
        const char *cause; /* NULL: any other */
        enum do_kind kind;
        const char *text;
        void (*give)(const struct sys *sys, struct finding *f); /* where one text will not do */
} table[] = {
        /* repaired, and the connector may not be restarted: it is not what its package shipped, or others
         * than root can write to it */
        { 0, "connector-disagrees", .give = reinstall_connector },

        { 5, "account-elsewhere", DO_PERSON,
          N_("have " SCAN_ACCOUNT " made a system account in that directory service, or removed "
             "from it") },
        { 5, "directory-mode-fought", DO_PERSON,
          N_("find and stop what changes the directory back, then repair with --allow again") },

        { 6, NULL, DO_PERSON,
          N_("open a case with the connector's support: attach the scan log and the core dumps") },

        { 7, "signatures-recurring", DO_PERSON,
          N_("report the file, its version and its MD5 to the connector's support") },
        { 7, "memory-low", DO_PERSON, N_("add memory, or stop one of the processes named above") },
        { 7, "disk-low", DO_PERSON, N_("free space on the file system of /opt/cisco") },
        { 7, "program-missing", .give = reinstall_connector },

        { 0, "module-blacklisted", DO_PERSON,
          N_("remove the line named above from modprobe's configuration, then repair again") },
        { 0, "secure-boot", DO_PERSON,
          N_("enrol the signing key (mokutil --import, then confirm it at the next boot), or turn "
             "Secure Boot off in the firmware") },
        { 0, "lockdown-confidentiality", DO_PERSON,
          N_("boot with lockdown=integrity instead of lockdown=confidentiality") },
        { 0, "probes-off", DO_PERSON,
          N_("write 1 to /sys/kernel/debug/kprobes/enabled, when whoever switched the probes off "
             "has no need of it") },
        { 0, "conflicting-module", DO_PERSON,
          N_("remove the product that the module named above is part of") },
        { 0, "source-unsuitable", DO_PERSON,
          N_("name a source written for this kernel with --module-source, or boot a kernel where "
             "eBPF does without a module") },
        { 0, "symbols-missing", DO_PERSON,
          N_("boot a kernel with kprobes, such as the distribution's own") },
        { 0, "kernel-lacks", DO_PERSON, N_("boot a kernel that has what is named above") },
        { 0, "connector-too-old", DO_PERSON, N_("upgrade the connector to 1.16.0 or newer") },
        { 8, "module-missing", .give = source_of_8 },
        { 9, "module-missing", .give = source_of_9 },
        { 8, NULL, DO_CONSOLE, OPTION_8 },
        { 9, NULL, DO_CONSOLE, OPTION_9 },

        { 11, "package-gone", .give = give_headers },
        { 11, "key-not-accepted", DO_PERSON,
          N_("get the vendor's key, compare its fingerprint with the vendor's, and name it in the "
             "settings of the repository named above (gpgkey= or Signed-By)") },
        { 11, NULL, .give = give_headers },

        { 16, NULL, .give = allow_kernel },

        { 18, "busy-verified", DO_CONSOLE,
          N_("add a process exclusion for the program named above") },
        { 18, "busy-unverified", DO_PERSON,
          N_("find out what the program named above is before anything is excluded") },
        { 18, NULL, DO_PERSON, N_("move work to another machine, or give this one more CPUs") },

        { 19, "module-shadowed", .give = allow_second },
        { 19, "module-missing", .give = upgrade_policy },
        { 19, "other-domain", DO_PERSON,
          N_("let the connector run as " SELINUX_DOMAIN ", or add the permission to the policy of "
             "its domain") },
        { 19, "store-cut-off", .give = reinstall_policy },
        { 19, "tools-missing", .give = selinux_tools },
        { 19, "denied-by-policy", DO_PERSON,
          N_("have whoever wrote that statement take it out of the policy (semodule -lfull lists "
             "the modules)") },
        { 19, "store-broken", DO_PERSON,
          N_("repair or remove the policy module named above (semodule -lfull lists them), then "
             "repair again") },

        { 0, NULL, DO_PERSON,
          N_("there is no automatic repair: end by hand what is named above, then check again") },
};

static bool fits(const struct advice *a, int id, const char *cause)
{
        return (a->id == 0 || a->id == id) && (!a->cause || (cause && streq(a->cause, cause)));
}

static bool has_note(const struct finding *f, const char *text)
{
        for (char **note = f->notes; note && *note; note++)
                if (streq(*note, text))
                        return true;
        return false;
}

/* Once, and not where the do line says so. */
static void note_option(int id, struct finding *f)
{
        for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
                if (options[i].id != id || f->do_kind == DO_CONSOLE)
                        continue;
                _cleanup_free_ char *text =
                        xasprintf(_("turning off %s in the policy (console) clears it, too"),
                                  options[i].name);
                if (!has_note(f, text))
                        finding_note(f, "%s", text);
        }
}

static void advise(const struct sys *sys, int id, struct finding *f)
{
        const struct advice *a = table;
        while (!fits(a, id, f->cause))
                a++;
        if (a->give)
                a->give(sys, f);
        else
                finding_do(f, a->kind, "%s", _(a->text));
}

void advice_ensure(const struct sys *sys, const struct fault *fault, struct finding *f)
{
        if (f->verdict != VERDICT_BLOCKED)
                return;
        if (f->do_kind == DO_NOTHING)
                advise(sys, fault->id, f);
        note_option(fault->id, f);
}
