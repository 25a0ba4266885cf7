# SPDX-License-Identifier: GPL-2.0-or-later
# Changing calls of ours that fail (tests/step -e), for bats: load ../lib/roots before. A file that uses it has for
# each FAULT root_FAULT (makes it), state_FAULT (what its repair may change) and lost_FAULT (what may never be).
# shellcheck shell=bash

# Turns that are none: step -x TEXT.
SKIP=()
# What each run is told besides: --kernel, --allow.
ARGS=()
ERRORS=${SECEP_ERRORS:-ENOSPC EIO EROFS EMFILE ENOMEM EINTR}

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
        "$STEP" -e "$error" -x .so "${SKIP[@]}" -o "$COPY/turns" "$k" "$BUILD/secep-repair" --root "$ROOT" "$@" >"$COPY/said" 2>&1 && status=0 || status=$?
        turn="$error, $* at turn $(grep "^$k " "$COPY/turns")" || return 1
}

# In words: repaired and OK, or as it was and said.
ended_truly() { # FAULT BEFORE
        local after ended=$status
        after=$("state_$1")
        repair --fault "$1" "${ARGS[@]}" --check --prove
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
        failing "$2" "$3" --fault "$1" "${ARGS[@]}" || { root_drop; return 1; }
        [[ -z $("lost_$1") ]] || say_wrong "$("lost_$1")"
        ended_truly "$1" "$before"
        repair --fault "$1" "${ARGS[@]}"
        [[ $status == 0 ]] || say_wrong "the plain re-run ended with $status: $output $stderr_text"
        undone "$1" "$before"
        [[ -z $(litter) ]] || say_wrong "left behind: $(litter)"
        root_drop
}

undo_failing() { # FAULT ERROR K
        local before
        "root_$1"
        before=$("state_$1")
        repair --fault "$1" "${ARGS[@]}"
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
        local error k n r wrong=0
        local -a counts=()
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
