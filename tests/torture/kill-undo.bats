#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bats/62-kill.bats of --undo: a repair of 5, 11 or 19 is put back, and that is killed with all its children at
# SECEP_UNDO_POINTS (20) of its turns, evenly spread, every second time alone. The plain --undo that follows ends
# well, everything is as before the repair, login.defs is byte for byte what it was, and the fault can be repaired.

load ../lib/roots
load ../lib/selinux

POINTS=${SECEP_UNDO_POINTS:-20}

setup_file() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || return 0
        local base
        base=$(root_base full)
        export LAYERS=$BATS_FILE_TMPDIR
        export BASE=$LAYERS/upper:$base
        root_copy_of "$base"
        RELEASE=$(root_release "$ROOT")
        export RELEASE
        selinux_trim "$ROOT"
        "$FAULTLAB" --root "$ROOT" break scan-user kernel-headers selinux-policy >&2
        state >"$LAYERS/before"
        root_keep_layer "$LAYERS"
}

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make torture)"
}

teardown() { root_drop; }

state() {
        (cd "$ROOT" && sha256sum etc/{passwd,group,shadow,gshadow,login.defs} &&
                find opt -printf '%p %m %U:%G\n' | sort)
        snapshot_packages | grep -v ' pc ' || true # what dpkg notes of a purge that was cut off: no file is left
        selinux_snapshot
}

repaired_root() { # FAULT
        root_copy_of "$BASE"
        cp "$ROOT/etc/login.defs" "$COPY/login.defs"
        repair --kernel "$RELEASE" --fault "$1"
        exited 0
}

# What is wrong after the undo of FAULT that was killed; nothing: all ended well.
ends_well() { # FAULT
        cmp "$ROOT/etc/login.defs" "$COPY/login.defs" || return 1
        repair --undo last
        exited 0 || return 1
        state | diff "$LAYERS/before" - || { echo "not as before"; return 1; }
        [[ -z $(find "$ROOT/etc" "$ROOT/opt" -name '.secep-*') ]] || { echo "a temporary is left"; return 1; }
        repair --kernel "$RELEASE" --fault "$1"
        exited 0 && is '.faults[0].verdict' ok
}

undo_killed() { # FAULT [STEP-OPTION...]
        local fault=$1 total point how status
        shift
        repaired_root "$fault"
        "$STEP" -a "$@" -o "$COPY/turns" 0 "$BUILD/secep-repair" --root "$ROOT" --undo last >"$COPY/log" 2>&1 || { cat "$COPY/log"; return 1; }
        total=$(wc -l <"$COPY/turns")
        root_drop
        ((total > 5))
        for ((point = 0; point < POINTS && point < total; point++)); do
                how=(-a)
                ((point % 2 == 0)) || how=(-m)
                repaired_root "$fault"
                "$STEP" "${how[@]}" "$@" -o "$COPY/turns" $((1 + point * (total - 1) / POINTS)) \
                        "$BUILD/secep-repair" --root "$ROOT" --undo last >"$COPY/log" 2>&1 && status=0 || status=$?
                # alone it has fewer turns: then it came to its end
                [[ $status == 137 || (${how[0]} == -m && $status == 0) ]] || { cat "$COPY/log"; return 1; }
                ends_well "$fault" || { echo "undo of $fault, ${how[*]}, at turn $(tail -1 "$COPY/turns")" && cat "$COPY/log" && return 1; }
                root_drop
        done
        echo "#   undo of fault $fault: $point of $total turns" >&3
}

@test "undo of fault 5, killed" {
        undo_killed 5
}

@test "undo of fault 11, killed in apt's transaction and around it" {
        undo_killed 11 -c -x "before fsync" -x mount -x "birth of" -x pkgcache.bin -x /lock
}

@test "undo of fault 19, killed in libsemanage's and around it" {
        undo_killed 19 -c -x "before fsync" -x /default/tmp/ -x /selinux/final/ -x "birth of" -x /lock
}
