#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# K6, only our own tree was looked at: can the account really get to it?
load ../lib/roots

setup() {
        root_tiny
        root_connector
        healthy_account
}

teardown() {
        root_drop
}

# Blocked at WHERE; the do line, run in the root, ends it.
blocked_at() { # WHERE
        repair --fault 5 --check
        exited 4
        is '.faults[0].verdict' blocked
        is '.faults[0].cause' directory-unreachable
        [[ $(json '.faults[0].why') == *"refused at $1,"* ]]
        [[ $(json '.faults[0].do.text') == *"chmod o+rx $1"* ]]
        repair --fault 5
        exited 4
        is .changed false
        chmod o+rx "$ROOT$1"
        repair --fault 5 --check
        exited 0
}

@test "a parent that others may not search: /opt" {
        chmod 0750 "$ROOT/opt"
        blocked_at /opt
}

@test "the root itself" {
        chmod 0700 "$ROOT"
        blocked_at /
}

@test "a parent that may be listed and not searched" {
        chmod 0754 "$ROOT/opt"
        blocked_at /opt
}

@test "what is ours is put right first" {
        chmod 0700 "$ROOT/opt" "$ROOT/opt/cisco/amp/bin"
        repair --fault 5 --check
        exited 1
        is '.faults[0].cause' directory-mode
        repair --fault 5
        exited 4
        is '.faults[0].cause' directory-unreachable
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/bin") == 755 && $(stat -c %a "$ROOT/opt") == 700 ]]
}

# As the monitor, which may become nobody.
@test "without the right to become the account, the modes are judged" {
        local may
        for may in 0755 0750; do
                chmod "$may" "$ROOT/opt"
                output=$(setpriv --bounding-set=-setuid "$BUILD/secep-repair" --root "$ROOT" --json --fault 5 --check) && status=0 || status=$?
                [[ $may == 0755 ]] || is '.faults[0].cause' directory-unreachable
                [[ $may == 0750 ]] || is '.faults[0].verdict' ok
        done
}
