/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints what a monitor reports, a line a record:
 *     events /dev/NAME SECONDS | events bpf:file SECONDS | events bpf-perf:file SECONDS
 * (bpf-perf: as on a kernel without ring buffer) | events fanotify:DIR SECONDS count (the renames
 * of its file system, to compare with)
 *
 *   rename PID UID COMM PATH NEWPATH
 *   connect PID UID COMM ADDRESS PORT
 *   lost N
 * With a third argument "count" only the sum is printed. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/fanotify.h>

#include "kmod-build/ampfsm/record.h"
#include "kmod-build/prove.h"
#include "lib/plugin.h"

static volatile sig_atomic_t stopped; /* by SIGTERM: what has come is still printed */
static bool counting;
static unsigned long records, lost;

static const char *const names[] = {
        [AMP_LOST] = "lost",       [AMP_CREATE] = "create", [AMP_RENAME] = "rename",
        [AMP_LINK] = "link",       [AMP_UNLINK] = "unlink", [AMP_CLOSE_WRITE] = "close-write",
        [AMP_CONNECT] = "connect", [AMP_ACCEPT] = "accept", [AMP_CLOSE] = "close"
};

static void print_record(const struct amp_record *r)
{
        printf("%s %u %u %s", names[r->type], r->pid, r->uid, r->comm);
        if (r->type >= AMP_CONNECT) {
                const struct amp_network *n = (const void *)(r + 1);
                char to[INET6_ADDRSTRLEN] = "?", from[INET6_ADDRSTRLEN] = "?";
                inet_ntop(n->family, n->daddr, to, sizeof(to));
                inet_ntop(n->family, n->saddr, from, sizeof(from));
                printf(" %s %u %s %u\n", to, n->dport, from, n->sport);
                return;
        }
        const struct amp_file *f = (const void *)(r + 1);
        const char *path = (const char *)(f + 1);
        printf(" %s %s\n", path, f->new_len ? path + f->path_len : "");
}

static void on_record(void *data, const struct amp_record *r)
{
        (void)data;
        if (r->type == AMP_LOST)
                lost += ((const struct amp_lost *)(const void *)(r + 1))->events;
        records += r->type != AMP_LOST;
        if (!counting && r->type != AMP_LOST)
                print_record(r);
}

static int read_device(const char *path, int64_t ms)
{
        static _Alignas(8) char buf[1 << 18];
        _cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        printf("ready\n");
        fflush(stdout);
        const int64_t end = now_ms() + ms;
        while (!stopped && now_ms() < end) {
                struct pollfd p = { .fd = fd, .events = POLLIN };
                int n = poll(&p, 1, 100);
                ssize_t got = n > 0 ? read(fd, buf, sizeof(buf)) : 0;
                if (got < 0 && errno != EAGAIN)
                        return -errno;
                for (ssize_t at = 0; at < got;) {
                        const struct amp_record *r = (const void *)(buf + at);
                        on_record(NULL, r);
                        at += r->size;
                }
        }
        return 0;
}

static int read_bpf(const char *which, bool ring, int64_t ms)
{
        const void *found = NULL;
        struct bpf_monitor *m = NULL;
        _cleanup_free_ char *why = NULL;
        int r = plugin_open("bpf", "bpf_plugin", &found, &why);
        const struct bpf_plugin *plugin = found;
        if (r == 0 && !plugin->monitor_open)
                r = -ENOSYS;
        if (r == 0 && !ring)
                *plugin->without_ring = true;
        if (r == 0)
                r = plugin->monitor_open(streq(which, "file") ? MONITOR_FILE : MONITOR_NETWORK, &m,
                                         &why);
        if (r < 0)
                return fprintf(stderr, "%s\n", why ? why : "no monitor"), r;
        printf("ready\n");
        fflush(stdout);
        const int64_t end = now_ms() + ms;
        while (r >= 0 && !stopped && now_ms() < end)
                r = plugin->monitor_poll(m, 100, on_record, NULL);
        if (r >= 0)
                r = plugin->monitor_poll(m, 0, on_record, NULL);
        plugin->monitor_close(m);
        return r < 0 ? r : 0;
}

#ifdef FAN_RENAME
static int read_fanotify(const char *dir, int64_t ms)
{
        static _Alignas(8) char buf[1 << 16];
        _cleanup_close_ int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_DFID_NAME_TARGET |
                                                       FAN_NONBLOCK | FAN_UNLIMITED_QUEUE,
                                               O_RDONLY);
        if (fd < 0 ||
            fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_RENAME, AT_FDCWD, dir) < 0)
                return -errno;
        printf("ready\n");
        fflush(stdout);
        const int64_t end = now_ms() + ms;
        while (!stopped && now_ms() < end) {
                struct pollfd p = { .fd = fd, .events = POLLIN };
                ssize_t left = poll(&p, 1, 100) > 0 ? read(fd, buf, sizeof(buf)) : 0;
                const struct fanotify_event_metadata *e = (const void *)buf;
                for (; left > 0 && FAN_EVENT_OK(e, left); e = FAN_EVENT_NEXT(e, left))
                        records++;
        }
        return 0;
}
#else
static int read_fanotify(const char *dir, int64_t ms)
{
        (void)dir, (void)ms;
        return -ENOSYS;
}
#endif

static void on_term(int sig)
{
        (void)sig;
        stopped = 1;
}

int main(int argc, char **argv)
{
        if (argc < 3)
                return 2;
        counting = argc > 3;
        signal(SIGTERM, on_term);
        int64_t ms = (int64_t)(strtod(argv[2], NULL) * 1000);
        int r = startswith(argv[1], "bpf:")        ? read_bpf(argv[1] + 4, true, ms)
                : startswith(argv[1], "bpf-perf:") ? read_bpf(argv[1] + 9, false, ms)
                : startswith(argv[1], "fanotify:") ? read_fanotify(argv[1] + 9, ms)
                                                   : read_device(argv[1], ms);
        if (counting || lost)
                printf("records %lu lost %lu\n", records, lost);
        if (r < 0)
                fprintf(stderr, "%s: %s\n", argv[1], strerror(-r));
        return r < 0;
}
