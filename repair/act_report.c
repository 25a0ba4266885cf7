/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --report DIR: what somebody who helps needs to see, in a new directory of the caller's alone. A look:
 * no program is run. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "connector/paths.h"
#include "connector/policy.h"
#include "host/logs.h"
#include "lib/clean.h"
#include "lib/i18n.h"
#include "lib/io.h"
#include "lib/scrub.h"
#include "repair/program.h"
#include "repair/report.h"

#define LOGS "/var/log/secep"
#define LOGS_MAX 16
#define FILE_MAX ((size_t)256 * 1024)

struct bundle {
        struct sys *sys;
        int dir;
        FILE *left_out; /* a line each */
        int error;      /* the first that kept a file from being written */
};

static const char never[] =
        "local.xml: the connector's identity\n"
        "policy.xml: the organisation's policy; its name and serial number are in versions.txt\n"
        "accounts, keys (ModuleSigningKey=), signature files, quarantine: not read\n"
        "the journal: journalctl -u cisco-amp -u 'secep-*' prints it\n"
        "logs: what stands before their last 256 KiB\n"
        "in all files: values of keys that are named like a password, a token or a secret, users "
        "and\n"
        "passwords in URLs, private keys, identifiers like 01234567-89ab-cdef-0123-456789abcdef\n";

static void left_out(struct bundle *b, const char *what, const char *why)
{
        _cleanup_free_ char *clean = text_clean(what);
        fprintf(b->left_out, "%s: %s\n", clean, why);
}

static void put_raw(struct bundle *b, const char *name, const char *text)
{
        _cleanup_close_ int fd =
                openat(b->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        int r = fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
        if (r < 0 && b->error == 0)
                b->error = r;
}

/* Nothing gets into the bundle but through here. */
static void put(struct bundle *b, const char *name, const char *text)
{
        unsigned n = 0;
        _cleanup_free_ char *scrubbed = scrub_text(text, &n);
        _cleanup_free_ char *why = xasprintf("%u value(s) removed", n);
        put_raw(b, name, scrubbed);
        if (n)
                left_out(b, name, why);
}

static void put_findings(struct bundle *b)
{
        struct report report = { .all = true, .time = (long)time(NULL) };
        const struct fault *all[FAULTS_COUNT + 1] = { NULL };
        const struct session session = { .sys = b->sys, .faults = all };
        _cleanup_free_ char *text = NULL;
        size_t size = 0;
        char host[256] = "";
        (void)gethostname(host, sizeof(host) - 1);
        report.host = xstrdup(host);
        report.kernel = b->sys->release ? xstrdup(b->sys->release) : NULL;
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                all[i] = faults[i];
        session_check(&session, &report);
        report_sort(&report);
        FILE *to = xopen_memstream(&text, &size);
        report_json(&report, report_exit(&report), to);
        fclose(to);
        put(b, "findings.json", text);
        report_free(&report);
}

static void put_history(struct bundle *b)
{
        _cleanup_free_ char *text = NULL, *why = NULL;
        size_t size = 0;
        FILE *to = xopen_memstream(&text, &size);
        if (history_print(b->sys, true, to, &why) < 0)
                left_out(b, "history.json, a run", why ? why : "cannot be read");
        fclose(to);
        put(b, "history.json", text);
}

/* A small file of the system, as it is; one that is not there is no loss. */
static void put_file(struct bundle *b, const char *name, const char *path)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read_nolinks(b->sys, path, FILE_MAX, &text, NULL);
        if (r == 0)
                put(b, name, text);
        else if (r != -ENOENT)
                left_out(b, path, error_text(-r));
}

static void add_line(void *data, const char *line)
{
        fprintf(data, "%s\n", line);
}

static void put_log(struct bundle *b, const char *name, const char *path)
{
        _cleanup_free_ char *text = NULL;
        size_t size = 0;
        FILE *to = xopen_memstream(&text, &size);
        int r = log_tail(b->sys, path, add_line, to);
        fclose(to);
        if (r == 0)
                put(b, name, text);
        else if (r != -ENOENT)
                left_out(b, path, error_text(-r));
}

/* Our own logs: events of the monitor, module builds. Names are root's, and still looked at. */
static void put_our_logs(struct bundle *b)
{
        static const char fit[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-";
        _cleanup_closedir_ DIR *dir = NULL;
        size_t n = 0;
        if (sys_opendir(b->sys, LOGS, &dir) < 0)
                return;
        for (struct dirent *e; (e = readdir(dir));) {
                _cleanup_free_ char *path = xasprintf(LOGS "/%s", e->d_name),
                                    *name = xasprintf("secep-%s", e->d_name);
                if (e->d_name[0] == '.')
                        continue;
                if (n == LOGS_MAX || strspn(e->d_name, fit) != strlen(e->d_name))
                        left_out(b, path, n == LOGS_MAX ? "one log too many" : "a name of its own");
                else
                        put_log(b, name, path), n++;
        }
}

static void put_versions(struct bundle *b)
{
        _cleanup_policy_ struct policy policy = { 0 };
        _cleanup_free_ char *version = NULL, *text = NULL;
        int installed = connector_installed(b->sys, NULL);
        (void)connector_version(b->sys, &version, NULL);
        (void)policy_read(b->sys, &policy, NULL);
        text = xasprintf("secep: %s\nroot: %s\nkernel: %s\nconnector: %s%s%s\npolicy: %s (%s)\n",
                         VERSION, b->sys->live ? "/" : "another",
                         b->sys->release ? b->sys->release : "?",
                         installed == 1   ? "installed"
                         : installed == 0 ? "not installed"
                                          : "not known",
                         version ? ", " : "", version ? version : "",
                         policy.name ? policy.name : "?", policy.serial ? policy.serial : "?");
        put(b, "versions.txt", text);
}

/* The directory is made here, so that what is in it is ours; whoever planted a link gets EEXIST. */
static int open_new(const char *path, char **why)
{
        struct stat st;
        if (mkdir(path, 0700) < 0)
                return fail(why, -errno, "--report %s: %s", path, error_text(errno));
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return fail(why, -errno, "--report %s: %s", path, error_text(errno));
        if (fstat(fd, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & 077)) {
                close(fd);
                return fail(why, -EPERM, "--report %s: it was replaced", path);
        }
        return fd;
}

static void fill(struct bundle *b)
{
        put_findings(b);
        put_versions(b);
        put_history(b);
        put_file(b, "os-release", "/usr/lib/os-release");
        put_file(b, "secep.conf", "/etc/secep/secep.conf");
        put_file(b, "kernel-compat.conf", "/etc/secep/kernel-compat.conf");
        if (b->sys->live) {
                put_file(b, "proc-version", "/proc/version");
                put_file(b, "proc-cmdline", "/proc/cmdline");
                put_file(b, "proc-modules", "/proc/modules");
                put_file(b, "proc-meminfo", "/proc/meminfo");
        }
        put_log(b, "ampdaemon.log", connector_path(b->sys, PATH_DAEMON_LOG));
        put_log(b, "ampscansvc.log", connector_path(b->sys, PATH_SCAN_LOG));
        put_our_logs(b);
}

int act_report(struct program *p)
{
        const char *path = p->options.report;
        _cleanup_free_ char *clean = text_clean(path);
        _cleanup_free_ char *done =
                xasprintf(_("written to %s; left-out.txt there says what was left out"), clean);
        _cleanup_free_ char *why = NULL, *text = NULL;
        _cleanup_close_ int dir = open_new(path, &why);
        size_t size = 0;
        if (dir < 0)
                return program_complain(EXIT_USAGE, why);
        i18n_end(); /* who reads it may speak another language */
        struct bundle b = { .sys = &p->sys, .dir = dir, .left_out = xopen_memstream(&text, &size) };
        fputs(never, b.left_out);
        fill(&b);
        fclose(b.left_out);
        put_raw(&b, "left-out.txt", text);
        if (b.error) {
                why = xasprintf("--report %s: %s", path, error_text(-b.error));
                return program_complain(EXIT_COULD_NOT_TELL, why);
        }
        puts(done);
        return EXIT_NO_FAULT_LEFT;
}
