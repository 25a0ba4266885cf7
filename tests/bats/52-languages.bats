#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Portuguese: screens as written down in tests/data/screens/pt_BR, machines' answers untouched, and a
# catalogue never taken from where the environment points to.
# bats file_tags=cli

load ../lib/roots

# The catalogues of this build where the programs look for them.
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
        mount --bind "$BUILD/locale" /usr/share/locale
        unset LC_ALL LC_MESSAGES LANGUAGE NO_COLOR
        export LANG=pt_BR.UTF-8
}

teardown() {
        umount /usr/share/locale 2>/dev/null || true
        umount /mnt 2>/dev/null || true
        unset COPY ROOT
}

steady() {
        sed -E 's/[0-9]{8}-[0-9]{6}-[0-9]{6}-[0-9a-f]{4}/20261128-000000-000000-0000/g
                s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}/2026-11-28 00:00:00/g
                s/\([0-9]+[.,][0-9]/(0.0/g'
}

screen_is() { # NAME COLUMNS ARGUMENT...
        local file=$TOP/tests/data/screens/pt_BR/$1.txt text
        text=$(TERM=dumb python3 "$TOP/tests/lib/on_terminal.py" "$2" "$BUILD/secep-repair" --root "$ROOT" "${@:3}" | steady)
        [[ -n $text ]]
        [[ ${SECEP_SCREENS:-} != write ]] || { mkdir -p "${file%/*}" && printf '%s\n' "$text" >"$file"; }
        diff "$file" <(printf '%s\n' "$text")
        (($(LC_ALL=C.UTF-8 wc -L <<<"$text") <= $2))
}

@test "check, plan, repair, history, undo, list, help in Portuguese" {
        local width
        for width in 60 80 132; do
                screen_is "check-$width" $width --check --kernel 6.1.0-1-amd64
                screen_is "verbose-$width" $width --fault 5,7,16 --check --verbose --kernel 6.1.0-1-amd64
                screen_is "plan-$width" $width --fault 5 --plan
                screen_is "repair-$width" $width --fault 5
                screen_is "history-$width" $width --history
                screen_is "undo-$width" $width --undo last
                screen_is "list-$width" $width --list
                rm -rf "$ROOT/var/lib/secep"
        done
        screen_is help-80 80 --help
}

@test "the help of each program fits 80 columns in both languages" {
        local program language
        for program in secep-repair secep-installer secep-monitord; do
                for language in C pt_BR.UTF-8; do
                        LANG=$language "$BUILD/$program" --help >/mnt/help
                        (($(LC_ALL=C.UTF-8 wc -L </mnt/help) <= 80)) || { LC_ALL=C.UTF-8 awk 'length($0) > 80' /mnt/help && false; }
                        [[ $language == C ]] || ! cmp -s /mnt/help <(LANG=C "$BUILD/$program" --help)
                done
        done
}

@test "a machine's answer is English in every language" {
        repair --check --kernel 6.1.0-1-amd64
        local portuguese=$output
        LANG=C repair --check --kernel 6.1.0-1-amd64
        diff <(jq 'del(.time)' <<<"$portuguese") <(jq 'del(.time)' <<<"$output")
}

@test "numbers and the answers of programs are those of the C locale" {
        repair_plain --fault 5
        exited 0
        [[ $output =~ [0-9]\.[0-9]\ s ]]
}

@test "a catalogue of somebody else is not taken" {
        mkdir -p /mnt/evil/LC_MESSAGES
        printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\nmsgid "no runs"\nmsgstr "%%n%%n%%n taken"\n' >/mnt/evil.po
        msgfmt -o /mnt/evil/LC_MESSAGES/secep.mo /mnt/evil.po
        LANGUAGE=../../../mnt/evil repair_plain --history
        exited 0
        [[ $output == "no runs" ]]
        LANG=pt_BR.UTF-8 LC_MESSAGES=/mnt/evil repair_plain --history
        [[ $output == "no runs" ]]
        repair_plain --history
        [[ $output == "nenhuma execução" ]]
}

@test "each translation has the format of its sentence" {
        local catalogue
        for catalogue in "$TOP"/po/*.po; do
                msgfmt --check-format -o /dev/null "$catalogue"
        done
}

# The options a page has a paragraph for.
options() {
        grep -oE '^\.It Fl .*' "$1" | grep -oE '\\-[a-z][a-z\\-]+' | sort -u
}

@test "a page in Portuguese has the options of the English one" {
        local page
        for page in "$TOP"/man/pt_BR/*.[58]; do
                diff <(options "$TOP/man/${page##*/}") <(options "$page")
        done
}
