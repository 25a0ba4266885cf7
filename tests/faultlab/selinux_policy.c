/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 19: enforcing, with the domain of services that nobody confined, and no bpf for it. */
#include "tests/faultlab/faultlab.h"

#include <errno.h>
#include <fcntl.h>
#include "lib/io.h"

#define CONFIG "/etc/selinux/config"
#define MODULE "faultlab-service-type"
#define OURS "200/cisco-secure-bpf"

/* Debian's policy has no such type; Red Hat's has it as unconfined, which is what gives bpf in
 * releases that know the class. This one is as bare as that of Red Hat 7 is towards bpf. */
static const char type_module[] = "(type unconfined_service_t)\n"
                                  "(roletype system_r unconfined_service_t)\n"
                                  "(typeattributeset domain (unconfined_service_t))\n"
                                  "(allow unconfined_service_t self (process (fork sigchld)))\n";

static int enforce(const struct sys *sys, char **why)
{
        return lab_set_key(sys, CONFIG, "SELINUX", "=", "enforcing", why);
}

static int enforces(const struct sys *sys, char **why)
{
        return lab_has_line(sys, CONFIG, "SELINUX=enforcing", why);
}

static int write_module(const struct sys *sys, char **why)
{
        int r = sys_mkdirs(sys, "/tmp", 01777);
        _cleanup_close_ int fd =
                r < 0 ? r
                      : sys_openat(sys, "/tmp/" MODULE ".cil", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        r = fd < 0 ? fd : io_write_all(fd, type_module, sizeof(type_module) - 1);
        if (r < 0)
                return fail(why, r, "/tmp/" MODULE ".cil: %s", strerror(-r));
        return 0;
}

static bool in_store(const struct sys *sys, const char *module)
{
        _cleanup_free_ char *path = xasprintf("/var/lib/selinux/default/active/modules/%s", module);
        return sys_exists(sys, path);
}

/* One transaction: the type comes in, and our module goes out where it is. */
static int give_type(const struct sys *sys, char **why)
{
        _cleanup_strv_ char **argv = NULL;
        static const char *const base[] = { "semodule", "-s", "default", "-n" };
        for (size_t i = 0; i < ARRAY_SIZE(base); i++)
                strv_add(&argv, base[i]);
        static const char *const add[] = { "-X", "400", "-i", "/tmp/" MODULE ".cil" };
        static const char *const drop[] = { "-X", "200", "-r", "cisco-secure-bpf" };
        int r = write_module(sys, why);
        for (size_t i = 0; i < ARRAY_SIZE(add) && !in_store(sys, "400/" MODULE); i++)
                strv_add(&argv, add[i]);
        for (size_t i = 0; i < ARRAY_SIZE(drop) && in_store(sys, OURS); i++)
                strv_add(&argv, drop[i]);
        if (r == 0 && strv_length(argv) > ARRAY_SIZE(base))
                r = lab_run_inside(sys, why, NULL, (const char *const *)argv);
        if (r == 0 && unlinkat(sys->root_fd, "tmp/" MODULE ".cil", 0) < 0)
                r = fail(why, -errno, "/tmp/" MODULE ".cil: cannot be removed");
        return r;
}

static int type_without_rule(const struct sys *sys, char **why)
{
        (void)why;
        return in_store(sys, "400/" MODULE) && !in_store(sys, OURS);
}

const struct breakage break_selinux_policy[] = {
        { "selinux-policy", "enforcing", "SELINUX=enforcing in " CONFIG, enforce, enforces },
        { "selinux-policy", "module-missing",
          "a policy with unconfined_service_t and no bpf for it", give_type, type_without_rule },
        { 0 },
};
