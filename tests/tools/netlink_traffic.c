/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traffic for the netlink client to hear of; each step says "traffic PID" when it is over.
 *   tcp=ADDRESS,PORT,BYTES,TIMES  TIMES: listens, connects to itself, sends BYTES in three sends that
 *                               count up, hears one byte back, closes both
 *   udp=ADDRESS,PORT            three datagrams to one port, two of them read, one to the next port
 *   refused=ADDRESS,PORT        connects where nobody listens
 *   hold=ADDRESS,PORT,BYTES,FILE  connects to itself, sends BYTES, says "held" and waits for FILE
 *   wait=FILE                   until there is FILE */
#include "netlink.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/util.h"

#define BYTES_MAX (4 << 20)

struct place {
        struct sockaddr_storage at;
        socklen_t len;
};

static struct place place_of(const char **arg)
{
        struct place p = { 0 };
        struct sockaddr_in *in = (void *)&p.at;
        struct sockaddr_in6 *in6 = (void *)&p.at;
        char address[INET6_ADDRSTRLEN] = "";
        const size_t len = strcspn(*arg, ",");
        memcpy(address, *arg, len < sizeof(address) ? len : sizeof(address) - 1);
        *arg += len + ((*arg)[len] == ',');
        const bool six = strchr(address, ':');
        p.at.ss_family = six ? AF_INET6 : AF_INET;
        p.len = six ? sizeof(*in6) : sizeof(*in);
        if (inet_pton(p.at.ss_family, address, six ? (void *)&in6->sin6_addr : &in->sin_addr) != 1)
                p.len = 0;
        in->sin_port = htons((uint16_t)number_of(arg));
        return p;
}

static int failed(const char *what)
{
        perror(what);
        return 1;
}

static bool send_counting(int to, int from, uint32_t bytes)
{
        static unsigned char out[BYTES_MAX], in[1 << 16];
        const uint32_t parts[] = { bytes / 4, bytes / 2, bytes - bytes / 4 - bytes / 2 };
        uint32_t at = 0;
        for (uint32_t i = 0; i < bytes; i++)
                out[i] = (unsigned char)(i % 251);
        for (size_t i = 0; i < ARRAY_SIZE(parts); at += parts[i++])
                for (uint32_t done = 0, read_ = 0; read_ < parts[i];) {
                        ssize_t n = done < parts[i] ? send(to, out + at + done, parts[i] - done,
                                                           MSG_DONTWAIT | MSG_NOSIGNAL)
                                                    : 0;
                        done += n > 0 ? (uint32_t)n : 0;
                        n = recv(from, in, sizeof(in), 0);
                        if (n <= 0)
                                return false;
                        read_ += (uint32_t)n;
                }
        return send(from, "x", 1, MSG_NOSIGNAL) == 1 && recv(to, in, 1, 0) == 1;
}

static int listen_at(const struct place *p)
{
        const int one = 1, listener = socket(p->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
        if (bind(listener, (const void *)&p->at, p->len) < 0 || listen(listener, 8) < 0)
                return -1;
        return listener;
}

/* ENDS: the client's and the server's. */
static bool connect_to(const struct place *p, int listener, uint32_t bytes, int ends[2])
{
        ends[0] = socket(p->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(ends[0], (const void *)&p->at, p->len) < 0)
                return false;
        ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        return ends[1] >= 0 && (!bytes || send_counting(ends[0], ends[1], bytes));
}

static int do_tcp(const char *arg)
{
        const struct place p = place_of(&arg);
        const uint32_t bytes = number_of(&arg), times = *arg ? number_of(&arg) : 1;
        const int listener = listen_at(&p);
        int ends[2];
        if (bytes > BYTES_MAX || listener < 0)
                return failed("listen");
        for (uint32_t i = 0; i < times; i++) {
                if (!connect_to(&p, listener, bytes, ends))
                        return failed("traffic");
                close(ends[0]);
                close(ends[1]);
        }
        close(listener);
        say("traffic %d\n", getpid());
        return 0;
}

static int do_wait(const char *arg)
{
        while (access(arg ? arg : "/", F_OK) < 0)
                poll(NULL, 0, 20);
        return 0;
}

static int do_hold(const char *arg)
{
        const struct place p = place_of(&arg);
        const uint32_t bytes = number_of(&arg);
        const int listener = listen_at(&p);
        int ends[2];
        if (bytes > BYTES_MAX || listener < 0 || !connect_to(&p, listener, bytes, ends))
                return failed("traffic");
        say("held\n");
        return do_wait(arg);
}

static int do_udp(const char *arg)
{
        struct place p = place_of(&arg);
        struct sockaddr_in *in = (void *)&p.at;
        char byte = 'x';
        const int server = socket(p.at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const int client = socket(p.at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (bind(server, (const void *)&p.at, p.len) < 0)
                return failed("bind");
        for (int i = 0; i < 3; i++)
                if (sendto(client, &byte, 1, 0, (const void *)&p.at, p.len) != 1)
                        return failed("sendto");
        for (int i = 0; i < 2; i++)
                if (recv(server, &byte, 1, 0) != 1)
                        return failed("recv");
        in->sin_port = htons((uint16_t)(ntohs(in->sin_port) + 1));
        if (sendto(client, &byte, 1, 0, (const void *)&p.at, p.len) != 1)
                return failed("sendto");
        close(client);
        close(server);
        say("traffic %d\n", getpid());
        return 0;
}

static int do_refused(const char *arg)
{
        const struct place p = place_of(&arg);
        const int client = socket(p.at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const bool refused = connect(client, (const void *)&p.at, p.len) < 0;
        close(client);
        say("traffic %d\n", getpid());
        return !refused;
}

const struct step traffic_steps[] = {
        { "tcp", do_tcp },         { "udp", do_udp },   { "hold", do_hold },
        { "refused", do_refused }, { "wait", do_wait }, { NULL, NULL },
};
