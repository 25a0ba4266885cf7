#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# make torture-packages: each package built twice from nothing, in different folders, at different times,
# under another umask, language and time zone: one digest.
bats_require_minimum_version 1.5.0
load ../lib/roots

twice() { # deb|rpm PACKAGES
        local one=$BATS_TEST_TMPDIR/one two=$BATS_TEST_TMPDIR/elsewhere/two
        built "$1" "$one" env TZ=UTC
        (umask 0077 && built "$1" "$two" env TZ=Asia/Tokyo LC_ALL=C.UTF-8 LANGUAGE=pt_BR)
        (cd "$one/packages" && sha256sum ./*."$1") >"$BATS_TEST_TMPDIR/digests"
        cat "$BATS_TEST_TMPDIR/digests"
        [[ $(wc -l <"$BATS_TEST_TMPDIR/digests") -ge "$2" ]]
        (cd "$two/packages" && sha256sum --check --strict "$BATS_TEST_TMPDIR/digests")
}

built() { # deb|rpm BUILD COMMAND...
        timeout 3600 "${@:3}" make -s -C "$TOP" "$1" BUILD="$2" >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- || { tail -40 "$BATS_TEST_TMPDIR/log" && return 1; }
}

@test "rpm: two builds, one digest" { twice rpm 5; }
@test "deb: two builds, one digest" { twice deb 6; }
