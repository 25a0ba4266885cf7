#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# No mode contradicts another: some rows of make modes, which has them all.
# bats file_tags=slow
load ../lib/roots
load ../lib/nspawn
load ../lib/packages
load ../lib/cvd
load ../modes/modes

teardown() { root_drop; }

@test "modes: every cause of faultlab has its row" {
        run comm -23 <("$FAULTLAB" --root "$TOP" list | awk '{ print $1 }' | sort) <({ modes_names && modes_left_out; } | sort)
        [[ $status == 0 && -z $output ]]
}

@test "modes: 5, 7, 11 and 16 of roots that are not running" {
        local row
        for row in scan-user:user-missing scan-start:signatures-invalid kernel-headers:headers-missing kernel-compat:kernel-too-new; do
                modes_row "$row"
        done
}

@test "modes: 8 and 9 where the connector runs" {
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        modes_row running-file-monitor
        modes_row running-network-monitor
}

@test "modes: a contradiction is seen" {
        local dir=$BATS_TEST_TMPDIR/modes
        root_tiny
        root_connector
        modes_ask 5 "$dir" "$BUILD/secep-repair" --root "$ROOT"
        modes_compare same "$dir"
        sed -i 's/"verdict":"fault","cause":"[a-z-]*"/"verdict":"ok","cause":null/' "$dir/check.json"
        echo 0 >"$dir/check.status"
        run modes_compare other "$dir"
        [[ $status == 1 && $output == *"CONTRADICTION: check says ok, prove says fault group-missing"* ]]
}
