#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# /etc/selinux/config and the policy file, as libselinux and the kernel would take them, on Debian's
# own policy in roots that are not running.
# bats file_tags=slow

load ../lib/roots
load ../lib/selinux

setup() {
        selinux_copy trimmed
}

teardown() {
        root_drop
}

config() {
        printf '%b' "$1" >"$ROOT/etc/selinux/config"
}

@test "odd lines of the configuration that libselinux takes for enforcing are a fault, not n/a" {
        local text
        for text in 'SELINUX=enforcing # x\nSELINUXTYPE=default\n' 'SELINUX= enforcing\nselinuxtype=default\n' \
                'SELINUX=enforcing\nSELINUX=disabled\nSELINUXTYPE=x\nSELINUXTYPE=default\n'; do
                config "$text"
                repair --fault 19 --check
                exited 1
                is '.faults[0].cause' module-missing
        done
}

@test "no valid value: could not tell" {
        config 'SELINUX=nonsense\nSELINUXTYPE=default\n'
        repair --fault 19 --check
        exited 3
        complains "no SELINUX= line with a valid value"
}

@test "the policy file is gone and the store is whole: a fault, built again" {
        config 'SELINUX=enforcing\nSELINUXTYPE=default\n'
        rm "$ROOT"/etc/selinux/default/policy/policy.*
        repair --fault 19 --check
        exited 1
        is '.faults[0].cause' policy-missing
        repair --fault 19
        exited 0
        is '.faults[0].verdict' ok
        compgen -G "$ROOT/etc/selinux/default/policy/policy.*"
        repair --fault 19
        exited 0
        is '.changed' false
}

denied() { # NAME TEXT WORDS
        repair --fault 19
        exited 0
        selinux_module "$1" 400 "$2"
        selinux_snapshot >"$COPY/before"
        repair --fault 19 --check
        exited 4
        is '.faults[0].cause' denied-by-policy
        [[ $(json '.faults[0].why') == *"$3"* ]]
        repair --fault 19
        exited 4
        is '.faults[0].cause' denied-by-policy
        is '.faults[0].steps | length' 0
        is '.changed' false
        selinux_snapshot | diff "$COPY/before" -
        semodule_in_root -X 400 -r "$1"
        repair --fault 19 --check
        exited 0
}

@test "a constraint that takes the right away is named, and nothing is built again" {
        config 'SELINUX=enforcing\nSELINUXTYPE=default\n'
        denied site-never '(constrain (bpf (prog_load)) (neq t1 unconfined_service_t))' \
                'prog_load }: a constraint: '
}

@test "so is a type bound" {
        config 'SELINUX=enforcing\nSELINUXTYPE=default\n'
        denied site-bound '(type parent_t) (typebounds parent_t unconfined_service_t)
                (roletype system_r parent_t)
                (allow parent_t self (process (fork sigchld)))
                (allow parent_t self (bpf (map_create map_read map_write prog_run)))' 'a type bound'
}

# libsepol knows deny rules since 3.6 and resolves them as it builds: what the kernel gets has no rule
# left to take away. Here the build without our module is put in the place of the one with it.
@test "what a deny rule leaves: no rule, and nothing that names it" {
        config 'SELINUX=enforcing\nSELINUXTYPE=default\n'
        local built=$ROOT/$STORE/active/policy.kern policy
        policy=$(compgen -G "$ROOT/$POLICY_DIR/policy.*")
        cp "$policy" "$COPY/without"
        repair --fault 19
        exited 0
        cp "$COPY/without" "$policy"
        cp "$COPY/without" "$built"
        selinux_snapshot >"$COPY/before"
        local mode
        for mode in --check --plan ""; do
                # shellcheck disable=SC2086
                repair --fault 19 $mode
                exited 4
                is '.faults[0].cause' denied-by-policy
                [[ $(json '.faults[0].why') == *"a deny rule or a boolean"* ]]
                is '.changed' false
        done
        selinux_snapshot | diff "$COPY/before" -
}
