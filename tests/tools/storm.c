/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Renames a file to and fro:  storm DIR COUNT  prints nanoseconds per rename. */
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        if (argc != 3 || chdir(argv[1]) < 0 || close(open("storm.a", O_CREAT | O_WRONLY, 0600)) < 0)
                return 2;
        long n = strtol(argv[2], NULL, 10);
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        for (long i = 0; i < n; i++)
                if (rename(i % 2 ? "storm.b" : "storm.a", i % 2 ? "storm.a" : "storm.b") < 0)
                        return 1;
        clock_gettime(CLOCK_MONOTONIC, &b);
        unlink("storm.a");
        unlink("storm.b");
        printf("%.0f\n",
               ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / (double)n);
        return 0;
}
