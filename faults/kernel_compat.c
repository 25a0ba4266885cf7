/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 16: the connector cannot work with this kernel. */
#include <errno.h>

#include "connector/connector.h"
#include "faults/kernel.h"
#include "packages/compat.h"
#include "packages/packages.h"

#define SYMBOLS_MAX ((size_t)64 * 1024 * 1024)
#define CONSOLE                                                                                    \
        "or turn off Monitor File Copies and Moves and Enable Device Flow Correlation in the "     \
        "policy (console)"

/* What the connector's public eBPF programs probe. */
static const char *const probed[] = {
        "__fput",
        "security_inode_create",
        "security_inode_mknod",
        "security_inode_link",
        "security_inode_symlink",
        "security_inode_unlink",
        "security_inode_rename",
        "vfs_read",
        "vfs_readv",
        "vfs_write",
        "vfs_writev",
        "vfs_truncate",
        "do_truncate",
        "inet_csk_accept",
        "security_socket_connect",
        "security_socket_listen",
        "security_socket_recvmsg",
        "security_socket_sendmsg",
        "inet_release",
        "inet6_release",
        "proc_exec_connector",
        "acct_process",
        "wake_up_new_task",
};

/* Has a symbol table of "ADDRESS TYPE NAME" lines the function NAME, or what the compiler made of
 * it (NAME.isra.0)? */
static bool has_symbol(const char *text, const char *name)
{
        size_t n = strlen(name);
        for (const char *p = text; (p = strstr(p, name)); p += n)
                if (p > text && p[-1] == ' ' &&
                    (p[n] == '\n' || p[n] == '.' || p[n] == '\0' || p[n] == '\t'))
                        return true;
        return false;
}

/* The symbols of RELEASE, or NULL where nobody tells: the running kernel's own list, else
 * System.map, unless that is Debian's one-line stand-in. */
static char *symbols_of(const struct sys *sys, const char *release)
{
        _cleanup_free_ char *path = xasprintf("/boot/System.map-%s", release), *text = NULL;
        _cleanup_free_ char *running = NULL;
        if (sys->live && sys_read(sys, "/proc/sys/kernel/osrelease", 256, &running, NULL) == 0) {
                running[strcspn(running, "\n")] = '\0';
                if (streq(running, release) &&
                    sys_read(sys, "/proc/kallsyms", SYMBOLS_MAX, &text, NULL) == 0)
                        return TAKE_PTR(text);
        }
        if (sys_read(sys, path, SYMBOLS_MAX, &text, NULL) < 0 || !has_symbol(text, "vfs_read"))
                return NULL;
        return TAKE_PTR(text);
}

/* No row: what its programs need is asked of the kernel itself. */
static int judge_kernel(const struct sys *sys, const char *release, struct finding *f)
{
        _cleanup_free_ char *symbols = symbols_of(sys, release);
        if (!symbols)
                return finding_unknown(f, -ENODATA,
                                       "no row of the table fits kernel %s, and "
                                       "its functions are not listed (no System.map)",
                                       release);
        unsigned missing = 0;
        const char *first = NULL;
        for (size_t i = 0; i < ARRAY_SIZE(probed); i++)
                if (!has_symbol(symbols, probed[i])) {
                        finding_evidence(f, probed[i], "not in the kernel", "there");
                        first = first ? first : probed[i];
                        missing++;
                }
        if (missing == 0)
                return finding_set(f, VERDICT_OK, NULL,
                                   "kernel %s is not in the table, nothing is missing", release);
        return finding_set(f, VERDICT_BLOCKED, "kernel-lacks",
                           "kernel %s lacks %u of the functions the connector watches, %s first: "
                           "boot a kernel that has them, " CONSOLE,
                           release, missing, first);
}

/* The version to judge by, NULL: not known. */
static int connector_of(const struct sys *sys, char **version, struct finding *f, char **why)
{
        int r = connector_version(sys, version, why);
        if (r == 0)
                finding_evidence(f, "connector version", *version ? *version : "not known", NULL);
        return r;
}

static int judge(const struct sys *sys, const char *release, const char *version,
                 const struct compat *compat, const struct keyfile *os, struct finding *f)
{
        const struct compat_row *row = NULL;
        enum compat_answer answer = compat_judge(compat, os, release, version, &row);
        finding_evidence(f, "row of kernel-compat.conf", row ? row->name : "none", NULL);
        if (answer == COMPAT_NO_ROW)
                return judge_kernel(sys, release, f);
        if (answer == COMPAT_FITS)
                return finding_set(f, VERDICT_OK, NULL, "kernel %s is supported (row %s)", release,
                                   row->name);
        bool new = answer == COMPAT_TOO_NEW;
        return finding_set(
                f, VERDICT_BLOCKED, new ? "kernel-too-new" : "kernel-too-old",
                "kernel %s is too %s for connector %s (%s: kernel %s, connector %s): %s, " CONSOLE,
                release, new ? "new" : "old", version ? version : "of any version", row->name,
                row->kernel ? row->kernel : "any", row->connector ? row->connector : "any",
                new ? "upgrade the connector, or install a kernel it supports and reboot"
                    : "install a newer kernel that it supports and reboot");
}

static int probe(const struct sys *sys, struct finding *f)
{
        _cleanup_free_ char *release = NULL, *version = NULL, *why = NULL;
        _cleanup_compat_ struct compat compat = { 0 };
        struct keyfile os = { 0 };
        int r = kernel_gate(sys, f);
        if (r <= 0)
                return r;
        r = release_asked(sys, &release, &why);
        if (r == 0)
                r = connector_of(sys, &version, f, &why);
        if (r == 0)
                r = compat_load(sys, &compat, &why);
        if (r == 0)
                r = os_release_read(sys, &os, &why);
        if (r == 0)
                r = judge(sys, release, version, &compat, &os, f);
        else
                finding_unknown(f, r, "%s", why);
        if (f->verdict == VERDICT_BLOCKED && (sys->allow & ALLOW_KERNEL_CHANGE))
                finding_note(f, "--allow kernel-change: no repair changes the kernel yet");
        keyfile_free(&os);
        return r;
}

/* What the probe finds is for a person: it never says fault, and no kernel is changed by us. */
static int plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        (void)sys, (void)plan;
        return finding_unknown(f, -ENOSYS, "a kernel is changed by a person");
}

const struct fault fault_kernel_compat = {
        .id = 16,
        .slug = "kernel-compat",
        .summary = "Incompatible kernel",
        .of_kernel = true,
        .restarts = true,
        .probe = probe,
        .plan = plan,
};
