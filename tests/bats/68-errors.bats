#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A changing system call of ours that fails, one run each: full disk, broken disk, read-only, no descriptor, no
# memory, interrupted. A repair ends in "repaired", or with everything as it was and words for it, or names the
# steps that were done and what puts them back; the plain re-run ends well, and undo brings back all. Of the calls every SECEP_ERROR_STRIDE'th (9; `make torture`: 1, all of them).
# bats file_tags=slow

load ../lib/roots

ERRORS=${SECEP_ERRORS:-ENOSPC EIO EROFS EMFILE ENOMEM EINTR}

setup() {
        [[ $(uname -m) == x86_64 ]] || skip "this machine is no x86_64, and tests/step fails calls there only"
        STRIDE=${SECEP_ERROR_STRIDE:-9}
        counts=() wrong=0
}

teardown() { root_drop; }

# The faults: root_FAULT makes it, state_FAULT is what its repair may change.

root_7() {
        root_tiny
        root_connector
        mkdir -p "$ROOT/opt/cisco/amp/clamav" "$ROOT/var/lib/secep"
        install -m 0755 "$ROOT/opt/cisco/amp/bin/ampdaemon" "$ROOT/opt/cisco/amp/bin/ampscansvc"
        echo "no signatures at all" >"$ROOT/opt/cisco/amp/clamav/broken.cvd"
}

state_7() {
        (cd "$ROOT" && find opt -printf '%p %y %m %U:%G\n' | sort && sha256sum opt/cisco/amp/clamav/* 2>&1
                find var/lib/secep/quarantine -type f -exec sha256sum {} + 2>/dev/null) || true
}

# It is here or in quarantine, whole.
lost_7() {
        [[ -n $(find "$ROOT" -name broken.cvd -exec grep -lx "no signatures at all" {} +) ]] || echo "the file is lost"
}

root_5() {
        root_tiny
        root_connector
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        healthy_account
        sed -i 's,^cisco-amp-scan-svc:!:,cisco-amp-scan-svc::,' "$ROOT/etc/shadow"
}

state_5() { # but for what the tools of shadow keep
        (cd "$ROOT" && find etc opt ! -name '*-' ! -name .pwd.lock -printf '%p %y %m %U:%G\n' | sort && sha256sum etc/*[!-]) || true
}

lost_5() { :; }

# What is left behind.
litter() {
        find "$ROOT" -name '.secep-*' -o -path '*/quarantine/*' -empty
}

say_wrong() { # WHAT
        wrong=$((wrong + 1))
        printf '%s: %s\n' "${turn//$COPY/}" "$1"
        sed 's/^/    /' "$COPY/said"
}

# Makes turn K of "secep-repair ARGUMENTS" fail with ERROR: status, turn and said; 1: there is no such turn.
failing() { # ERROR K ARGUMENT...
        local error=$1 k=$2
        shift 2
        "$STEP" -e "$error" -x .so -o "$COPY/turns" "$k" "$BUILD/secep-repair" --root "$ROOT" "$@" >"$COPY/said" 2>&1 && status=0 || status=$?
        turn="$error, $* at turn $(grep "^$k " "$COPY/turns")" || return 1
}

# In words: repaired and OK, or as it was and said.
ended_truly() { # FAULT BEFORE
        local after ended=$status
        after=$("state_$1")
        repair --fault "$1" --check --prove
        if [[ $ended == 0 ]]; then
                [[ $status == 0 ]] || say_wrong "status 0, and the fault is still there"
        elif [[ $after != "$2" && $status != 0 ]] && ! grep -q -- "--undo" "$COPY/said"; then
                say_wrong "status $ended, neither repaired nor as it was: $(diff <(echo "$2") <(echo "$after"))"
        elif [[ ! -s $COPY/said && $turn != *stdout* && $turn != *stderr* && $turn != *"$COPY/said"* ]]; then
                say_wrong "status $ended without a word"
        fi
}

# All runs are put back, the newest first.
undone() { # FAULT BEFORE
        local run
        for run in $(find "$ROOT/var/lib/secep/runs" -name '*.jsonl' -printf '%f\n' | sort -r); do
                repair --undo "${run%.jsonl}"
                [[ $status == 0 ]] || say_wrong "undo of $run ended with $status: $output $stderr_text"
        done
        [[ $("state_$1") == "$2" ]] || say_wrong "undo leaves $(diff <(echo "$2") <("state_$1"))"
}

repair_failing() { # FAULT ERROR K
        local before
        "root_$1"
        before=$("state_$1")
        failing "$2" "$3" --fault "$1" || { root_drop; return 1; }
        [[ -z $("lost_$1") ]] || say_wrong "$("lost_$1")"
        ended_truly "$1" "$before"
        repair --fault "$1"
        [[ $status == 0 ]] || say_wrong "the plain re-run ended with $status: $output $stderr_text"
        undone "$1" "$before"
        [[ -z $(litter) ]] || say_wrong "left behind: $(litter)"
        root_drop
}

undo_failing() { # FAULT ERROR K
        local before
        "root_$1"
        before=$("state_$1")
        repair --fault "$1"
        exited 0 || return 2
        failing "$2" "$3" --undo last || { root_drop; return 1; }
        [[ -z $("lost_$1") ]] || say_wrong "$("lost_$1")"
        [[ $status != 0 || $("state_$1") == "$before" ]] || say_wrong "status 0, and not as before"
        [[ $status == 0 || -s $COPY/said || $turn == *"$COPY/said"* ]] || say_wrong "status $status without a word"
        [[ $("state_$1") == "$before" ]] || repair --undo last
        [[ $("state_$1") == "$before" ]] || say_wrong "a plain undo does not end it: $(diff <(echo "$before") <("state_$1"))"
        # an empty folder may stay where it could not be taken away
        [[ -z $(find "$ROOT" -name '.secep-*') ]] || say_wrong "left behind: $(litter)"
        root_drop
}

each_error() { # FUNCTION FAULT
        local error k n r
        for error in $ERRORS; do
                for ((k = 1, n = 0; ; k += STRIDE, n++)); do
                        r=0
                        "$1" "$2" "$error" "$k" || r=$?
                        [[ $r == 0 ]] || break
                done
                [[ $r == 1 && $n -gt 0 ]] || say_wrong "$error: no call failed"
                counts+=("$error $n")
        done
        echo "#   ${counts[*]}: $wrong ended badly" >&3
        [[ $wrong == 0 ]]
}

@test "fault 5: each changing call fails" {
        each_error repair_failing 5
}

@test "fault 5, undo: each changing call fails" {
        each_error undo_failing 5
}

@test "fault 7: each changing call fails" {
        each_error repair_failing 7
}

@test "fault 7, undo: each changing call fails" {
        each_error undo_failing 7
}
