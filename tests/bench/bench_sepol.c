/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bare cost of a check of a root that is not running: libsepol reads its binary policy. */
#include <sepol/debug.h>
#include <sepol/policydb.h>
#include <stdio.h>

int main(int argc, char **argv)
{
        FILE *f = argc == 2 ? fopen(argv[1], "re") : NULL;
        sepol_policydb_t *db = NULL;
        sepol_policy_file_t *file = NULL;
        if (!f || sepol_policydb_create(&db) < 0 || sepol_policy_file_create(&file) < 0)
                return 2;
        sepol_policy_file_set_fp(file, f);
        int r = sepol_policydb_read(db, file);
        sepol_policy_file_free(file);
        sepol_policydb_free(db);
        fclose(f);
        return r < 0;
}
