# SPDX-License-Identifier: GPL-2.0-or-later
# What a figure stands on: run.sh puts the line below a claim into the claim's row of docs/figures.md.
# shellcheck shell=bash

# FILE of numbers, a line each: "LEAST to MOST" of them, divided by DIVISOR.
spread() {
        sort -n "$1" | awk -v d="$2" 'NR == 1 { least = $1 } { most = $1 } END { printf "%.1f to %.1f", least / d, most / d }'
}

# rounds OURS THEIRS DIVISOR UNIT
rounds() {
        printf '       rounds %d: %s beside %s %s\n' "$(wc -l <"$1")" "$(spread "$1" "$3")" "$(spread "$2" "$3")" "$4"
}

# The peer and its version: with NAME VERSION...
with() {
        printf '       with %s\n' "$*"
}
