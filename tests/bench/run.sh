#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/run.sh [SCRIPT...]: make bench. Runs every script, whatever the others ended with, and closes with one
# table of the claims: a line "ok ..." or "not ok ...", or one that ends in "ok" or "TOO SLOW". Exit status 1 where a
# claim does not hold or a script failed. BENCH_SECONDS limits each script (3600). Without a SCRIPT, or with
# FIGURES=FILE, the figures are written down: docs/figures.md.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
figures=${FIGURES:-}
[[ $# -gt 0 ]] || figures=${figures:-docs/figures.md}
[[ $# -gt 0 ]] || set -- tests/bench/{check,packages,connector,kmod,door,monitor}.sh
limit=${BENCH_SECONDS:-3600}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rows=$work/rows table=$work/table peers=$work/peers held=0 broken=0
: >"$peers"

row() { # SCRIPT WORD TEXT
        ended_row
        printf '%-14s %-7s %s\n' "$1" "$2" "$3" >>"$rows"
        printf '| %s | %s | %s | ' "$1" "$(tr -s ' ' <<<"${3//|//}")" "$2" >>"$work/row" # the spread follows
        if [[ $2 == holds ]]; then held=$((held + 1)); elif [[ $2 != ran ]]; then broken=$((broken + 1)); fi
}

# The row of the table is whole, with SPREAD.
ended_row() {
        [[ ! -s $work/row ]] || { cat "$work/row" && echo "${1:-} |"; } >>"$table"
        : >"$work/row"
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
                "       rounds "*) ended_row "${line#*rounds }" && continue ;;
                "       with "*) echo "$1: ${line#*with }" >>"$peers" && continue ;;
                *) continue ;;
                esac
                any=0
        done < <(sed -E 's/^(ok|not ok) +/\1 /' "$2")
        return $any
}

machine() {
        printf '%s, %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "$(uname -m)"
        printf '%d processors, %d MiB of memory, kernel %s\n' "$(nproc)" "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)" "$(uname -r)"
        # shellcheck disable=SC1091
        printf '%s\n' "$(. /etc/os-release && echo "$PRETTY_NAME")"
        printf 'load before %s, after %s\n' "$load" "$(cut -d' ' -f1-3 /proc/loadavg)"
        printf 'secep %s, %s\n' "$(git -c safe.directory="$PWD" describe --always --dirty 2>/dev/null || echo unknown)" "$(date -u +%F)"
        cat "$peers"
}

write_figures() {
        ended_row
        # shellcheck disable=SC2016 # a word of markdown
        printf '# Figures\n\nWritten by `make bench`: each claim beside its peer in one run, the median of its rounds.\n\n'
        machine | sed 's/^/- /'
        printf '\n| script | figure, and the claim | | rounds, least to most, ours beside the peer'"'"'s |\n|---|---|---|---|\n'
        cat "$table"
        printf '\n%d claims hold, %d do not\n' "$held" "$broken"
}

load=$(cut -d' ' -f1-3 /proc/loadavg)
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
[[ -z $figures ]] || write_figures >"$figures"
echo "$held claims hold, $broken do not"
[[ $broken == 0 ]]
