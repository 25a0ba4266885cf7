#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/vm/lab, the judge of the guests, on scenarios that need no guest.
load ../lib/roots

setup() {
        [[ $(id -u) == 0 ]] || skip "this machine lacks root"
        export BUILD=$BATS_TEST_TMPDIR SECEP_SCENARIOS=$BATS_TEST_TMPDIR/scenarios
        : >"$SECEP_SCENARIOS"
}

scenario() { # NAME SET NEEDS TEXT STATUS
        printf '#!/bin/sh\ncat <<"END"\n%s\nEND\nexit %s\n' "$4" "$5" >"$BATS_TEST_TMPDIR/$1"
        chmod 0755 "$BATS_TEST_TMPDIR/$1"
        echo "$1 | $2 | $3 | $BATS_TEST_TMPDIR/$1 | what $1 is" >>"$SECEP_SCENARIOS"
}

lab() {
        run "$TOP/tests/vm/lab" "$@"
        echo "$output"
}

row() { # NAME RESULT TESTS
        grep -qE "^$1 +$2 +$3 +[0-9]+" <<<"$output"
}

@test "what passes, what fails, what ends with a status, what prints no test" {
        scenario good vm sh $'ok 1 - a\nok 2 - b' 0
        scenario bad vm sh $'ok 1 - a\nnot ok 2 - b' 0
        scenario ends vm sh 'ok 1 - a' 1
        scenario silent vm sh 'nothing' 0
        lab run
        [ "$status" -eq 1 ]
        row good passed 2
        row bad failed 1
        row ends failed 1
        row silent failed 0
        grep -q '^4 scenarios, 3 failed, 0 skipped, ' <<<"$output"
        grep -qx 'not ok 2 - b' "$BUILD/lab/bad.log"
}

@test "a skip for what the machine lacks is none of ours, any other is a failure" {
        scenario there vm sh $'ok 1 - a\nok 2 - b # skip this machine lacks a thing' 0
        scenario needs vm "sh no-such-program-anywhere" 'not ok 1 - never run' 1
        lab run
        [ "$status" -eq 0 ]
        row there passed 1
        row needs skipped 0
        grep -q 'this machine lacks no-such-program-anywhere$' <<<"$output"
        grep -q '^2 scenarios, 0 failed, 2 skipped, ' <<<"$output"
        scenario lazy vm sh $'ok 1 - a\nok 2 - b # skip not today' 0
        lab run lazy
        [ "$status" -eq 1 ]
        row lazy failed 1
}

@test "names and sets choose; torture is run only when it is named; an unknown word is refused" {
        scenario one check sh 'ok 1 - a' 0
        scenario two vm sh 'ok 1 - a' 0
        scenario three torture sh 'ok 1 - a' 0
        lab run
        grep -q '^2 scenarios, 0 failed' <<<"$output"
        lab run check three
        grep -q '^2 scenarios, 0 failed' <<<"$output"
        row one passed 1
        row three passed 1
        lab run four
        [ "$status" -eq 2 ]
        lab list
        grep -qE '^three +torture +what three is' <<<"$output"
}

@test "for make check-all: the TAP as it is, with the scenario's line" {
        scenario good check sh $'1..1\nok 1 - a' 0
        scenario ends check sh $'1..1\nok 1 - a' 3
        scenario needs check no-such-program-anywhere '' 0
        [ "$("$TOP/tests/vm/lab" names check | paste -sd " ")" = "good ends needs" ]
        lab tap good
        [ "$status" -eq 0 ]
        grep -qx 'ok 1 - a' <<<"$output"
        grep -qE '^# scenario good +passed +1 +[0-9]+$' <<<"$output"
        lab tap ends
        [ "$status" -ne 0 ]
        grep -qx 'not ok - ends did not pass, with exit status 3' <<<"$output"
        grep -qE '^# scenario ends +failed ' <<<"$output"
        lab tap needs
        grep -qx 'ok 1 - needs # skip this machine lacks no-such-program-anywhere' <<<"$output"
}

@test "each scenario of the table names a command that is there" {
        unset SECEP_SCENARIOS
        while IFS='|' read -r name _ _ command _; do
                [[ $name != "#"* ]] || continue
                read -ra words <<<"$command"
                [[ -x $TOP/${words[0]} ]] || { echo "$name: $command"; false; }
        done <"$TOP/tests/vm/scenarios"
}
