#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kind 12, a consequence that is not in the plan: a boolean an administrator set is not overridden untold, and a
# neverallow that our module would break is named.
# bats file_tags=slow
load ../lib/roots
load ../lib/selinux

RIGHTS='(allow unconfined_service_t self (bpf (map_create map_read map_write prog_load prog_run)))'

setup() { selinux_copy; }
teardown() { root_drop; }

# boolean NAME VALUE CONDITION: the right depends on it.
boolean() {
        selinux_module site-bool 300 "(boolean $1 $2) (booleanif ($3) (true $RIGHTS))"
}

blocked_by() { # NAME IS EXPECTED
        selinux_snapshot >"$COPY/before"
        for mode in --check "--check --prove" --plan ""; do
                # shellcheck disable=SC2086
                repair --fault 19 $mode
                exited 4
                is '.faults[0].cause' boolean-set
                is '.changed' false
                [[ $(json '.faults[0].why') == "the boolean $1 is $2, "* ]]
                is ".faults[0].evidence[] | select(.what == \"$1\") | .found + .expected" "$2$3"
        done
        selinux_snapshot | diff "$COPY/before" -
        [[ $(json '.faults[0].do.text') == "secep-repair --root $ROOT --fault 19 --allow boolean" ]]
}

@test "booleans: deny_bpf is on: named, untouched, and installed all the same where that is allowed" {
        boolean deny_bpf true 'not deny_bpf'
        blocked_by deny_bpf on off
        bash -c "${BUILD:+PATH=$BUILD:\$PATH} $(json '.faults[0].do.text') --json" >"$COPY/out"
        output=$(<"$COPY/out")
        is '.faults[0].verdict' ok
        is '[.faults[0].steps[].kind] | join(" ")' install-module
        local run
        run=$(json .run)
        repair --fault 19
        exited 0
        is '.changed' false
        repair_plain --undo "$run"
        exited 0
        repair --fault 19 --check --prove
        is '.faults[0].cause' boolean-set
        selinux_snapshot | diff "$COPY/before" -
}

@test "booleans: one that says nothing of bpf in its name" {
        boolean site_hardening true 'not site_hardening'
        blocked_by site_hardening on off
}

@test "booleans: one that has to be on, among others of bpf" {
        selinux_module site-other 300 '(boolean other_bpf true) (booleanif (other_bpf) (true (allow unconfined_service_t self (process (fork)))))'
        boolean site_observability false site_observability
        blocked_by site_observability off on
}

@test "booleans: more of them than are tried: could not tell, nothing changed, and --allow boolean" {
        local i many=
        for ((i = 1; i <= 17; i++)); do
                many+="(boolean b$i false) (booleanif (b$i) (true (allow unconfined_service_t self (bpf (map_read)))))"
        done
        selinux_module site-many 300 "$many"
        selinux_snapshot >"$COPY/before"
        repair --fault 19
        exited 3
        is '.faults[0].verdict' could-not-tell
        [[ $(json '.faults[0].why') == *"more booleans of the policy concern eBPF than are tried"* ]]
        selinux_snapshot | diff "$COPY/before" -
        repair --fault 19 --allow boolean
        exited 0
        is '.faults[0].verdict' ok
}

@test "booleans: turned back, the right is there; two that must both turn are no boolean's fault" {
        boolean deny_bpf false 'not deny_bpf'
        repair --fault 19 --check
        exited 0
        is '.faults[0].verdict' ok
        selinux_module site-bool 300 "(boolean deny_bpf true) (boolean deny_all true) (booleanif (and (not deny_bpf) (not deny_all)) (true $RIGHTS))"
        repair --fault 19 --check --prove
        exited 1
        is '.faults[0].cause' module-missing
        repair --fault 19
        exited 0
}

checked() {
        printf 'module-store = direct\nexpand-check=1\nhandle-unknown=allow\n' >"$ROOT/etc/selinux/semanage.conf"
}

@test "neverallow: what forbids our module is named, whoever it names" {
        checked
        local text
        for text in '(neverallow unconfined_service_t self (bpf (prog_load)))' '(neverallow site_services self (bpf (map_create)))'; do
                selinux_module site-never 400 "(typeattribute site_services) (typeattributeset site_services (unconfined_service_t)) $text"
                selinux_snapshot >"$COPY/before"
                repair --fault 19
                exited 4
                is '.faults[0].cause' denied-by-policy
                is '.faults[0].why' "the module site-never at priority 400, line 1, forbids what our module allows: $text"
                selinux_snapshot | diff "$COPY/before" -
        done
}

@test "neverallow: one that another module breaks is not put down to ours" {
        selinux_module site-never 400 '(neverallow unconfined_service_t self (process (fork)))'
        checked
        repair --fault 19
        exited 4
        is '.faults[0].cause' store-broken
        [[ $(json '.faults[0].why') == *"because of the module"* ]]
}
