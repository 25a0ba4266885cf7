#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bats/68-errors.bats of fault 19: our own calls and libsemanage's, which runs in a child of ours. Of the
# hundreds of calls every SECEP_SELINUX_STRIDE'th (101), but not those in the store's copy and in final/, which
# libsemanage throws away.

load ../lib/roots
load ../lib/selinux
load ../lib/failing

setup() {
        [[ $(uname -m) == x86_64 ]] || skip "this machine is no x86_64, and tests/step fails calls there only"
        # shellcheck disable=SC2034 # of lib/failing.bash
        STRIDE=${SECEP_SELINUX_STRIDE:-101} SKIP=(-x /default/tmp/ -x /selinux/final/)
}

teardown() { root_drop; }

root_19() { selinux_copy; }

state_19() {
        selinux_snapshot
        snapshot_modules
}

lost_19() { :; }

@test "fault 19: changing calls fail" {
        each_error repair_failing 19
}

@test "fault 19, undo: changing calls fail" {
        each_error undo_failing 19
}
