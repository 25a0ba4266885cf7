#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scale.sh [HOSTS [SEED [FORKS]]]: ansible-playbook on that many target roots (1,000) on a tmpfs, broken by a seed
# that is printed. The first run clears each that is broken, the second changes nothing; the time a host and the
# controller's memory are printed. In a mount namespace of its own.
set -euo pipefail
hosts=${1:-1000} seed=${2:-$((RANDOM))} forks=${3:-$(($(nproc) * 5))}
work=$(mktemp -d "${TMPDIR:-/tmp}/secep-scale.XXXXXX")
export BATS_TMPDIR=$work
mount -t tmpfs -o size=4g tmpfs "$work"
trap 'umount "$work"; rmdir "$work"' EXIT
cd "$(dirname "$0")"
# shellcheck source=tests/lib/roots.bash
. ../lib/roots.bash
# shellcheck source=tests/lib/fleet.bash
. ../lib/fleet.bash

RANDOM=$seed
broken=0
fleet_make "$hosts"
for ((i = 1; i <= hosts; i++)); do
        # every other one lacks the account; some of the others lose a line of it
        if ((i % 2 == 0 && RANDOM % 4 == 0)); then
                sed -i /cisco-amp/d "$FLEET/h$i/etc/$( ((RANDOM % 2)) && echo passwd || echo group)"
        fi
        grep -q cisco-amp "$FLEET/h$i/etc/passwd" && grep -q cisco-amp "$FLEET/h$i/etc/group" || broken=$((broken + 1))
done
cat >"$FLEET/repair.yml" <<-'YML'
	- hosts: all
	  gather_facts: false
	  tasks:
	    - secep.endpoint.secep_repair:
	        faults: [scan-user]
	        root: "{{ host_root }}"
	        executable: "{{ secep_executable }}"
YML
echo "$hosts hosts, $broken broken, seed $seed, $forks forks"

# WHAT CHANGED: one run; its figures, and how many hosts have to have changed.
run() {
        local begun=$EPOCHREALTIME ended changed failed
        PLAY_IN=(/usr/bin/time -o "$FLEET/time" -f '%M')
        PLAY_LIMIT=5400 play repair.yml -f "$forks"
        ended=$EPOCHREALTIME
        changed=$(grep -cE ': ok=1 +changed=1 +unreachable=0 +failed=0' <<<"$output" || true)
        failed=$(grep -cE 'unreachable=1|failed=1' <<<"$output" || true)
        awk -v what="$1" -v t="$ended" -v b="$begun" -v n="$hosts" -v kib="$(tail -1 "$FLEET/time")" -v c="$changed" \
                'BEGIN { printf "%s: %d changed, %.1f s, %.3f s a host, controller %d MiB\n", what, c, t - b, (t - b) / n, kib / 1024 }'
        [[ $status == 0 && $failed == 0 && $changed == "$2" ]] || {
                grep -E 'fatal|failed=1|unreachable=1' <<<"$output" | head -20
                echo "status $status, $failed failed, $changed changed and not $2"
                exit 1
        }
}
run "first run" "$broken"
run "second run" 0
