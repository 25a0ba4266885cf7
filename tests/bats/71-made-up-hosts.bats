#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Nine hosts as a new administrator finds them: what the check says at 80 columns, in both languages, is written
# down in tests/data/screens/hosts (SECEP_SCREENS=write writes it); at 60 and 132 nothing is wider, and no fact
# is said twice.
# bats file_tags=cli

load ../lib/roots
load ../lib/madeup

# At a place whose name is the same each time: it stands in the text.
setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "no private mount namespace (run make check)"
        mount -t tmpfs -o mode=0755 tmpfs /mnt
        mount --bind "$BUILD/locale" /usr/share/locale
        unset NO_COLOR LANGUAGE LC_ALL LC_MESSAGES
}

teardown() {
        umount /usr/share/locale /mnt 2>/dev/null || true
        unset COPY ROOT
}

host_new() { # NAME
        rm -rf /mnt/host
        root_tiny
        mkdir /mnt/host
        cp -a "$ROOT/." /mnt/host
        root_drop
        export ROOT=/mnt/host COPY=/mnt
        mkdir -p "$ROOT/var/lib/dpkg"
        : >"$ROOT/var/lib/dpkg/status"
        madeup "$1"
}

on_screen() { # LANGUAGE COLUMNS ARGUMENT...
        LANG=$1 TERM=dumb python3 "$TOP/tests/lib/on_terminal.py" "$2" "$BUILD/secep-repair" --root "$ROOT" --kernel "$KERNEL" "${@:3}"
}

# No sentence of the table on stdin stands twice: what hangs below one is joined to it first, and the commands
# below the table are left out.
each_once() {
        python3 -c '
import collections, re, sys
table = sys.stdin.read().split("\n\n")[1]
text = re.sub(r"\n {8,}(?=\S)", " ", table)
found = re.split(r" (?=note: |nota: |do: |fazer: )|[;:] |\n", text)
twice = [s for s, n in collections.Counter(re.sub(r"\s+", " ", f).strip() for f in found).items() if n > 1 and len(s) > 40]
sys.exit("said twice: " + "; ".join(twice) if twice else 0)'
}

@test "what a check of each says, in English and Portuguese" {
        local name language file text bad=0
        for name in "${MADE_UP[@]}"; do
                host_new "$name"
                for language in C.UTF-8 pt_BR.UTF-8; do
                        file=$TOP/tests/data/screens/hosts/$name.txt
                        [[ $language == C.UTF-8 ]] || file=$TOP/tests/data/screens/pt_BR/hosts/$name.txt
                        text=$(on_screen $language 80 --check) || true
                        [[ ${SECEP_SCREENS:-} != write ]] || { mkdir -p "${file%/*}" && printf '%s\n' "$text" >"$file"; }
                        diff "$file" <(printf '%s\n' "$text") || bad=1
                        each_once <<<"$text"
                done
        done
        ((bad == 0))
}

@test "nothing is wider than the terminal, and nothing a terminal obeys" {
        local name language how width text
        for name in "${MADE_UP[@]}"; do
                host_new "$name"
                for language in C.UTF-8 pt_BR.UTF-8; do
                        for how in "60 --check --verbose" "60 --plan" "132 --check --verbose"; do
                                width=${how%% *}
                                # shellcheck disable=SC2086
                                text=$(on_screen $language $how --all) || true
                                (($(LC_ALL=C.UTF-8 wc -L <<<"$text") <= width)) || { printf '%s\n' "$name $how" "$text" && return 1; }
                                if grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]' <<<"$text"; then
                                        cat -v <<<"$text"
                                        return 1
                                fi
                        done
                done
        done
}

@test "whoever is told to do something is told what" {
        local name
        for name in "${MADE_UP[@]}"; do
                host_new "$name"
                repair --check --kernel "$KERNEL"
                advised <<<"$output"
                fits_schema
                is '[.faults[].do | select(.kind? == "command") | .text | select(test("reboot\\)"))] | length' 0
        done
}
