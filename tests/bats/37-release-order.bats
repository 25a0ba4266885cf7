#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The order of kernel releases is that of the package systems: ours and theirs over generated pairs.
# SECEP_DIFFERENTIAL=10000 for a long run.
load ../lib/roots

setup() {
        pkg-config --exists rpm || skip "this machine lacks librpm's headers"
}

@test "releases: the order of rpmvercmp" {
        "$BUILD/tests/differential_releases" rpm "${SECEP_DIFFERENTIAL:-500}"
}

@test "releases: the order of dpkg --compare-versions" {
        command -v dpkg >/dev/null || skip "this machine lacks dpkg"
        "$BUILD/tests/differential_releases" dpkg "${SECEP_DIFFERENTIAL:-500}"
}
