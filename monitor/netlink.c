/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listening to the kernel. */
#include "monitor/netlink.h"
#include "monitor/say.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <sys/epoll.h>
#include <sys/socket.h>

struct listener {
        struct monitor *m;
        const struct netlink_ear *ear;
        bool overrun_said;
};

static void overrun(struct listener *l)
{
        if (!l->overrun_said)
                monitor_say("events were lost in the kernel's queue; everything is looked at");
        l->overrun_said = true;
        monitor_want(l->m, l->ear->lost);
}

/* Another process may write to the socket, too: only the kernel has port 0. */
static int on_datagram(sd_event_source *source, int fd, uint32_t events, void *data)
{
        struct listener *l = data;
        char buf[8192];
        (void)source, (void)events;
        for (unsigned i = 0; i < 256; i++) {
                struct sockaddr_nl from = { 0 };
                socklen_t len = sizeof(from);
                ssize_t n = recvfrom(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT,
                                     (struct sockaddr *)&from, &len);
                if (n < 0 && errno == ENOBUFS)
                        overrun(l);
                else if (n < 0 && errno != EINTR)
                        return 0;
                if (n <= 0 || from.nl_family != AF_NETLINK || from.nl_pid != 0)
                        continue;
                buf[n] = '\0';
                l->ear->heard(l->m, buf, (size_t)n);
        }
        return 0;
}

int netlink_listen(struct monitor *m, const struct netlink_ear *ear)
{
        _cleanup_close_ int fd =
                socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, ear->protocol);
        const struct sockaddr_nl own = { .nl_family = AF_NETLINK,
                                         .nl_groups = 1u << (ear->group - 1) };
        sd_event_source *source = NULL;

        if (fd >= 0 && ear->filter)
                (void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, ear->filter,
                                 sizeof(*ear->filter));
        if (fd < 0 || bind(fd, (const struct sockaddr *)&own, sizeof(own)) < 0)
                return -errno;
        struct listener *l = xcalloc(1, sizeof(*l));
        *l = (struct listener){ .m = m, .ear = ear };
        int r = sd_event_add_io(m->loop, &source, fd, EPOLLIN, on_datagram, l);
        if (r < 0)
                return free(l), r;
        (void)TAKE_FD(fd);
        (void)sd_event_source_set_io_fd_own(source, true);
        (void)sd_event_source_set_destroy_callback(source, free);
        (void)sd_event_source_set_floating(source, true);
        sd_event_source_unref(source);
        return 0;
}
