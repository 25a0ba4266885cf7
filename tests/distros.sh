#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# make check-distros: builds and runs the unit tests in chroots of other Debian releases, for older and
# newer compilers and libraries. Closes with one line "N passed, N failed, N skipped".
#   tests/distros.sh [SUITE ...]        bullseye, trixie and sid without an argument
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. tests/lib/roots.bash

suites=("$@")
[[ ${#suites[@]} -gt 0 ]] || suites=(bullseye trixie sid)
passed=0 failed=0 skipped=0

[[ $(id -u) == 0 ]] || {
        echo "check-distros: run as root" >&2
        exit 2
}
tests/deps.sh distros || exit 1

# What a release has of the packages the build needs; what it lacks is named.
packages_of() {
        local suite=$1 lists
        lists=$CACHE/$suite-lists
        mkdir -p "$lists"/{lists/partial,cache/archives/partial,none}
        root_mirror "$suite" >"$lists/sources.list"
        : >"$lists/status"
        apt_of() {
                "$@" -o Dir::Etc::sourcelist="$lists/sources.list" -o Dir::Etc::sourceparts="$lists/none" \
                        -o Dir::State="$lists" -o Dir::State::Lists="$lists/lists" -o Dir::Cache="$lists/cache" \
                        -o Dir::State::status="$lists/status" -o APT::Sandbox::User=root -o Acquire::Languages=none
        }
        [[ -n $(find "$lists/updated" -mmin -720 2>/dev/null) ]] || { apt_of apt-get -qq update && touch "$lists/updated"; } >&2 || return 1
        local name known=() lacking=()
        apt_of apt-cache pkgnames | sort >"$lists/names"
        while read -r name; do
                # Before Debian 12 the -dev packages of SELinux had the library's number in their names.
                # And after Debian 13 no number any more, while the old ones are there yet.
                if [[ $name == *1-dev ]] && grep -qx "${name%1-dev}-dev" "$lists/names"; then
                        known+=("${name%1-dev}-dev")
                elif grep -qx "$name" "$lists/names"; then
                        known+=("$name")
                elif grep -qx "${name%-dev}1-dev" "$lists/names"; then
                        known+=("${name%-dev}1-dev")
                else
                        lacking+=("$name")
                fi
        done < <(tests/deps.sh --list build unit)
        [[ ${#lacking[@]} == 0 ]] || echo "# $suite has no ${lacking[*]}" >&2
        echo "${known[*]}"
}

# The sources as git has them, and what is not committed yet.
copy_sources() {
        mkdir -p "$1"
        git -c safe.directory="$PWD" ls-files -z --cached --others --exclude-standard |
                while IFS= read -r -d '' f; do [[ ! -e $f ]] || printf '%s\0' "$f"; done |
                tar -c --null -T - | tar -x -C "$1"
}

# Builds and tests in the root of SUITE, inside a copy that goes away.
inside() {
        local suite=$1 base test status
        # The newest suite is not whole on every day.
        base=$(root_base "build-$suite" "$suite") || {
                echo "not ok $suite: its packages cannot be installed"
                return 1
        }
        root_copy_of "$base"
        mount --bind /proc "$ROOT/proc" 2>/dev/null || true
        mount --bind /dev "$ROOT/dev" 2>/dev/null || true
        copy_sources "$ROOT/src"
        echo "== $suite: $(chroot "$ROOT" gcc --version | head -1), $(chroot "$ROOT" dpkg -l | awk '/^ii  libsepol[12]/ { print $2, $3 }')"
        if ! chroot "$ROOT" make -s -C /src -j"$(nproc)" all unit-tests; then
                echo "not ok $suite: build"
                echo "0 1 0" >"$COPY/counts"
        else
                local p=1 f=0 s=0
                for test in "$ROOT"/src/build/tests/test_*; do
                        [[ -x $test && ! -d $test ]] || continue
                        test=${test##*/}
                        chroot "$ROOT" env CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 bash -c "cd /src && build/tests/$test" >"$COPY/tap" 2>"$COPY/err"
                        status=$?
                        p=$((p + $(grep '^ok' "$COPY/tap" | grep -vci '# skip')))
                        s=$((s + $(grep -ci '^ok.*# skip' "$COPY/tap")))
                        if [[ $status != 0 ]]; then
                                f=$((f + 1))
                                grep '^not ok' -A4 "$COPY/tap"
                                tail -5 "$COPY/err"
                        fi
                        printf '   %s %s: %s\n' "$([[ $status == 0 ]] && echo ok || echo not ok)" "$suite" "$test"
                done
                echo "$p $f $s" >"$COPY/counts"
        fi
        cp "$COPY/counts" "$2"
        root_drop
}

if [[ ${SECEP_TEST_MOUNTS:-} != private ]]; then
        exec env SECEP_TEST_MOUNTS=private unshare -m --propagation private "$0" "${suites[@]}"
fi
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT
for suite in "${suites[@]}"; do
        if ! ROOT_PACKAGES[build-$suite]=$(packages_of "$suite"); then
                echo "not ok $suite: the mirror does not have it"
                failed=$((failed + 1))
                continue
        fi
        echo "0 1 0" >"$counts"
        inside "$suite" "$counts"
        read -r p f s <"$counts"
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[[ $failed == 0 ]]
