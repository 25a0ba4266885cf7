#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a person sees: each screen as it is written down in tests/data/screens, at three widths, on a
# terminal that cannot move its cursor, in colour, in a file. SECEP_SCREENS=write writes them down.
# bats file_tags=cli

load ../lib/roots

# At a place whose name is the same each time: it stands in the text.
setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "no private mount namespace (run make check)"
        mount -t tmpfs -o mode=0755 tmpfs /mnt
        root_tiny
        mkdir /mnt/host
        cp -a "$ROOT/." /mnt/host
        root_drop
        export ROOT=/mnt/host COPY=/mnt
        root_connector 1.26.0.1
        mkdir -p "$ROOT/var/lib/dpkg"
        : >"$ROOT/var/lib/dpkg/status"
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        unset NO_COLOR LANGUAGE
        export LC_ALL=C.UTF-8
}

teardown() {
        umount /mnt 2>/dev/null || true
        unset COPY ROOT
}

# The same each time: run ids, the time a step took.
steady() {
        sed -E 's/[0-9]{8}-[0-9]{6}-[0-9]{6}-[0-9a-f]{4}/20261128-000000-000000-0000/g
                s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}/2026-11-28 00:00:00/g
                s/\([0-9]+[.,][0-9]/(0.0/g'
}

# secep-repair on a terminal of COLUMNS columns that cannot move its cursor.
on_screen() { # COLUMNS ARGUMENT...
        TERM=dumb python3 "$TOP/tests/lib/on_terminal.py" "$1" "$BUILD/secep-repair" --root "$ROOT" "${@:2}" | steady
}

# $1 is what is written down as NAME, and no line is wider than COLUMNS.
screen_is() { # TEXT NAME COLUMNS
        local file=$TOP/tests/data/screens/$2.txt
        [[ -n $1 ]]
        [[ ${SECEP_SCREENS:-} != write ]] || { mkdir -p "${file%/*}" && printf '%s\n' "$1" >"$file"; }
        diff "$file" <(printf '%s\n' "$1")
        (($(wc -L <<<"$1") <= $3))
}

# Nothing that a terminal obeys or shows in another order.
harmless() {
        if grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]' <<<"$1"; then
                cat -v <<<"$1"
                return 1
        fi
}

@test "check, plan, repair, history, undo, list at 60, 80 and 132 columns" {
        local width
        for width in 60 80 132; do
                screen_is "$(on_screen $width --kernel 6.1.0-1-amd64)" "check-$width" $width
                screen_is "$(on_screen $width --kernel 6.1.0-1-amd64 --fault 5,7,16 --check --verbose)" "verbose-$width" $width
                screen_is "$(on_screen $width --fault 5 --plan)" "plan-$width" $width
                screen_is "$(on_screen $width --fault 5)" "repair-$width" $width
                screen_is "$(on_screen $width --history)" "history-$width" $width
                screen_is "$(on_screen $width --undo last)" "undo-$width" $width
                screen_is "$(on_screen $width --list)" "list-$width" $width
                rm -rf "$ROOT/var/lib/secep"
                screen_is "$(on_screen $width --undo last)" "no-run-$width" 132
        done
}

@test "--help at 80 columns" {
        screen_is "$(on_screen 80 --help)" help-80 80
}

@test "no connector installed is said in the first line" {
        rm -r "$ROOT/opt/cisco"
        screen_is "$(on_screen 80 --check --kernel 6.1.0-1-amd64)" no-connector-80 80
}

@test "in a file: 80 columns, no colour, nothing on standard error" {
        repair_plain --check --kernel 6.1.0-1-amd64
        exited 1
        [[ -z $stderr_text ]]
        diff "$TOP/tests/data/screens/check-80.txt" - <<<"$output"
        repair_plain --fault 5
        exited 0
        [[ -z $stderr_text ]]
        diff "$TOP/tests/data/screens/repair-80.txt" <(steady <<<"$output")
}

@test "colour where TERM and NO_COLOR let it, and the same words" {
        local coloured plain
        coloured=$(TERM=xterm python3 "$TOP/tests/lib/on_terminal.py" 80 "$BUILD/secep-repair" --root "$ROOT" --check --kernel 6.1.0-1-amd64) || true
        [[ $coloured == *$'\e[31mFAULT\e[0m'* ]]
        # shellcheck disable=SC2001
        diff "$TOP/tests/data/screens/check-80.txt" - < <(sed 's/\x1b\[[0-9;]*m//g' <<<"$coloured")
        plain=$(NO_COLOR=1 TERM=xterm python3 "$TOP/tests/lib/on_terminal.py" 80 "$BUILD/secep-repair" --root "$ROOT" --check --kernel 6.1.0-1-amd64) || true
        [[ $plain != *$'\e'* ]]
        plain=$(env -u TERM python3 "$TOP/tests/lib/on_terminal.py" 80 "$BUILD/secep-repair" --root "$ROOT" --check --kernel 6.1.0-1-amd64) || true
        [[ $plain != *$'\e'* ]]
}

@test "the live line leaves nothing behind and is never wider than the terminal" {
        local raw line
        raw=$(TERM=xterm NO_COLOR=1 python3 "$TOP/tests/lib/on_terminal.py" 60 "$BUILD/secep-repair" --root "$ROOT" --fault 5)
        [[ $raw == *$'\r\e[K[1/3] create group'* ]]
        while IFS= read -r line; do
                ((${#line} < 60))
        done < <(grep -o $'\e\\[K\\[[^\r]*' <<<"$raw" | sed 's/^...//')
        # what stays: the last thing written on each row
        # shellcheck disable=SC2001
        diff "$TOP/tests/data/screens/repair-60.txt" <(sed $'s/.*\r\e\\[K//' <<<"$raw" | steady)
}

@test "a mistyped width is none: 80 columns, and never less than 40" {
        diff "$TOP/tests/data/screens/check-80.txt" <(on_screen 0 --check --kernel 6.1.0-1-amd64)
        (($(on_screen 10 --check --kernel 6.1.0-1-amd64 | wc -L) <= 40))
}

@test "names of a command, an escape sequence and a right-to-left mark do no harm" {
        # shellcheck disable=SC2016
        local hostile=$'$(reboot) \e]0;x\a\xc2\x9b31m\x7f\xe2\x80\xae txt.exe'
        mkdir -m 0700 "$ROOT/opt/cisco/amp/etc/$hostile"
        root_owns
        chmod 0755 "$ROOT/opt/cisco/amp/etc"
        repair_plain --fault 5 --check --verbose
        [[ $output == *'$(reboot) ?]0;x'* ]]
        harmless "$output"
        repair --fault 5 --check
        harmless "$output"
        fits_schema
        repair --fault 5 --plan
        harmless "$output"
        is '[.faults[].do | select(.kind? == "command") | .text | select(test("reboot"))] | length' 0
}

# A check, a repair, a check: coloured, as it was printed.
session() {
        local command
        for command in "--fault 5,7 --check" "--fault 5" "--fault 5 --check"; do
                printf '\e[1m# secep-repair --root /mnt/host %s\e[0m\n' "$command"
                # shellcheck disable=SC2086
                TERM=xterm python3 "$TOP/tests/lib/on_terminal.py" 80 "$BUILD/secep-repair" --root "$ROOT" $command |
                        sed $'s/.*\r\e\\[K//' | steady
                echo
        done
}

@test "the picture in docs/ is of what is printed" {
        local picture=$TOP/docs/check-and-repair.svg
        session >/mnt/session
        grep -q cleared /mnt/session
        [[ ${SECEP_SCREENS:-} != write ]] || "$TOP/tests/tools/picture.py" </mnt/session >"$picture"
        diff "$picture" <("$TOP/tests/tools/picture.py" </mnt/session)
}
