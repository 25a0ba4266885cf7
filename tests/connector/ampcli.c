/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stand-in: the vendor's command line tool. */
#include <stdio.h>
#include <string.h>

#include "tests/connector/standin.h"

int main(int argc, char **argv)
{
        char line[512];
        FILE *status;

        if (argc != 2 || strcmp(argv[1], "status") != 0) {
                fprintf(stderr, "usage: ampcli status\n");
                return 1;
        }
        printf("[logger] Set minimum reported log level to notice\n");
        status = fopen(STATUS, "re");
        if (!status) {
                printf("Status: Daemon not running\n");
                return 1;
        }
        while (fgets(line, sizeof(line), status))
                fputs(line, stdout);
        fclose(status);
        return 0;
}
