/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The measure for a check of a root that is not running: libsepol reads the policy and nothing
 * else. bare-sepol POLICY */
#include <sepol/sepol.h>
#include <stdio.h>

int main(int argc, char **argv)
{
        FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
        sepol_debug(0);
        return !f || sepol_set_policydb_from_file(f) < 0;
}
