#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Figures of the connector's room: the sampler of fault 18, its window, and a signature file of
# 200 MB judged beside md5sum in the same run (median of five each).
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
bench=${SECEP_BUILD:-build}/tests/bench_connector
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

"$bench" events || status=1

folder=$work/opt/cisco/amp/clamav
mkdir -p "$folder"
dd if=/dev/urandom of="$work/body" bs=1M count=200 status=none
sum=$(md5sum <"$work/body" | cut -c1-32)
printf '%-512s' "ClamAV-VDB:bench:1:1:1:$sum:sig:bench:1" | cat - "$work/body" >"$folder/bench.cvd"
rm "$work/body"

median() { sort -n | sed -n 3p; }
md5() {
        local begun
        for _ in 1 2 3 4 5; do
                begun=$(date +%s%N)
                md5sum "$folder/bench.cvd" >/dev/null
                echo $((($(date +%s%N) - begun) / 1000000))
        done
}
ours=$("$bench" signatures "$work" | median)
theirs=$(md5 | median)
if [[ -z $ours ]]; then
        echo "signatures: could not be judged" >&2
        exit 1
fi
awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "signatures: 200 MB judged in %.0f ms, md5sum %.0f ms, ratio %.2f\n", a, b, a / b }'
exit $status
