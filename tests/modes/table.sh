#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# make modes: what each mode says of every cause that faultlab makes, a row each; ROWS="NAME..." for some.
# 0: no mode contradicts another.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
if [[ ${SECEP_TEST_MOUNTS:-} != private ]]; then
        SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
fi
. tests/lib/roots.bash
. tests/lib/nspawn.bash
. tests/lib/packages.bash
. tests/lib/cvd.bash
. tests/modes/modes.bash

# A cause of faultlab that no row has is a hole in the table.
missing() {
        comm -23 <("$FAULTLAB" --root "$TOP" list | awk '{ print $1 }' | sort) <({ modes_names && modes_left_out; } | sort)
}

lacks=$(nspawn_lacks)
[[ -z $lacks ]] || { echo "modes: this machine lacks $lacks" >&2 && exit 1; }
holes=$(missing)
[[ -z $holes ]] || { printf 'modes: no row for %s\n' "$holes" >&2 && exit 1; }
(($#)) || mapfile -t all < <(modes_names)
(($#)) && all=("$@")
wrong=0
echo "$MODES_HEAD"
for name in "${all[@]}"; do
        modes_row "$name" || wrong=$((wrong + 1))
done
printf '%d rows, %d with a contradiction\n' "${#all[@]}" "$wrong"
((wrong == 0))
