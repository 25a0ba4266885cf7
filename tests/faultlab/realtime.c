/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults 8 and 9: what keeps a kernel module from doing the monitor's work, on a root with the
 * headers of its newest kernel. Each also says that eBPF will not do. */
#include "tests/faultlab/faultlab.h"

#include <errno.h>

#include "connector/connector.h"
#include "kernels/boot.h"
#include "packages/packages.h"

#define SOURCE "/opt/lab-source"
#define SITE "/etc/modprobe.d/lab.conf"
#define CONF "/etc/secep/secep.conf"
#define GLOBAL_XML CONNECTOR_ROOT "/etc/global.xml"
#define DAEMON CONNECTOR_ROOT "/bin/ampdaemon"
#define NO_EBPF "CONFIG_MODULES=y\n"
#define ALIEN "vermagic=4.0.0-lab SMP mod_unload "
#define GLOBAL(v) "<config><agent><version>" v "</version></agent></config>\n"

/* FORMAT has one %s, for the release of the root's kernel. */
static char *of_release(const struct sys *sys, const char *format)
{
        _cleanup_free_ char *release = NULL;
        const char *at = strstr(format, "%s");
        if (release_asked(sys, &release, NULL) < 0)
                return xstrdup("/nowhere");
        return xasprintf("%.*s%s%s", (int)(at - format), format, release, at + 2);
}

static int holds_text(const struct sys *sys, const char *path, const char *text)
{
        _cleanup_free_ char *found = NULL;
        size_t len = 0;
        return sys_read(sys, path, (size_t)64 << 20, &found, &len) == 0 &&
               memmem(found, len, text, strlen(text)) != NULL;
}

static int no_ebpf(const struct sys *sys, char **why)
{
        _cleanup_free_ char *path = of_release(sys, "/boot/config-%s");
        return lab_write(sys, path, NO_EBPF, why);
}

static int has_no_ebpf(const struct sys *sys, char **why)
{
        _cleanup_free_ char *path = of_release(sys, "/boot/config-%s");
        (void)why;
        return holds_text(sys, path, NO_EBPF);
}

static int depmod(const struct sys *sys, char **why)
{
        _cleanup_free_ char *release = of_release(sys, "%s");
        return LAB_RUN_INSIDE(sys, why, NULL, "depmod", release);
}

/* --- a module of another kernel --- */

static int alien(const struct sys *sys, const char *path, char **why)
{
        static const char text[] = "const char info[] __attribute__((section(\".modinfo\"), used)) "
                                   "= \"" ALIEN "\";\n";
        _cleanup_free_ char *ko = of_release(sys, path);
        int r = no_ebpf(sys, why);
        if (r == 0)
                r = lab_write(sys, ko, "", why);
        if (r == 0)
                r = lab_write(sys, "/opt/lab.c", text, why);
        if (r == 0)
                r = LAB_RUN_INSIDE(sys, why, NULL, "gcc", "-c", "-o", ko, "/opt/lab.c");
        return r < 0 ? r : depmod(sys, why);
}

static int is_alien(const struct sys *sys, const char *path)
{
        _cleanup_free_ char *ko = of_release(sys, path);
        return holds_text(sys, ko, ALIEN);
}

#define FILE_KO "/lib/modules/%s/updates/secep/ampfsm.ko"
#define NETWORK_KO "/lib/modules/%s/updates/secep/ampnetworkflow.ko"
#define VENDOR_KO "/lib/modules/%s/extra/ampfsm.ko"

static int stale_file(const struct sys *sys, char **why)
{
        return alien(sys, FILE_KO, why);
}

static int file_is_stale(const struct sys *sys, char **why)
{
        (void)why;
        return is_alien(sys, FILE_KO);
}

static int stale_network(const struct sys *sys, char **why)
{
        return alien(sys, NETWORK_KO, why);
}

static int network_is_stale(const struct sys *sys, char **why)
{
        (void)why;
        return is_alien(sys, NETWORK_KO);
}

static int vendor_stale(const struct sys *sys, char **why)
{
        return alien(sys, VENDOR_KO, why);
}

static int vendor_is_stale(const struct sys *sys, char **why)
{
        (void)why;
        return is_alien(sys, VENDOR_KO);
}

/* --- what keeps it from being built or loaded --- */

static int blacklist(const struct sys *sys, char **why)
{
        int r = no_ebpf(sys, why);
        return r < 0 ? r
                     : lab_write(sys, SITE, "blacklist ampfsm\ninstall ampnetworkflow /bin/false\n",
                                 why);
}

static int is_blacklisted(const struct sys *sys, char **why)
{
        return lab_has_line(sys, SITE, "blacklist ampfsm", why);
}

static int no_compiler(const struct sys *sys, char **why)
{
        int r = no_ebpf(sys, why);
        return r < 0 ? r
                     : LAB_RUN_INSIDE(sys, why, NULL, "find", "/usr/bin", "-regex",
                                      ".*/\\(cc\\|.*gcc\\(-[0-9]+\\)?\\)", "-delete");
}

static int compiler_is_gone(const struct sys *sys, char **why)
{
        (void)why;
        return !sys_exists(sys, "/usr/bin/gcc") && !sys_exists(sys, "/usr/bin/cc");
}

static int other_headers(const struct sys *sys, char **why)
{
        static const char text[] = "#define UTS_RELEASE \"4.0.0-lab\"\n";
        _cleanup_free_ char *build = of_release(sys, "/lib/modules/%s/build");
        int r = no_ebpf(sys, why);
        if (r == 0)
                r = lab_write(sys, "/opt/lab-headers/include/generated/utsrelease.h", text, why);
        return r < 0 ? r : LAB_RUN_INSIDE(sys, why, NULL, "ln", "-sfn", "/opt/lab-headers", build);
}

static int headers_are_others(const struct sys *sys, char **why)
{
        _cleanup_free_ char *path =
                of_release(sys, "/lib/modules/%s/build/include/generated/utsrelease.h");
        (void)why;
        return holds_text(sys, path, "4.0.0-lab");
}

static int broken_source(const struct sys *sys, char **why)
{
        int r = no_ebpf(sys, why);
        if (r == 0)
                r = lab_write(sys, SOURCE "/Kbuild", "obj-m := ampfsm.o\n", why);
        if (r == 0)
                r = lab_write(sys, SOURCE "/ampfsm.c", "int x = y;\n", why);
        return r < 0 ? r : lab_write(sys, CONF, "ModuleSource=" SOURCE "\n", why);
}

static int source_is_broken(const struct sys *sys, char **why)
{
        (void)why;
        return holds_text(sys, SOURCE "/ampfsm.c", "int x = y;") &&
               holds_text(sys, CONF, "ModuleSource=" SOURCE);
}

/* --- whose module --- */

static int connector(const struct sys *sys, char **why)
{
        int r = no_ebpf(sys, why);
        if (r == 0)
                r = lab_write(sys, DAEMON, "", why);
        return r < 0 ? r : lab_write(sys, GLOBAL_XML, GLOBAL("1.24.1"), why);
}

static int has_connector(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, DAEMON);
}

static int old_connector(const struct sys *sys, char **why)
{
        int r = connector(sys, why);
        if (r == 0)
                r = lab_write(sys, GLOBAL_XML, GLOBAL("1.15.2"), why);
        if (r == 0)
                r = sys_mkdirs(sys, SOURCE, 0755);
        return r < 0 ? r : lab_write(sys, CONF, "ModuleSource=" SOURCE "\n", why);
}

static int connector_is_old(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, DAEMON) && holds_text(sys, GLOBAL_XML, "1.15.2");
}

#define COMMON(slug)                                                                               \
        { slug, "module-missing", "a kernel without eBPF on kprobes", no_ebpf, has_no_ebpf },      \
                { slug, "module-blacklisted", "modprobe.d forbids both modules", blacklist,        \
                  is_blacklisted },                                                                \
                { slug, "headers-wrong", "the header tree is of another kernel", other_headers,    \
                  headers_are_others },                                                            \
                { slug, "build-tools-missing", "the compiler taken away", no_compiler,             \
                  compiler_is_gone },                                                              \
        {                                                                                          \
                slug, "connector", "a connector that has no module source", connector,             \
                        has_connector                                                              \
        }

const struct breakage break_file_monitor[] = {
        { "file-monitor", "module-stale", "our module, of another kernel", stale_file,
          file_is_stale },
        { "file-monitor", "vendor-module", "a module of others, of another kernel", vendor_stale,
          vendor_is_stale },
        { "file-monitor", "source-broken", "the operator's module source does not compile",
          broken_source, source_is_broken },
        COMMON("file-monitor"),
        { "file-monitor", "connector-too-old", "a connector of version 1.15 and a module source",
          old_connector, connector_is_old },
        { 0 },
};

const struct breakage break_network_monitor[] = {
        { "network-monitor", "module-stale", "our module, of another kernel", stale_network,
          network_is_stale },
        COMMON("network-monitor"),
        { 0 },
};
