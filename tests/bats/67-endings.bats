#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Each cause of faultlab ends as its do line says: some rows of make endings, which has them all.
# bats file_tags=slow
load ../lib/roots
load ../lib/nspawn
load ../lib/packages
load ../lib/cvd
load ../lib/boot
load ../modes/modes
load ../endings/endings

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks private mounts (run by make check-all)"
        # shellcheck disable=SC2034 # for endings.bash
        ENDING_KEPT=$BATS_FILE_TMPDIR
}

teardown() { root_drop; }

# NAME...: all of them, and those that do not end so are told.
rows() {
        local name wrong=0
        for name in "$@"; do
                ending_row "$name" || wrong=1
        done
        [[ $wrong == 0 ]]
}

@test "endings: every cause of faultlab has its row, and a way of ending that is known" {
        run comm -3 <("$FAULTLAB" --root "$TOP" list | awk '{ print $1 }' | sort) <({ ending_names '' && modes_left_out; } | sort)
        [[ $status == 0 && -z $output ]]
        run awk -F'|' '!/^#/ && NF && $4 !~ /^(repaired|none|waits|command|console|person)$/' "$TOP/tests/endings/rows"
        [[ -z $output ]]
}

@test "endings: 5, 11, 16 and 19 of roots that are not running" {
        rows scan-user:user-missing scan-user:usergroups-disabled kernel-headers:old-connector kernel-compat:kernel-lacks
}

@test "endings: 8 and 9: a command as printed, a person's own, a compiler that is gone" {
        rows file-monitor:headers-wrong file-monitor:connector file-monitor:module-blacklisted file-monitor:connector-too-old network-monitor:module-stale
}

@test "endings: a do line that ends nothing is seen" {
        ending_table() {
                echo 'kernel-compat:kernel-lacks|16|offline compat 9.9.9-lab|person|lacks||true'
        }
        run ending_row kernel-compat:kernel-lacks
        [[ $status == 1 && $output == *"NOT ENDED: asked again it is blocked"* ]]
        ending_table() {
                echo 'kernel-compat:kernel-lacks|16|offline compat 9.9.9-lab|person|no such fact||true'
        }
        run ending_row kernel-compat:kernel-lacks
        [[ $status == 1 && $output == *"NOT ENDED: it does not name no such fact"* ]]
}
