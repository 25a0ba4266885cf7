# SPDX-License-Identifier: GPL-2.0-or-later
"""Small binary policies for fault 19, compiled by secilc once a run."""
import os
import subprocess

RULE = "(allow unconfined_service_t self (bpf (map_create map_read map_write prog_load prog_run)))"
PERF = "(allow unconfined_service_t self (perf_event (open read write cpu kernel tracepoint)))"
BPF = "(map_create map_read map_write prog_load prog_run)"

HEAD = """(handleunknown %(unknown)s)
(mls true)
(class process (fork sigchld transition)) (class file (read write)) (class security (load_policy))
%(classes)s
(classorder (process file security %(names)s))
(sid kernel) (sid security) (sid unlabeled) (sidorder (kernel security unlabeled))
(sensitivity s0) (sensitivityorder (s0)) (category c0) (categoryorder (c0)) (sensitivitycategory s0 (c0))
(user system_u) (role system_r) (role object_r) (type init_t) (type other_t)
(userrole system_u system_r) (userrole system_u object_r) (userlevel system_u (s0)) (userrange system_u ((s0) (s0)))
(roletype system_r init_t) (roletype system_r other_t) (roletype object_r other_t)
(typeattribute domain) (typeattributeset domain (init_t other_t))
(sidcontext kernel (system_u system_r init_t ((s0) (s0))))
(sidcontext security (system_u system_r init_t ((s0) (s0))))
(sidcontext unlabeled (system_u system_r init_t ((s0) (s0))))
(allow init_t self (process (fork))) (allow domain init_t (process (sigchld)))
"""
TYPE = """(type unconfined_service_t) (roletype system_r unconfined_service_t)
(typeattributeset domain (unconfined_service_t)) (allow unconfined_service_t self (process (fork)))
"""
CLASS = "(class bpf (map_create map_read map_write prog_load prog_run))"
PERF_CLASS = "(class perf_event (open cpu kernel tracepoint read write))"

# name: (statements beside the head and the type, what differs in the head)
VARIANTS = {
    "none": ("", {}),
    "rule": (RULE, {}),
    "rule-by-attribute": ("(allow domain self (bpf " + BPF + "))", {}),
    "rule-in-parts": ("".join(f"(allow unconfined_service_t unconfined_service_t (bpf ({p})))" for p in BPF.strip("()").split()), {}),
    "one-permission-short": ("(allow unconfined_service_t self (bpf (map_create map_read map_write prog_load)))", {}),
    "another-domain-has-it": ("(allow other_t self (bpf " + BPF + ")) (allow unconfined_service_t other_t (bpf " + BPF + "))", {}),
    "dontaudit-only": ("(dontaudit unconfined_service_t self (bpf " + BPF + "))", {}),
    "auditallow-only": ("(auditallow unconfined_service_t self (bpf " + BPF + "))", {}),
    "permissive": ("(typepermissive unconfined_service_t)", {}),
    "other-permissive": ("(typepermissive other_t)", {}),
    "rule-permissive": (RULE + "(typepermissive unconfined_service_t)", {}),
    "constrained": (RULE + "(constrain (bpf (prog_load)) (neq t1 unconfined_service_t))", {}),
    "constrained-by-attribute": (RULE + "(typeattribute held) (typeattributeset held (unconfined_service_t))"
                                 "(constrain (bpf (map_create map_read)) (not (eq t1 held)))", {}),
    "constraint-that-holds": (RULE + "(constrain (bpf (prog_load)) (eq t1 t2))", {}),
    "constraint-on-roles": (RULE + "(constrain (bpf (prog_load)) (and (eq r1 r2) (eq u1 u2)))", {}),
    "constraint-without-rule": ("(constrain (bpf (prog_load)) (neq t1 unconfined_service_t))", {}),
    "mls-constraint-that-holds": (RULE + "(mlsconstrain (bpf (map_read)) (dom l1 l2))", {}),
    "bounded": (RULE + "(typebounds other_t unconfined_service_t) (allow other_t self (process (fork sigchld)))"
                "(allow other_t self (bpf (map_read)))", {}),
    "bounded-well": (RULE + "(typebounds other_t unconfined_service_t) (allow other_t self (process (fork sigchld)))"
                     "(allow other_t self (bpf " + BPF + "))(allow other_t init_t (process (sigchld)))", {}),
    "boolean-off": ("(boolean deny_bpf true) (booleanif deny_bpf (false " + RULE + "))", {}),
    "boolean-on": ("(boolean deny_bpf false) (booleanif deny_bpf (false " + RULE + "))", {}),
    "boolean-allow-off": ("(boolean allow_bpf false) (booleanif allow_bpf (true " + RULE + "))", {}),
    "boolean-allow-on": ("(boolean allow_bpf true) (booleanif allow_bpf (true " + RULE + "))", {}),
    "boolean-part": ("(boolean deny_bpf true) (allow unconfined_service_t self (bpf (map_create map_read map_write)))"
                     "(booleanif deny_bpf (false (allow unconfined_service_t self (bpf (prog_load prog_run)))))", {}),
    "boolean-beside-the-rule": ("(boolean deny_bpf true)" + RULE + "(booleanif deny_bpf (false " + RULE + "))", {}),
    "no-type": ("", {"type": ""}),
    "no-class": ("", {"classes": "", "names": ""}),
    "no-class-deny": ("", {"classes": "", "names": "", "unknown": "deny"}),
    "no-class-reject": ("", {"classes": "", "names": "", "unknown": "reject"}),
    "class-deny-unknown": ("", {"unknown": "deny"}),
    "perf-class": (RULE, {"classes": CLASS + PERF_CLASS, "names": "bpf perf_event"}),
    "perf-class-with-rule": (RULE + PERF, {"classes": CLASS + PERF_CLASS, "names": "bpf perf_event"}),
    "perf-class-no-rules": ("", {"classes": CLASS + PERF_CLASS, "names": "bpf perf_event"}),
    "alias": ("(typealias served_t) (typealiasactual served_t unconfined_service_t) (allow served_t self (bpf " + BPF + "))", {}),
}


def text(name):
    body, differs = VARIANTS[name]
    values = {"unknown": "allow", "classes": CLASS, "names": "bpf", "type": TYPE, **differs}
    return HEAD % values + values["type"] + body + "\n"


def compile_all(folder):
    """{name: path of the binary policy} of what this machine's secilc takes; the others' names."""
    os.makedirs(folder, exist_ok=True)
    made, refused = {}, []
    for name in VARIANTS:
        cil, out = os.path.join(folder, name + ".cil"), os.path.join(folder, name)
        with open(cil, "w", encoding="utf-8") as f:
            f.write(text(name))
        done = subprocess.run(["secilc", "-N", "-M", "true", "-c", "33", "-o", out, "-f", "/dev/null", cil],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            made[name] = out
        else:
            refused.append(f"{name}: {done.stderr.strip()}")
    return made, refused
