#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# make torture-packages: the .deb of each Debian release, built in a root of that release: what a fresh
# root makes of it, what that release's lintian and what piuparts say.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/ourpackages
load ../lib/fresh

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make torture-packages)"
}

teardown() { root_drop; }

# The packages of what is committed, built once: $DEBS.
suite_debs() { # SUITE
        timeout 3600 make -s -C "$TOP" deb SUITE="$1" >"$BATS_TEST_TMPDIR/build.log" 2>&1 3>&- || { tail -40 "$BATS_TEST_TMPDIR/build.log" && return 1; }
        DEBS=("$BUILD/packages/$1"/secep{,-apt,-bpf,-clamav,-kmod-source,-rpm}_*.deb)
        ls "${DEBS[@]}"
}

fresh() { # SUITE
        suite_debs "$1"
        fresh_root "$1" "${DEBS[@]}"
        fresh_install
        fresh_works
        inside sh -ec 'apt-get -qy -o Dpkg::Use-Pty=0 purge "secep*"'
        [[ -z $(ours_left) ]] || { ours_left && return 1; }
}

# Of that release: its overrides, its tags.
lint() { # SUITE
        suite_debs "$1"
        # shellcheck disable=SC2034 # for root_base
        ROOT_PACKAGES[lintian]="lintian"
        root_copy lintian "$1"
        cp "${DEBS[@]}" "$ROOT/srv/"
        # nobody has asked Debian for the package: there is no bug to close
        run inside sh -c 'lintian --allow-root --pedantic --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs /srv/secep*.deb'
        echo "$output"
        [[ $status == 0 ]]
}

pure() { # SUITE
        suite_debs "$1"
        "$TOP/tests/piuparts.sh" "$1" "${DEBS[@]}"
}

@test "bookworm: a fresh root, its .deb by apt alone" { fresh bookworm; }
@test "bullseye: a fresh root, its .deb by apt alone" { fresh bullseye; }
@test "trixie: a fresh root, its .deb by apt alone" { fresh trixie; }
@test "bookworm: lintian has no error, no warning" { lint bookworm; }
@test "bullseye: lintian has no error, no warning" { lint bullseye; }
@test "trixie: lintian has no error, no warning" { lint trixie; }
@test "bookworm: piuparts" { pure bookworm; }
@test "bullseye: piuparts" { pure bullseye; }
@test "trixie: piuparts" { pure trixie; }
