#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/run.sh [SCRIPT...]: make bench. Runs every script, whatever the others ended with, and closes with one
# table of the claims: a line "ok ..." or "not ok ...", or one that ends in "ok" or "TOO SLOW". Exit status 1 where a
# claim does not hold or a script failed. BENCH_SECONDS limits each script (3600).
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
[[ $# -gt 0 ]] || set -- tests/bench/{check,packages,connector,kmod,door,monitor}.sh
limit=${BENCH_SECONDS:-3600}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rows=$work/rows held=0 broken=0

row() { # SCRIPT WORD TEXT
        printf '%-14s %-7s %s\n' "$1" "$2" "$3" >>"$rows"
        if [[ $2 == holds ]]; then held=$((held + 1)); elif [[ $2 != ran ]]; then broken=$((broken + 1)); fi
}

# The claims among the lines of FILE; fails where it has none.
claims() { # SCRIPT FILE
        local line any=1
        while IFS= read -r line; do
                case $line in
                "ok "*) row "$1" holds "${line#ok }" ;;
                "not ok "*) row "$1" BROKEN "${line#not ok }" ;;
                *"at most "*" ok") row "$1" holds "${line% ok}" ;;
                *"at most "*" TOO SLOW") row "$1" BROKEN "${line% TOO SLOW}" ;;
                *) continue ;;
                esac
                any=0
        done < <(sed -E 's/^(ok|not ok) +/\1 /' "$2")
        return $any
}

for script; do
        name=${script##*/} status=0
        echo "== $name"
        timeout -k 10 "$limit" "$script" </dev/null 2>&1 | tee "$work/out"
        status=${PIPESTATUS[0]}
        before=$broken
        claims "$name" "$work/out" || [[ $status != 0 ]] || row "$name" ran "$(tail -n 1 "$work/out")"
        # One that tells of a claim that is broken ends with 1, too.
        [[ $status == 0 || ($status == 1 && $broken -gt $before) ]] ||
                row "$name" FAILED "ended with status $status: $(tail -n 1 "$work/out")"
done

echo
echo "$(uname -m), $(nproc) processors, kernel $(uname -r), load $(cut -d' ' -f1-3 /proc/loadavg), $(date -u +%F)"
cat "$rows"
echo "$held claims hold, $broken do not"
[[ $broken == 0 ]]
