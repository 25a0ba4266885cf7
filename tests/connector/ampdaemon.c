/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stand-in: the daemon. Keeps a scan process, has an eBPF program loaded as the vendor's has its
 * monitors, watches opens of files, and knows of faults 5 to 9 and 18 by itself, of 11 and 19 where
 * modules are its monitors, of 16 where a test names kernels. */
#include <clamav.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/connector/modules.h"
#include "tests/connector/standin.h"
#include "tests/connector/status.h"

#define FAILURES_MAX 64
#define COREDUMP "/lib/systemd/systemd-coredump"

struct daemon {
        pid_t scanner;
        bool as_root, start_failed, overloaded;
        time_t scanner_began, next_start, second;
        time_t failures[FAILURES_MAX];
        int n_failures;
        bool restarting; /* fault 6, until it was quiet for long enough */
        int quiet, bearable;
        int watch;    /* fanotify */
        int monitors; /* an eBPF program, or -1: what keeps 8 and 9 down */
        bool by_modules, kernel_refused;
        struct modules modules;
        unsigned long events;
};

static void drop_invalid(void)
{
        DIR *dir = access(KEEP_INVALID, F_OK) == 0 ? NULL : opendir(SIGNATURES);
        char path[512];

        if (!dir)
                return;
        for (struct dirent *e; (e = readdir(dir));) {
                const char *end = strrchr(e->d_name, '.');

                snprintf(path, sizeof(path), "%s/%s", SIGNATURES, e->d_name);
                if (end && strcmp(end, ".cvd") == 0 && cl_cvdverify(path) != CL_SUCCESS)
                        unlink(path);
        }
        closedir(dir);
}

/* A program that the kernel has verified, held open and attached to nothing: the load is what
 * fails where eBPF is refused. */
static int monitors_load(void)
{
        static const struct bpf_insn nothing[] = {
                { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
                { .code = BPF_JMP | BPF_EXIT },
        };
        union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
                                .insns = (unsigned long)nothing,
                                .insn_cnt = sizeof(nothing) / sizeof(*nothing),
                                .license = (unsigned long)"GPL" };

        return access(NO_MONITORS, F_OK) == 0
                       ? -1
                       : (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

/* The number in the file of a switch, OTHERWISE where there is none. */
static int switch_number(const char *path, int otherwise)
{
        FILE *f = fopen(path, "re");
        int n;

        if (!f)
                return otherwise;
        if (fscanf(f, "%d", &n) != 1)
                n = otherwise;
        fclose(f);
        return n;
}

static void become_scan_account(void)
{
        struct passwd *pw = getpwnam(ACCOUNT);

        if (pw && (setgroups(0, NULL) < 0 || setgid(pw->pw_gid) < 0 || setuid(pw->pw_uid) < 0))
                _exit(2);
}

static void scanner_start(struct daemon *d)
{
        d->as_root = getpwnam(ACCOUNT) == NULL;
        d->scanner_began = time(NULL);
        d->scanner = fork();
        if (d->scanner != 0)
                return;
        become_scan_account();
        execl(SCANNER, SCANNER, (char *)NULL);
        _exit(2);
}

static void scanner_ended(struct daemon *d, int status)
{
        time_t now = time(NULL);

        d->scanner = 0;
        d->next_start = now + 1;
        if (!WIFSIGNALED(status)) {
                d->start_failed = true;
                return;
        }
        if (d->n_failures == FAILURES_MAX)
                memmove(d->failures, d->failures + 1, sizeof(*d->failures) * --d->n_failures);
        d->failures[d->n_failures++] = now;
}

static int failures_since(const struct daemon *d, time_t since)
{
        int n = 0;

        for (int i = 0; i < d->n_failures; i++)
                n += d->failures[i] >= since;
        return n;
}

/* Tells systemd-coredump of process PID with the arguments a kernel gives it, and an empty core. */
static void core_by_hand(pid_t pid)
{
        char proc[32], words[5][32], host[64] = "";
        struct stat st;
        pid_t child;

        snprintf(proc, sizeof(proc), "/proc/%d", pid);
        if (stat(proc, &st) < 0 || gethostname(host, sizeof(host)) < 0)
                return;
        snprintf(words[0], sizeof(words[0]), "%d", pid);
        snprintf(words[1], sizeof(words[1]), "%u", st.st_uid);
        snprintf(words[2], sizeof(words[2]), "%u", st.st_gid);
        snprintf(words[3], sizeof(words[3]), "%d", SIGSEGV);
        snprintf(words[4], sizeof(words[4]), "%lld", (long long)time(NULL));
        child = fork();
        if (child == 0) {
                execl(COREDUMP, COREDUMP, words[0], words[1], words[2], words[3], words[4], "0",
                      host, (char *)NULL);
                _exit(1);
        }
        waitpid(child, NULL, 0);
}

static void scanner_keep(struct daemon *d)
{
        time_t now = time(NULL);
        int status;

        if (d->scanner && waitpid(d->scanner, &status, WNOHANG | WUNTRACED) == d->scanner) {
                if (WIFSTOPPED(status)) {
                        core_by_hand(d->scanner);
                        kill(d->scanner, SIGKILL);
                } else {
                        scanner_ended(d, status);
                }
        }
        if (!d->scanner && now >= d->next_start && !(d->start_failed && access(GIVE_UP, F_OK) == 0))
                scanner_start(d);
        if (d->scanner && now - d->scanner_began >= 2)
                d->start_failed = false;
        if (failures_since(d, now - d->quiet) >= 3)
                d->restarting = true;
        if (failures_since(d, now - d->quiet) == 0)
                d->restarting = false;
}

static void events_count(struct daemon *d)
{
        char buf[65536];
        ssize_t n;

        for (int turns = 0; turns < 64 && (n = read(d->watch, buf, sizeof(buf))) > 0; turns++) {
                struct fanotify_event_metadata *e = (void *)buf;

                for (; FAN_EVENT_OK(e, n); e = FAN_EVENT_NEXT(e, n)) {
                        d->events++;
                        if (e->mask & FAN_Q_OVERFLOW)
                                d->events += (unsigned long)d->bearable;
                        if (e->fd >= 0)
                                close(e->fd);
                }
        }
        if (time(NULL) != d->second) {
                d->overloaded = d->events > (unsigned long)d->bearable;
                d->events = 0;
                d->second = time(NULL);
        }
}

static void faults_raised(const struct daemon *d, bool raised[FAULT_MAX])
{
        raised[5] = d->as_root;
        raised[6] = d->restarting;
        raised[7] = d->start_failed;
        raised[8] = d->by_modules ? d->modules.device[0] < 0 : d->monitors < 0;
        raised[9] = d->by_modules ? d->modules.device[1] < 0 : d->monitors < 0;
        raised[11] = d->by_modules && !d->modules.headers;
        raised[16] = d->kernel_refused;
        raised[18] = d->overloaded;
        raised[19] = d->by_modules && d->monitors < 0;
}

static void status_write(const struct daemon *d)
{
        bool raised[FAULT_MAX] = { 0 };
        FILE *f = fopen(STATUS ".new", "we");

        if (!f)
                return;
        faults_raised(d, raised);
        fprintf(f, "Status: Connected\nMode: %s\nScan: Ready for scan\n",
                d->overloaded ? "Degraded" : "Normal");
        if (d->by_modules)
                fprintf(f, "File events: %lu bytes\nNetwork events: %lu bytes\n",
                        d->modules.bytes[0], d->modules.bytes[1]);
        faults_write(f, raised);
        fclose(f);
        rename(STATUS ".new", STATUS);
}

static volatile sig_atomic_t ended;

static void end(int signal_number)
{
        (void)signal_number;
        ended = 1;
}

int main(void)
{
        struct daemon d = { .quiet = switch_number(QUIET_SECONDS, 600),
                            .bearable = switch_number(OVERLOAD_EVENTS, 3000),
                            .second = time(NULL) };

        signal(SIGTERM, end);
        umask(022);
        cl_initialize_crypto();
        mkdir(STATUS_DIR, 0755);
        drop_invalid();
        d.monitors = monitors_load();
        d.kernel_refused = kernel_refused();
        d.by_modules = access(BY_MODULES, F_OK) == 0;
        if (d.by_modules)
                modules_open(&d.modules);
        d.watch = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK | FAN_CLOEXEC, O_RDONLY);
        if (d.watch >= 0)
                fanotify_mark(d.watch, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN, AT_FDCWD, "/");
        while (!ended) {
                struct pollfd p = { .fd = d.watch, .events = POLLIN };

                poll(&p, 1, 100);
                scanner_keep(&d);
                if (d.by_modules)
                        modules_read(&d.modules);
                if (d.watch >= 0)
                        events_count(&d);
                status_write(&d);
        }
        if (d.scanner)
                kill(d.scanner, SIGKILL);
        unlink(STATUS);
        return 0;
}
