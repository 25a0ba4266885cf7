#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# make bench runs every script and ends with one table, whatever the scripts end with.
# bats file_tags=fast

setup() {
        TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
}

script() { # NAME LINE...: a script of those lines
        local name=$BATS_TEST_TMPDIR/$1
        shift
        printf '%s\n' '#!/bin/sh' "$@" >"$name"
        chmod +x "$name"
        echo "$name"
}

@test "one that fails ends nothing, and each claim has its row" {
        local first second third
        first=$(script first.sh 'echo "not ok ratio of first: 1.2, at most 1.1"' 'exit 1')
        second=$(script second.sh 'echo "cannot begin" >&2' 'exit 7')
        third=$(script third.sh 'echo "third  5 ms / 9 ms = 0.56 (at most 1.0) ok"')
        run "$TOP/tests/bench/run.sh" "$first" "$second" "$third"
        [[ $status == 1 ]]
        [[ $output == *"first.sh       BROKEN  ratio of first: 1.2"* ]]
        [[ $output == *"second.sh      FAILED  ended with status 7: cannot begin"* ]]
        [[ $output == *"third.sh       holds   third  5 ms"* ]]
        [[ ${lines[-1]} == "1 claims hold, 2 do not" ]]
}

@test "0 where all hold, also one that only tells figures" {
        run "$TOP/tests/bench/run.sh" "$(script held.sh 'echo "ok     a: 1, at most 2"')" "$(script figures.sh 'echo 12 ms')"
        [[ $status == 0 ]]
        [[ $output == *"figures.sh     ran     12 ms"* && ${lines[-1]} == "1 claims hold, 0 do not" ]]
}

@test "one that hangs is ended and counted" {
        BENCH_SECONDS=1 run "$TOP/tests/bench/run.sh" "$(script hangs.sh 'exec sleep 600')"
        [[ $status == 1 && $output == *"hangs.sh       FAILED  ended with status 124"* ]]
}

@test "the figures are written down: machine, peer, claim, rounds and spread" {
        FIGURES=$BATS_TEST_TMPDIR/figures run "$TOP/tests/bench/run.sh" \
                "$(script told.sh 'echo "       with peer 1.2"' 'echo "ok     a: 1, at most 2"' 'echo "       rounds 9: 1.0 to 2.0 beside 3.0 to 4.0 ms"' 'echo "ok b: 2, at most 2"')" \
                "$(script broken.sh 'echo "not ok c: 3, at most 2"' 'exit 1')"
        [[ $status == 1 ]]
        grep -qx -- "- told.sh: peer 1.2" "$BATS_TEST_TMPDIR/figures"
        grep -q "^- .* processors, .* MiB of memory, kernel " "$BATS_TEST_TMPDIR/figures"
        grep -qxF "| told.sh | a: 1, at most 2 | holds | 9: 1.0 to 2.0 beside 3.0 to 4.0 ms |" "$BATS_TEST_TMPDIR/figures"
        grep -qxF "| told.sh | b: 2, at most 2 | holds |  |" "$BATS_TEST_TMPDIR/figures"
        grep -qxF "| broken.sh | c: 3, at most 2 | BROKEN |  |" "$BATS_TEST_TMPDIR/figures"
        [[ $(tail -1 "$BATS_TEST_TMPDIR/figures") == "2 claims hold, 1 do not" ]]
}

@test "a script that is run alone leaves docs/figures.md alone" {
        before=$(stat -c %y "$TOP/docs/figures.md" 2>&1 || true)
        run "$TOP/tests/bench/run.sh" "$(script held.sh 'echo "ok     a: 1, at most 2"')"
        [[ $(stat -c %y "$TOP/docs/figures.md" 2>&1 || true) == "$before" ]]
}
