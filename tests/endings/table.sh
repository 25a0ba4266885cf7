#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# make endings: every cause that faultlab makes, and how it ends; ROWS="NAME..." for some. 0: each ended so.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
if [[ ${SECEP_TEST_MOUNTS:-} != private ]]; then
        SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
fi
. tests/lib/roots.bash
. tests/lib/nspawn.bash
. tests/lib/packages.bash
. tests/lib/cvd.bash
. tests/lib/boot.bash
. tests/modes/modes.bash
. tests/endings/endings.bash

lacks=$(nspawn_lacks)
[[ -z $lacks ]] || { echo "endings: this machine lacks $lacks" >&2 && exit 1; }
all=("$@")
(($#)) || mapfile -t all < <(ending_names "")
ENDING_KEPT=$(mktemp -d)
trap 'rm -rf "$ENDING_KEPT"' EXIT
wrong=0
echo "$ENDING_HEAD"
for name in "${all[@]}"; do
        ending_row "$name" || wrong=$((wrong + 1))
done
printf '%d causes, %d not ended\n' "${#all[@]}" "$wrong"
((wrong == 0))
