#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Power cuts in the guest of all.sh at random moments of one secep-repair --all. Prints TAP and the seed
# (SECEP_SEED sets it).   tests/vm/power-cut.sh [CUTS]
# At such a moment the emulator is stopped dead (SIGSTOP) and its disk copied: what a guest leaves whose power
# is cut there. Nobody knows beforehand how long the repair goes on, so each half second takes the place of
# an earlier one by chance, such that in the end all had the same. Each disk is booted, and a plain run has to
# end what the first began.
set -u
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
BUILD=${BUILD:-$PWD/build}
VM_TIMEOUT=${VM_TIMEOUT:-1500}
. tests/vm/guest.bash
GUEST_HEADERS=few
AT_ONCE=10 # disks of a gigabyte
work=$(mktemp -d)
trap 'root_drop; rm -rf "$work"' EXIT
tap_n=0 tap_failed=0
RANDOM=${SECEP_SEED:=$RANDOM}
echo "# SECEP_SEED=$SECEP_SEED"

tell() { # STATUS WHAT
        tap_n=$((tap_n + 1))
        if [[ $1 == 0 ]]; then echo "ok $tap_n - $2"; else
                echo "not ok $tap_n - $2"
                tap_failed=1
        fi
}

take() { # SLOT LINE
        local pid
        pid=$(<"$work/pid")
        mkdir -p "$work/cut$1"
        kill -STOP "$pid" && cp "$work/disk.img" "$work/cut$1/disk.img"
        kill -CONT "$pid"
        moment[$1]="half second $ticks: ${2#LAB-TICK }"
}

# Sets moment[0] to moment[CUTS - 1] and makes the disks beside them.
repaired_and_cut() { # CUTS
        local line slot
        ticks=0 moment=()
        while IFS= read -r line; do
                echo "$line" >&3
                [[ $line == LAB-TICK* ]] || continue
                slot=$ticks
                ticks=$((ticks + 1))
                [[ $slot -lt $1 ]] || slot=$((RANDOM % ticks))
                [[ $slot -ge $1 ]] || take "$slot" "$line"
        done < <(GUEST_SNAPSHOT=off guest_run "$work" cut-begin -pidfile "$work/pid") 3>"$work/console"
        grep -ax 'VM-RC=0' "$work/console" >/dev/null && [[ ${#moment[@]} == "$1" ]]
}

round() { # CUTS
        local i
        cp "$work/whole.img" "$work/disk.img"
        repaired_and_cut "$1"
        tell $? "a repair of six faults, with $1 moments of it taken"
        grep -aE '^(# |not ok )' "$work/console"
        echo "# it went on for $ticks half seconds"
        for ((i = 0; i < ${#moment[@]}; i++)); do
                echo "# cut at ${moment[i]}"
                ln -s "$work/initrd" "$work/cut$i/initrd"
                guest_tap "$work/cut$i" cut-again
                rm -rf "$work/cut$i"
        done
}

guest_made "$work" || exit 1
mv "$work/disk.img" "$work/whole.img"
for ((left = ${1:-3}; left > 0; left -= AT_ONCE)); do round $((left < AT_ONCE ? left : AT_ONCE)); done
echo "1..$tap_n"
exit $tap_failed
