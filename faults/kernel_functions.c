/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions the connector's eBPF programs attach to, and who lists a kernel's. */
#include "faults/kernel_functions.h"
#include "faults/kernel_headers.h"

#include <errno.h>

#include "kernels/config.h"
#include "lib/i18n.h"

#define SYMBOLS_MAX ((size_t)64 * 1024 * 1024)
#define NAMES_MAX 14

enum { FILES, NETWORK, PROCESSES };

/* The programs built beforehand need the kernel's BTF; the others are compiled on the machine, with
 * its headers. */
static const struct part {
        const char *what;
        const char *built[NAMES_MAX], *compiled[NAMES_MAX];
} parts[] = {
        [FILES] = { N_("file monitoring"),
                    { "security_inode_create", "security_inode_mknod", "security_inode_link",
                      "security_inode_symlink", "security_inode_unlink", "security_inode_rename",
                      "vfs_read", "vfs_readv", "vfs_write", "vfs_writev", "vfs_truncate",
                      "do_truncate", "__fput" },
                    { "vfs_open", "vfs_symlink", "vfs_link", "vfs_rename", "vfs_unlink", "vfs_read",
                      "vfs_write", "do_truncate", "__fput" } },
        [NETWORK] = { N_("network monitoring"),
                      { "inet_csk_accept", "security_socket_connect", "security_socket_listen",
                        "security_socket_recvmsg", "security_socket_sendmsg", "inet_release",
                        "inet6_release" },
                      { "inet_stream_connect", "inet_csk_accept", "inet_sendmsg", "inet_recvmsg",
                        "inet_listen", "inet_release", "inet6_release" } },
        [PROCESSES] = { N_("process monitoring"),
                        { "wake_up_new_task", "proc_exec_connector", "acct_process" },
                        { "wake_up_new_task", "proc_exec_connector", "acct_process" } },
};

/* Has a symbol table of "ADDRESS TYPE NAME" lines the function NAME? Not what the compiler made of
 * it (NAME.isra.0): a probe on NAME does not find that. */
static bool has_function(const char *text, const char *name)
{
        size_t n = strlen(name);
        for (const char *p = text; (p = strstr(p, name)); p += n)
                if (p - text > 2 && p[-1] == ' ' && strchr("tTwW", p[-2]) &&
                    (p[n] == '\n' || p[n] == '\0' || p[n] == '\t'))
                        return true;
        return false;
}

/* Does TEXT list functions at all? Debian's stand-in for a System.map is one line of words. */
static bool lists_functions(const char *text)
{
        for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                size_t address = strspn(line, "0123456789abcdefABCDEF");
                const char *type = line + address + 1;
                if (address == 0 || line[address] != ' ' || !*type || !strchr("tTwW", *type))
                        continue;
                size_t name = type[1] == ' ' ? strcspn(type + 2, " \t\n") : 0;
                if (name > 0 && type[2 + name] != ' ')
                        return true;
        }
        return false;
}

/* The symbols of RELEASE, or NULL where nobody tells: the running kernel's own list, else
 * System.map. */
static char *symbols_of(const struct sys *sys, const char *release)
{
        _cleanup_free_ char *path = xasprintf("/boot/System.map-%s", release), *text = NULL;
        if (sys_runs_kernel(sys, release) &&
            sys_read(sys, "/proc/kallsyms", SYMBOLS_MAX, &text, NULL) == 0)
                return TAKE_PTR(text);
        if (sys_read(sys, path, SYMBOLS_MAX, &text, NULL) < 0 || !lists_functions(text))
                return NULL;
        return TAKE_PTR(text);
}

/* The names of NAMES that are lacking, "" for none; *N counts them. */
static char *lacking_of(const char *symbols, const char *const *names, bool ipv6_module,
                        unsigned *n)
{
        char *list = xstrdup("");
        *n = 0;
        for (size_t i = 0; i < NAMES_MAX && names[i]; i++) {
                /* a module's functions are in no System.map */
                if (has_function(symbols, names[i]) ||
                    (ipv6_module && streq(names[i], "inet6_release")))
                        continue;
                char *longer = xasprintf("%s%s%s", list, (*n)++ ? ", " : "", names[i]);
                free(list);
                list = longer;
        }
        return list;
}

/* What PART lacks, into the evidence; malloc'ed, NULL where a form of it works. */
static char *ask_part(const struct part *part, const char *symbols, bool btf, bool ipv6_module,
                      struct finding *f)
{
        unsigned n_built = 0, n_compiled = 0;
        char *built = lacking_of(symbols, part->built, ipv6_module, &n_built),
             *compiled = lacking_of(symbols, part->compiled, ipv6_module, &n_compiled);
        if (!btf) {
                char *longer = xasprintf("%s%sBTF", built, n_built++ ? ", " : "");
                free(built);
                built = longer;
        }
        _cleanup_free_ char *told =
                n_built && n_compiled ? xasprintf("CO-RE: %s; BCC: %s", built, compiled) : NULL;
        finding_evidence(f, _(part->what), told ? told : n_built ? "BCC" : "CO-RE", "CO-RE or BCC");
        finding_detail(f);
        char *fewest = !told ? NULL : xstrdup(n_built > n_compiled ? compiled : built);
        free(built);
        free(compiled);
        return fewest;
}

int kernel_functions_ask(const struct sys *sys, const char *release, struct finding *f,
                         char **lacking)
{
        _cleanup_free_ char *symbols = symbols_of(sys, release), *config = NULL, *all = NULL;
        if (!symbols)
                return -ENODATA;
        (void)kernel_config_read(sys, release, &config);
        bool btf = btf_of(sys, release) != BTF_NO, /* not held against it where nobody says */
                ipv6_module = config && kernel_config_value(config, "IPV6") == 'm';
        for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
                _cleanup_free_ char *more = ask_part(&parts[i], symbols, btf, ipv6_module, f);
                if (!more || (all && streq(more, "BTF") && strstr(all, "BTF"))) /* said once */
                        continue;
                char *longer = all ? xasprintf("%s, %s", all, more) : xstrdup(more);
                free(all);
                all = longer;
        }
        *lacking = TAKE_PTR(all);
        return 0;
}

/* Is none of the functions of PART listed? */
static bool has_none(const struct part *part, const char *symbols)
{
        for (size_t i = 0; i < NAMES_MAX; i++)
                if ((part->built[i] && has_function(symbols, part->built[i])) ||
                    (part->compiled[i] && has_function(symbols, part->compiled[i])))
                        return false;
        return true;
}

bool kernel_functions_none(const struct sys *sys, const char *release, enum monitor monitor)
{
        _cleanup_free_ char *symbols = symbols_of(sys, release);
        return symbols && has_none(&parts[monitor == MONITOR_NETWORK ? NETWORK : FILES], symbols);
}
