/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small binary policies for unit tests, compiled by libsepol from CIL. */
#ifndef SECEP_TESTS_UNIT_SELINUX_POLICY_H
#define SECEP_TESTS_UNIT_SELINUX_POLICY_H

#include <sepol/cil/cil.h>
#include <sepol/debug.h>
#include <sepol/policydb.h>

#include "tests/unit/scratch.h"

#define CIL_BASE                                                                                   \
        "(sid kernel)(sidorder (kernel))"                                                          \
        "(user system_u)(role object_r)(role system_r)"                                            \
        "(type kernel_t)(type other_t)(roletype system_r kernel_t)(roletype object_r kernel_t)"    \
        "(userrole system_u system_r)(userrole system_u object_r)"                                 \
        "(sensitivity s0)(sensitivityorder (s0))(category c0)(categoryorder (c0))"                 \
        "(sensitivitycategory s0 (c0))(level low (s0))(levelrange lowlow (low low))"               \
        "(userlevel system_u low)(userrange system_u lowlow)"                                      \
        "(sidcontext kernel (system_u system_r kernel_t lowlow))"                                  \
        "(allow kernel_t self (process (fork)))"
#define CIL_PROCESS "(class process (fork transition))"
#define CIL_BPF "(class bpf (map_create map_read map_write prog_load prog_run))"
#define CIL_PERF "(class perf_event (open cpu kernel tracepoint read write))"
#define CIL_ORDER_NONE "(classorder (process))"
#define CIL_ORDER_BPF "(classorder (process bpf))"
#define CIL_ORDER_BOTH "(classorder (process bpf perf_event))"
#define CIL_TYPE                                                                                   \
        "(type unconfined_service_t)(roletype system_r unconfined_service_t)"                      \
        "(roletype object_r unconfined_service_t)"
#define CIL_RULE                                                                                   \
        "(allow unconfined_service_t self "                                                        \
        "(bpf (map_create map_read map_write prog_load prog_run)))"
#define CIL_PERF_RULE                                                                              \
        "(allow unconfined_service_t self "                                                        \
        "(perf_event (open read write cpu kernel tracepoint)))"
#define CIL_UNKNOWN(what) "(handleunknown " what ")"

/* Compiles CIL into policy version VERSION at PATH of the scratch root. */
static inline void policy_write(const struct scratch *s, const char *path, const char *cil,
                                unsigned version)
{
        cil_db_t *db = NULL;
        sepol_policydb_t *policy = NULL;
        sepol_policy_file_t *file = NULL;
        sepol_debug(0);
        cil_db_init(&db);
        cil_set_mls(db, 1);
        assert_int_equal(cil_add_file(db, (char *)"test", (char *)(uintptr_t)cil, strlen(cil)), 0);
        assert_int_equal(cil_compile(db), 0);
        assert_int_equal(cil_build_policydb(db, &policy), 0);
        assert_int_equal(sepol_policydb_set_vers(policy, version), 0);
        scratch_parents(s, path);
        FILE *out = fopen(scratch_path(s, path), "we");
        assert_non_null(out);
        assert_int_equal(sepol_policy_file_create(&file), 0);
        sepol_policy_file_set_fp(file, out);
        assert_int_equal(sepol_policydb_write(policy, file), 0);
        assert_int_equal(fclose(out), 0);
        sepol_policy_file_free(file);
        sepol_policydb_free(policy);
        cil_db_destroy(&db);
}

#endif
