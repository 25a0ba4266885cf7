#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Each folder of tests/trees is a case: root/ (files laid over a tiny root), runs (a line each: the
# exit status wanted, then the arguments of secep-repair), expected (what the runs print).
# UPDATE=1 writes "expected" anew.
# shellcheck disable=SC2154
load ../lib/roots

teardown() {
        root_drop
}

# What differs from run to run is written as a word.
steady() {
        sed -E "s,$ROOT,ROOT,g; s/[0-9]{8}-[0-9]{6}-[0-9]+-[0-9a-f]{4}/RUN/g; s/[0-9]+\.[0-9]+ s/N s/g; s/ +$//"
}

one_tree() { # DIR
        local status want args got=0 words
        BATS_TMPDIR=/tmp root_tiny # the width of its name is part of what is expected
        [[ ! -d $1/root ]] || cp -a "$1/root/." "$ROOT/"
        chown -R 0:0 "$ROOT"
        chmod -R go-w "$ROOT"
        while read -r want args; do
                [[ $want != "#"* && -n $want ]] || continue
                got=0
                read -ra words <<<"$args"
                echo "\$ secep-repair $args"
                (cd /; LC_ALL=C COLUMNS=80 timeout 60 "$BUILD/secep-repair" --root "$ROOT" "${words[@]}" 2>&1) || got=$?
                [[ $got == "$want" ]] || echo "exit status $got, not $want"
        done <"$1/runs" | steady >"$COPY/got"
}

@test "every tree of tests/trees prints what is expected" {
        local dir failed=0
        for dir in "$TOP"/tests/trees/*/; do
                one_tree "$dir"
                [[ -z ${UPDATE:-} ]] || cp "$COPY/got" "$dir/expected"
                if ! diff -u "$dir/expected" "$COPY/got" || grep -q '^exit status' "$COPY/got"; then
                        echo "$(basename "$dir") differs"
                        failed=1
                fi
                root_drop
        done
        [[ $failed == 0 ]]
}
