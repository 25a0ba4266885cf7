#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs of secep-repair: repaired, listed, undone.
# bats file_tags=cli
load ../lib/cli

# bats test_tags=fast
@test "--undo of a run that is not there is refused by its name" {
        repair_plain --undo 20990101-000000-000000-ffff
        exited 2
        complains 20990101-000000-000000-ffff "no such run"
        repair_plain --undo ../../etc/passwd
        exited 2
        complains ../../etc/passwd
        repair_plain --history
        exited 0
        [[ $output == "no runs" ]]
        repair --history
        exited 0
        is '.runs | length' 0
        fits_schema
}

# bats test_tags=fast
@test "repair, history, undo: each as JSON, and the directory mode is back" {
        healthy_account
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        before
        repair --fault 5
        exited 0
        is .changed true
        is '.faults[0].before.cause' directory-mode
        fits_schema
        local id
        id=$(json .run)
        repair --fault 5
        is .changed false
        is .run null
        repair --history
        is '.runs | length' 1
        is '.runs[0].exit' 0
        fits_schema
        repair --undo last
        exited 0
        is .undo "$id"
        is .changed true
        fits_schema
        unchanged
}

# bats test_tags=fast
@test "--undo last where nothing was changed is refused" {
        repair_plain --undo last
        exited 2
        complains "--undo last" "no run"
}
