/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events made on purpose. */
#include "kmod-build/event.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/* In /run first: a tmpfs that is ours to write on every system. */
static int event_file(void)
{
        static const char *const tops[] = { "/run", "/dev/shm", "/tmp" };
        int r = -ENOENT;
        for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
                _cleanup_free_ char *dir = xasprintf("%s/.secep-proof-XXXXXX", tops[i]);
                if (!mkdtemp(dir)) {
                        r = -errno;
                        continue;
                }
                _cleanup_close_ int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                _cleanup_close_ int fd =
                        openat(at, "a", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
                r = fd < 0 || renameat(at, "a", at, "b") < 0 ? -errno : 0;
                unlinkat(at, "a", 0);
                unlinkat(at, "b", 0);
                rmdir(dir);
                break;
        }
        return r;
}

static int event_network(void)
{
        struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t len = sizeof(address);
        _cleanup_close_ int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        _cleanup_close_ int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (server < 0 || client < 0 ||
            bind(server, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            listen(server, 1) < 0 || getsockname(server, (struct sockaddr *)&address, &len) < 0)
                return -errno;
        if (connect(client, (struct sockaddr *)&address, len) < 0 && errno != EINPROGRESS)
                return -errno;
        return 0;
}

int event_make(enum monitor monitor)
{
        return monitor == MONITOR_FILE ? event_file() : event_network();
}

void event_maker_name(struct event_maker *m)
{
        memset(m->name, 0, sizeof(m->name));
        snprintf(m->name, sizeof(m->name), "sp%x.%x", (unsigned)getpid() & 0xffffff,
                 (unsigned)now_ms() & 0xffff);
}

void event_maker_begin(struct event_maker *m)
{
        prctl(PR_GET_NAME, m->before);
        prctl(PR_SET_NAME, m->name);
}

void event_maker_end(const struct event_maker *m)
{
        prctl(PR_SET_NAME, m->before);
}
