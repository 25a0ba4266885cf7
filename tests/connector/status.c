/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stand-in: the lines of `ampcli status` about faults. */
#include "tests/connector/status.h"

void faults_write(FILE *f, const bool raised[FAULT_MAX])
{
        static const char *const texts[] = {
                [5] = "Minor: Scan service user unavailable",
                [6] = "Major: Scan service restarting frequently",
                [7] = "Critical: Scan service failed to start",
                [8] = "Major: Realtime file system monitor failed to start",
                [9] = "Major: Realtime network monitor failed to start",
                [11] = "Major: Required kernel-devel package is missing",
                [16] = "Critical: Incompatible kernel",
                [18] = "Major: Connector event monitoring is overloaded. Investigate",
                [19] = "Critical: SELinux policy needs to be modified",
        };
        int n = 0;

        for (int i = 0; i < FAULT_MAX; i++)
                n += raised[i];
        if (!n)
                return;
        fprintf(f, "Faults: %d\nFault IDs:", n);
        for (int i = 0, k = 0; i < FAULT_MAX; i++)
                if (raised[i])
                        fprintf(f, "%s %d", k++ ? "," : "", i);
        fprintf(f, "\n");
        for (int i = 0; i < FAULT_MAX; i++)
                if (raised[i])
                        fprintf(f, "ID %d - %s\n", i, texts[i]);
}
