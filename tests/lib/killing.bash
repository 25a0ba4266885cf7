# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 at turns (tests/step) of a repair and of its undo, for bats: load ../lib/failing, and what that asks of a
# file, before. Of the turns SECEP_POINTS (20), one of each of so many equal parts, drawn by SECEP_SEED; every
# second time all children die with it, else they go on. Of the file, too: broken_FAULT, what is not whole after a run
# that came to its end, and orphans_FAULT, which takes away what the package system laid down and does not know of.
# shellcheck shell=bash

POINTS=${SECEP_POINTS:-20}
SEED=${SECEP_SEED:-$RANDOM}
# What step is told besides, and the status of a repair where nothing is killed.
KILLS=(-a) WELL=0

# POINTS of 1 to TOTAL: $DRAWN. Not in a subshell, which draws others.
draw() { # TOTAL
        local total=$1 i n=$POINTS
        ((n <= total)) || n=$total
        DRAWN=()
        RANDOM=$SEED
        for ((i = 0; i < n; i++)); do DRAWN+=($((1 + (i * total + RANDOM % total) / n))); done
}

# "secep-repair ARGUMENT..." is killed at turn K, 0 for never: turn and said. Where it had fewer turns, it ended.
killed() { # K ARGUMENT...
        local k=$1 n
        shift
        "$STEP" "${KILLS[@]}" "${HOW[@]}" -o "$COPY/turns" "$k" "$BUILD/secep-repair" --root "$ROOT" "$@" >"$COPY/said" 2>&1 && status=0 || status=$?
        n=$(wc -l <"$COPY/turns")
        # shellcheck disable=SC2034 # say_wrong of failing.bash names it
        turn="$* ${HOW[*]}, killed at turn $(tail -1 "$COPY/turns")"
        total=$n
        [[ $status == 137 || (($k == 0 || $n -lt $k) && $status == "$ENDS") ]] || say_wrong "status $status"
}

# The same run once more, by NAME in words, ends as it does where nothing is killed.
plain_run() { # NAME ARGUMENT...
        repair "${@:2}"
        [[ $status == "$ENDS" ]] || say_wrong "$1 ended with $status: $output $stderr_text"
}

repair_killed() { # FAULT K
        local before ENDS=$WELL
        "root_$1"
        before=$("state_$1")
        killed "$2" --fault "$1" "${ARGS[@]}"
        [[ -z $("lost_$1") ]] || say_wrong "$("lost_$1")"
        plain_run "the plain re-run" --fault "$1" "${ARGS[@]}"
        [[ -z $("broken_$1") ]] || say_wrong "after the re-run $("broken_$1")"
        plain_run "the run after that" --fault "$1" "${ARGS[@]}"
        [[ $(json .changed) == false ]] || say_wrong "the run after that has something to do: $output"
        ! declare -F "orphans_$1" >/dev/null || "orphans_$1"
        undone "$1" "$before"
        [[ -z $(litter) ]] || say_wrong "left behind: $(litter)"
        root_drop
}

undo_killed() { # FAULT K
        local before ENDS=$WELL
        "root_$1"
        before=$("state_$1")
        plain_run "the repair" --fault "$1" "${ARGS[@]}"
        ENDS=0
        killed "$2" --undo last
        [[ -z $("lost_$1") ]] || say_wrong "$("lost_$1")"
        plain_run "the plain undo" --undo last
        [[ $("state_$1") == "$before" ]] || say_wrong "undo leaves $(diff <(echo "$before") <("state_$1"))"
        [[ -z $(litter) ]] || say_wrong "left behind: $(litter)"
        ENDS=$WELL
        plain_run "the repair after it" --fault "$1" "${ARGS[@]}"
        root_drop
}

each_kill() { # FUNCTION FAULT
        local k n=0 wrong=0 total=0 all HOW=()
        "$1" "$2" 0
        all=$total
        ((all > 0)) || { echo "no turn to be killed at"; return 1; }
        draw "$all"
        for k in "${DRAWN[@]}"; do
                HOW=()
                ((n++ % 2 == 0)) || HOW=(-m)
                "$1" "$2" "$k"
        done
        echo "#   seed $SEED: killed at $n of $all turns, $wrong ended badly" >&3
        [[ $wrong == 0 ]]
}
