#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the door costs a program: the same static program behind it in each profile, beside bubblewrap
# where the machine has it and beside chroot, in turns of one run. The gate is what a call costs more
# than chroot: 20 ms.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
RUNS=${RUNS:-41}
if [[ ${SECEP_TEST_MOUNTS:-} != private ]]; then
        SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
fi
. tests/lib/roots.bash
. tests/bench/gates.bash
root_tiny
trap root_drop EXIT
cp "$(command -v busybox)" "$ROOT/usr/bin/true"
mkdir -p "$ROOT/dev"

by_chroot() { chroot "$ROOT" /usr/bin/true; }
by_bwrap() { bwrap --unshare-all --bind "$ROOT" / --dev /dev --proc /proc --cap-drop ALL /usr/bin/true; }
by_door() { "$BUILD/tests/door" "$ROOT" "$1" /usr/bin/true; }

ways=("by_chroot" "by_door resolve" "by_door transaction" "by_door build")
! command -v bwrap >/dev/null || ways+=(by_bwrap)
with "$(bwrap --version 2>/dev/null || echo 'no bubblewrap')"
declare -A median=()
for ((i = 0; i < RUNS; i++)); do
        for way in "${ways[@]}"; do
                begun=${EPOCHREALTIME/./}
                $way >/dev/null 2>"$COPY/err" || { echo "$way: $(<"$COPY/err")"; exit 1; }
                echo $((${EPOCHREALTIME/./} - begun)) >>"$COPY/${way// /-}"
        done
done
for way in "${ways[@]}"; do
        median[$way]=$(sort -n "$COPY/${way// /-}" | sed -n "$((RUNS / 2 + 1))p")
        printf '       %-20s %6d us\n' "$way" "${median[$way]}"
done
failed=0
for profile in resolve transaction build; do
        ours=${median["by_door $profile"]} bare=${median["by_chroot"]}
        cost=$((ours - bare))
        verdict=ok
        ((cost <= 20000)) || { verdict="not ok" failed=1; }
        printf '%-6s %s: %d us a call more than chroot, at most 20000' "$verdict" "$profile" "$cost"
        [[ -z ${median[by_bwrap]:-} ]] || awk -v a="$ours" -v b="${median[by_bwrap]}" 'BEGIN { printf "; %.2f of bubblewrap", a / b }'
        echo
        rounds "$COPY/by_door-$profile" "$COPY/by_chroot" 1000 ms
done
exit $failed
