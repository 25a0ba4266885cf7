#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The order of kernel releases is that of the package systems: ours and theirs over generated pairs.
# SECEP_DIFFERENTIAL=10000 for a long run.
load ../lib/roots

@test "releases: the order of rpmvercmp" {
        [[ -x $BUILD/tests/differential_releases ]] || skip "this machine lacks librpm's headers"
        "$BUILD/tests/differential_releases" rpm "${SECEP_DIFFERENTIAL:-500}"
}

@test "releases: the order of dpkg --compare-versions" {
        [[ -x $BUILD/tests/differential_releases ]] || skip "this machine lacks librpm's headers"
        command -v dpkg >/dev/null || skip "this machine lacks dpkg"
        "$BUILD/tests/differential_releases" dpkg "${SECEP_DIFFERENTIAL:-500}"
}
