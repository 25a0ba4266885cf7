#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 at every turn of a repair that builds, signs and installs a kernel module, from the user
# it builds as to the index: the plain re-run ends well, and the one after it has nothing to do.
# In between there is the old module or the new one, and undo brings back what was before (lib/kmod_fault.bash).
# bats file_tags=kill

# The bodies are expanded inside.
# shellcheck disable=SC2016
load ../lib/kernel-headers.bash

setup() {
        export BUILD=${SECEP_BUILD:-$PWD/build}
        kernel_headers 6.1
        export KERNEL_RELEASE KERNEL_ROOT
}

# $1 of the turns from $2 on, every second one; the further arguments are for step.
every_other() {
        unshare -m --propagation private bash -c '
                set -e
                . tests/lib/kernel-headers.bash
                . tests/lib/kmod_fault.bash
                T=$BATS_TEST_TMPDIR/$2; module=$1 k=$2 turns=$BATS_TEST_TMPDIR/turns.$2
                [[ $module == ampfsm ]] && fault=8 || fault=9
                shift 2
                kmod_fault_root "$T" "$module" "$MADE"; R=$T/root modules=$R/lib/modules/$KERNEL_RELEASE ko=$KO
                cp "$R"/etc/{passwd,group,shadow,gshadow} "$T/"
                repair() { "$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --fault $fault --json >"$T/json" 2>"$T/err"; }
                wrong() { echo "fault $fault, $*, killed at turn $(tail -1 "$turns")"; cat "$T"/{log,err,json}; find "$R/var/lib/secep" "$modules/updates"; exit 1; }
                undone() { # both runs are put back, the newest first: the old module is there, the user is not
                        for run in $(find "$R/var/lib/secep/runs" -name "*.jsonl" -printf "%f\n" | sort -r); do
                                "$BUILD/secep-repair" --root "$R" --undo "${run%.jsonl}" >"$T/json" 2>"$T/err" || wrong "undo of $run"
                        done
                        cmp -s "$ko" "$T/old" || wrong "undo left another module"
                        for file in passwd group shadow gshadow; do
                                cmp -s "$R/etc/$file" "$T/$file" || wrong "undo left another $file"
                        done
                        undos=$((undos + 1))
                }
                undos=0
                for (( ; ; k += 2)); do
                        rm -rf "$R/var/lib/secep" "$R/var/log/secep" "$modules/updates" "$modules"/modules.*
                        mkdir -p "${ko%/*}"; cp "$T/old" "$ko"
                        cp "$T"/{passwd,group,shadow,gshadow} "$R/etc/"
                        timeout -s KILL 15 "$BUILD/tests/step" -o "$turns" "$@" $k "$BUILD/secep-repair" --root "$R" \
                                --kernel "$KERNEL_RELEASE" --fault $fault >"$T/log" 2>&1 && status=0 || status=$?
                        [[ $status != 0 ]] || break
                        : >"$T/err"; : >"$T/json"
                        [[ $status == 137 ]] || wrong "status $status"
                        cmp -s "$ko" "$T/old" || tail -c 28 "$ko" | grep -q "Module signature appended" || wrong "neither the old module nor the new one"
                        repair || wrong "the re-run fails"
                        jq -e ".faults[0].verdict == \"ok\"" <"$T/json" >/dev/null || wrong "the re-run is not well"
                        grep -q "^updates/secep/$module.ko:" "$modules/modules.dep" || wrong "the module is not indexed"
                        tail -c 28 "$ko" | grep -q "Module signature appended" || wrong "it is not signed"
                        repair && jq -e ".changed == false" <"$T/json" >/dev/null || wrong "the second run has something to do"
                        [[ -z $(find "$R/var/lib/secep" "$R/etc" "$modules/updates" -name ".secep-*" -o -name "work.*") ]] ||
                                wrong "a temporary is left"
                        [[ $(grep -c secep-build "$R/etc/passwd") == 1 ]] || wrong "the user was made twice"
                        (( k % 4 == 0 || k % 4 == 3 )) || undone
                done
                echo "$((k - 2)) turns, $undos undone"
                ((undos > 0)) || exit 1
                for t in sign-file dash kmod; do grep -q "start of $t" "$turns" || { echo "no start of $t"; sort "$turns" | sed "s,^[0-9]* ,," | sort | uniq -c; exit 1; }; done' \
                every_other "$@"
}

make_once() {
        export MADE=$BATS_FILE_TMPDIR/made
        unshare -m --propagation private bash -ec '. tests/lib/kernel-headers.bash; . tests/lib/kmod_fault.bash; kmod_made "$MADE"'
}

# All turns, by two processes at once.
kill_loop() {
        local other ok=true
        make_once
        every_other "$1" 2 "${@:2}" >"$BATS_TEST_TMPDIR/other" 2>&1 &
        other=$!
        every_other "$1" 1 "${@:2}" || ok=false
        wait "$other" || ok=false
        cat "$BATS_TEST_TMPDIR/other"
        $ok
}

# What is on disk changes for a kill by neither a sync nor a birth; the sources are one by one alike.
@test "fault 8: killed with all its children, and theirs" {
        kill_loop ampfsm -a -x mount -x fsync -x after -x "birth of" -x /build/
}

@test "fault 9: killed alone, its children go on" {
        kill_loop ampnetworkflow -m -x mount -x fsync -x write -x rename
}
