#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bats/68-errors.bats of fault 8, which builds, signs and installs a module, and tests/bats/63-kmod-kill.bats of
# the undo of 8 and 9. Of the calls that fail every SECEP_MODULE_STRIDE'th (41); the sources are laid down one like
# the other, so that those are none.

load ../lib/roots
load ../lib/kernel-headers.bash
load ../lib/kmod_fault
load ../lib/failing
load ../lib/killing

setup() {
        [[ $(uname -m) == x86_64 ]] || skip "this machine is no x86_64, and tests/step fails calls there only"
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make torture)"
        export BUILD
        kernel_headers 6.1
        kmod_made "$BATS_FILE_TMPDIR/made"
        # shellcheck disable=SC2034 # of lib/failing.bash and lib/killing.bash
        STRIDE=${SECEP_MODULE_STRIDE:-41} SKIP=(-x /build/) ARGS=(--kernel "$KERNEL_RELEASE")
        # shellcheck disable=SC2034
        KILLS=(-a -x mount -x "before fsync" -x "birth of")
}

teardown() { root_drop; }

root_of() { # MODULE
        COPY=$(mktemp -d "${BATS_TMPDIR:-/tmp}/secep-root.XXXXXX")
        ROOT=$COPY/root
        kmod_fault_root "$COPY" "$1" "$BATS_FILE_TMPDIR/made"
}
root_8() { root_of ampfsm; }
root_9() { root_of ampnetworkflow; }

state_8() { # but for what the tools of shadow keep, and the lists of a user's ids
        (cd "$ROOT" && sha256sum etc/{passwd,group,shadow,gshadow,login.defs} && cd "${KO%/*}" && sha256sum ./* && find . -printf '%p %y %m %U:%G\n' | sort)
}
state_9() { state_8; }

# In its place is the old module or a signed one.
lost_8() {
        cmp -s "$KO" "$COPY/old" || tail -c 28 "$KO" | grep -q "Module signature appended" || echo "neither the old module nor the new one"
}
lost_9() { lost_8; }

@test "fault 8: changing calls fail" {
        each_error repair_failing 8
}

@test "fault 8, undo: changing calls fail" {
        each_error undo_failing 8
}

@test "fault 8, undo: killed" {
        each_kill undo_killed 8
}

@test "fault 9, undo: killed" {
        each_kill undo_killed 9
}
