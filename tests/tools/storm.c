/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Renames a file to and fro:  storm DIR COUNT  prints nanoseconds per rename: its own processor
 * time, and the time that passed. storm DIR COUNT all  does, COUNT times, one of everything the
 * monitors see, in time nobody else wants. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock)
{
        struct timespec t;
        clock_gettime(clock, &t);
        return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int rename_once(long i)
{
        return rename(i % 2 ? "storm.b" : "storm.a", i % 2 ? "storm.a" : "storm.b");
}

static int listener(struct sockaddr_in *address)
{
        socklen_t len = sizeof(*address);
        int fd = socket(AF_INET, SOCK_STREAM, 0);

        *address = (struct sockaddr_in){ .sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        if (bind(fd, (struct sockaddr *)address, len) < 0 || listen(fd, 8) < 0 ||
            getsockname(fd, (struct sockaddr *)address, &len) < 0)
                return -1;
        return fd;
}

static int all_once(long i)
{
        static struct sockaddr_in address;
        static int server = -1;
        if (server < 0)
                server = listener(&address);
        int fd = open("storm.c", O_CREAT | O_WRONLY, 0600);
        if (write(fd, "x", 1) != 1 || close(fd) < 0 || rename_once(i) < 0 ||
            link("storm.c", "storm.l") < 0 || symlink("x", "storm.s") < 0 ||
            unlink("storm.l") < 0 || unlink("storm.s") < 0 || unlink("storm.c") < 0)
                return -1;
        if (i % 8)
                return 0;
        int client = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(client, (struct sockaddr *)&address, sizeof(address)) < 0)
                return -1;
        int accepted = accept(server, NULL, NULL);
        close(client);
        return close(accepted);
}

int main(int argc, char **argv)
{
        if (argc < 3 || chdir(argv[1]) < 0 || close(open("storm.a", O_CREAT | O_WRONLY, 0600)) < 0)
                return 2;
        bool all = argc > 3 && strcmp(argv[3], "all") == 0;
        int (*once)(long) = all ? all_once : rename_once;
        if (all && nice(19) < 0)
                return 2;
        long n = strtol(argv[2], NULL, 10);
        double cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
        for (long i = 0; i < n; i++)
                if (once(i) < 0)
                        return perror("storm"), 1;
        cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        wall = now(CLOCK_MONOTONIC) - wall;
        unlink("storm.a");
        unlink("storm.b");
        printf("%.0f %.0f\n", cpu / (double)n, wall / (double)n);
        return 0;
}
