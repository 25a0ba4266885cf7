#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# make check (everything) and make check-fast (the inner loop, under half a minute).
# Prints each test as it ends, then the failures again, then one line "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
fast=false
[[ ${1:-} == fast ]] && fast=true
jobs=$(nproc)
san="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
passed=0 failed=0 skipped=0
failures=()
begun=$SECONDS
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

say() {
        printf '== %4ds  %s\n' $((SECONDS - begun)) "$*"
}

pass() {
        passed=$((passed + 1))
}

fail() {
        failed=$((failed + 1))
        failures+=("$1")
}

# Counts the TAP on stdin, showing it; $1 names the file. A skip has to say what is missing.
tap() {
        local line seen=0 planned=-1
        while IFS= read -r line; do
                case $line in
                1..*) planned=${line#1..} && planned=${planned%% *} && continue ;;
                "ok "*"# skip"* | "ok "*"# SKIP"*)
                        seen=$((seen + 1))
                        if [[ $line =~ \#\ (skip|SKIP)\ [^\ ] ]]; then
                                skipped=$((skipped + 1))
                        else
                                fail "$1: $line: a skip that does not say what is missing"
                        fi
                        ;;
                "ok "*) seen=$((seen + 1)) && pass ;;
                "not ok "*) seen=$((seen + 1)) && fail "$1: $line" ;;
                esac
                printf '   %s\n' "$line"
        done
        [[ $planned == "$seen" ]] || fail "$1: $seen of $planned tests ended"
}

# One check that is a command: its output is shown only when it fails.
lint() {
        local name=$1
        shift
        if "$@" >"$tmp/lint" 2>&1; then
                printf '   ok %s\n' "$name"
                pass
        else
                cat "$tmp/lint"
                printf '   not ok %s\n' "$name"
                fail "$name"
        fi
}

build() {
        say "build: $1"
        shift
        make -s -j"$jobs" "$@" >"$tmp/build" 2>&1 && return
        cat "$tmp/build"
        fail "build: make $*"
        finish
}

# cmocka calls a skip "not ok"; its reason stands on the line "skipped: ..." before it.
cmocka_tap() {
        awk '/^skipped: / { reason = substr($0, 10) }
                /^not ok [0-9]+ # SKIP/ { print "ok " $3 " - " $6 " # skip " reason; reason = ""; next }
                /^(1\.\.|ok |not ok )/'
}

units() {
        build "unit tests under ASan and UBSan" BUILD=build/asan SAN="$san" plugins unit-tests
        local program
        say "unit tests"
        for program in build/asan/tests/test_*; do
                [[ -x $program && -e tests/unit/${program##*/}.c ]] || continue
                CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$program" >"$tmp/tap" 2>"$tmp/err"
                local status=$?
                # A crash prints no result for the test it was in, and nothing at all after it.
                tap "${program##*/}" < <(cmocka_tap <"$tmp/tap") >"$tmp/shown"
                if [[ $status != 0 ]]; then
                        cat "$tmp/shown" "$tmp/err"
                        grep -q '^not ok' "$tmp/tap" || fail "${program##*/}: exit status $status"
                else
                        printf '   %s: %s\n' "${program##*/}" "$(grep -c '^ok' "$tmp/tap") ok"
                fi
        done
}

# bats files run in a mount namespace of their own: what they mount goes when they end.
bats_files() {
        local file only=()
        ! $fast || only=(--filter-tags fast)
        for file in tests/bats/*.bats; do
                [[ -e $file ]] || continue
                if $fast && ! grep -q 'test_tags=.*fast\|file_tags=.*fast' "$file"; then continue; fi
                say "$file"
                tap "${file##*/}" < <(
                        SECEP_TEST_MOUNTS=private unshare -m --propagation private \
                                bats --tap "${only[@]}" "$file" 2>&1
                )
        done
}

# A kernel that enforces SELinux; the other guests are in make check-vm.
guest() {
        say tests/vm/selinux.sh
        tap selinux.sh < <(tests/vm/selinux.sh 2>&1)
}

finish() {
        local f
        for f in ${failures[@]+"${failures[@]}"}; do
                printf 'FAILED %s\n' "$f"
        done
        say "done"
        printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
        [[ $failed == 0 ]]
        exit
}

if [[ $(id -u) != 0 ]]; then
        echo "check: run as root (the tests make accounts, packages and mounts in roots of their own)" >&2
        exit 2
fi
say "packages"
sets=(build test)
$fast || sets+=(vm)
tests/deps.sh "${sets[@]}" || exit 1
build "programs" all test-programs
if $fast; then
        units
        mapfile -t changed < <(tests/lint/files.sh c-changed)
        [[ ${#changed[@]} == 0 ]] || lint "clang-format" clang-format --dry-run -Werror "${changed[@]}"
        bats_files
        finish
fi
units
bats_files
guest
say "lints"
while IFS= read -r name; do
        say "$name"
        lint "$name" tests/lint/run.sh "$name"
done < <(tests/lint/run.sh --list)
finish
