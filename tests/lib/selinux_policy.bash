# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 19 on Debian's own policy store: $ROOT, and a cause there and back.
# shellcheck shell=bash
load ../lib/roots
load ../lib/selinux

export MODULE=cisco-secure-bpf
export RULE='(allow unconfined_service_t self (bpf (map_create map_read map_write prog_load prog_run)))'

teardown() {
        [[ -z ${HOLDER:-} ]] || kill "$HOLDER" 2>/dev/null || true
        root_drop
}

# fault CAUSE -> repaired -> nothing to do -> undone: the fault and every byte are back.
# Options go to secep-repair.
whole_circle() { # CAUSE STEPS OPTION...
        local cause=$1 steps=$2 run
        shift 2
        selinux_snapshot >"$COPY/before"
        snapshot_modules >"$COPY/modules.before"
        repair --fault 19 --check "$@"
        exited 1
        is '.faults[0].verdict' fault
        is '.faults[0].cause' "$cause"
        repair --fault 19 "$@"
        exited 0
        is '.changed' true
        is '.faults[0].verdict' ok
        is '.faults[0].before.cause' "$cause"
        is '[.faults[0].steps[].kind] | join(" ")' "$steps"
        run=$(json .run)
        repair --fault 19 "$@"
        exited 0
        is '.changed' false
        repair_plain --undo "$run"
        exited 0
        selinux_snapshot >"$COPY/after"
        snapshot_modules >"$COPY/modules.after"
        diff "$COPY/modules.before" "$COPY/modules.after"
        diff "$COPY/before" "$COPY/after"
        repair --fault 19 --check "$@"
        exited 1
        is '.faults[0].cause' "$cause"
}
