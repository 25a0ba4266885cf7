#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# make check       what a packager's build runs: no root, no network, nothing installed; the unit tests
# make check-fast  the inner loop, as root, under half a minute
# make check-all   everything, as root; installs what it needs
# Prints each job's tests as it ends, then the failures again, then one line "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
# Under nohup, or started by a program that ignores signals, the tests would inherit that.
if [[ -z ${SECEP_CHECK_SIGNALS:-} ]] && env --default-signal true 2>/dev/null; then
        SECEP_CHECK_SIGNALS=default exec env --default-signal "$0" "$@"
fi
what=${1:-all}
case $what in plain | fast | all) ;; *)
        echo "usage: check.sh plain|fast|all" >&2
        exit 2
        ;;
esac
fast=false
[[ $what == fast ]] && fast=true
# One test of a bats file, and a job as a whole: a test that hangs is a failure, not a stop.
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-900}
job_limit=2400
cpus=$(nproc)
san="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
passed=0 failed=0 skipped=0
failures=()
begun=$SECONDS
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

say() {
        printf '== %4ds  %s\n' $((SECONDS - begun)) "$*"
}

fail() {
        failed=$((failed + 1))
        failures+=("$1")
}

# Counts the TAP on stdin, showing it; $1 names the job. A skip has to say what is missing.
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
                "ok "*) seen=$((seen + 1)) && passed=$((passed + 1)) ;;
                "not ok "*) seen=$((seen + 1)) && fail "$1: $line" ;;
                esac
                printf '   %s\n' "$line"
        done
        [[ $planned == "$seen" ]] || fail "$1: $seen of $planned tests ended"
}

build() {
        say "build: $1"
        shift
        make -s -j"$cpus" ${WERROR+"WERROR=$WERROR"} "$@" >"$tmp/build" 2>&1 && return
        cat "$tmp/build"
        fail "build: make $*"
        finish
}

# The jobs: each prints TAP.

# cmocka calls a skip "not ok"; its reason stands on the line "skipped: ..." before it.
cmocka_tap() {
        awk '/^skipped: / { reason = substr($0, 10) }
                /^not ok [0-9]+ # SKIP/ { print "ok " $3 " - " $6 " # skip " reason; reason = ""; next }
                /^(1\.\.|ok |not ok )/'
}

# A crash prints no result for the test it was in, and nothing at all after it.
job_unit() {
        local status=0
        CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$1" >"$tmp/${1##*/}.out" 2>"$tmp/${1##*/}.err" || status=$?
        cmocka_tap <"$tmp/${1##*/}.out"
        [[ $status == 0 ]] || sed 's/^/# /' "$tmp/${1##*/}.err"
        [[ $status == 0 ]] || grep -q '^not ok' "$tmp/${1##*/}.out" || echo "not ok - exit status $status"
}

# In a mount namespace of its own: what the file mounts goes when it ends.
job_bats() {
        local only=()
        ! $fast || only=(--filter-tags fast)
        SECEP_TEST_MOUNTS=private timeout -k 10 "$job_limit" unshare -m --propagation private \
                bats --tap --timing "${only[@]}" "$1"
}

# A guest of the set "check"; the others are in make check-vm.
job_guest() {
        timeout -k 10 "$job_limit" tests/vm/lab tap "$1"
}

# Its output is shown only when it fails.
job_lint() {
        echo 1..1
        if timeout -k 10 "$job_limit" tests/lint/run.sh "$1" >"$tmp/lint.$1" 2>&1; then
                echo "ok 1 - $1"
        else
                sed 's/^/# /' "$tmp/lint.$1"
                echo "not ok 1 - $1"
        fi
}

declare -A name_of=()
# Files of the tag "waits" wait more than they work: one after the other in a lane of their own, beside
# those of the processors.
waiting=() beside=
launch() {
        "job_$1" "$2" >"$tmp/${2##*/}.tap" 2>&1 </dev/null &
        name_of[$!]=$2
}

next_beside() {
        beside=
        ((${#waiting[@]})) || return 0
        launch bats "${waiting[0]}"
        beside=$!
        waiting=("${waiting[@]:1}")
}

ended() {
        local pid=$1 name
        name=${name_of[$pid]}
        unset "name_of[$pid]"
        [[ $pid != "$beside" ]] || next_beside
        say "$name"
        tap "$name" <"$tmp/${name##*/}.tap"
}

# start KIND WHAT: waits for a free processor first.
start() {
        local pid
        while ((${#name_of[@]} >= cpus + (beside ? 1 : 0))); do
                wait -n -p pid "${!name_of[@]}"
                ended "$pid"
        done
        launch "$1" "$2"
}

rest() {
        local pid
        while ((${#name_of[@]})); do
                wait -n -p pid "${!name_of[@]}"
                ended "$pid"
        done
}

# units BUILD: those built there.
units() {
        local program
        for program in "$1"/tests/test_*; do
                [[ ! -x $program || ( ! -e tests/unit/${program##*/}.c && ! -e tests/differential/${program##*/test_}.c ) ]] || start unit "$program"
        done
        rest
}

bats_files() {
        local file
        for file in "$@"; do
                if ! $fast || grep -q 'test_tags=.*fast\|file_tags=.*fast' "$file"; then start bats "$file"; fi
        done
}

finish() {
        local f
        grep -hs '^# scenario ' "$tmp"/*.tap | sed 's/^# /   /'
        for f in ${failures[@]+"${failures[@]}"}; do
                printf 'FAILED %s\n' "$f"
        done
        say "done"
        printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
        ((failed == 0 && passed > 0))
        exit
}

if [[ $what == plain ]]; then
        build "programs and unit tests" all unit-tests
        units "${BUILD:-build}"
        finish
fi
if [[ $(id -u) != 0 ]]; then
        echo "check: run as root (the tests make accounts, packages and mounts in roots of their own)" >&2
        exit 2
fi
export WERROR=${WERROR--Werror}
say "packages"
sets=(build test)
$fast || sets+=(package vm fleet)
tests/deps.sh "${sets[@]}" || exit 1
if ! $fast; then # the unit tests look for them in the cache
        (TOP=$PWD CACHE=${SECEP_CACHE:-$PWD/build/cache}; . tests/lib/cvd.bash; cvd_find || echo "   $CVD_LACKS")
fi
build "programs" all test-programs
build "unit tests under ASan and UBSan" BUILD=build/asan SAN="$san" CFLAGS="-O1 -g1" CXXFLAGS="-O1 -g1" plugins unit-tests
units build/asan
if $fast; then
        start lint clang-format
        bats_files tests/bats/*.bats
        rest
        finish
fi
# What the analyzers say is known early; the longest of the rest first.
while IFS= read -r name; do
        start lint "$name"
done < <(tests/lint/run.sh --list)
rest
mapfile -t waiting < <(grep -l 'file_tags=.*waits' tests/bats/*.bats)
next_beside
for name in $(tests/vm/lab names check); do start guest "$name"; done
mapfile -t others < <(grep -L 'file_tags=.*waits' tests/bats/*.bats)
# shellcheck disable=SC2046
bats_files $(grep -l 'file_tags=.*slow' "${others[@]}") $(grep -L 'file_tags=.*slow' "${others[@]}")
rest
finish
