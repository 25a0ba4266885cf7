#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The .deb on a fresh Debian 12, which has apt and none of our libraries. Other releases, each with its
# own .deb: make torture-packages. Without secep-clamav: the library of the machine that builds may be newer.
bats_require_minimum_version 1.5.0
# bats file_tags=slow
load ../lib/roots
load ../lib/ourpackages
load ../lib/fresh

setup() {
        local lacks
        lacks=$(our_packages_lack dh)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        our_debs "$BATS_TEST_TMPDIR/debs"
        fresh_root bookworm "$BATS_TEST_TMPDIR"/debs/secep{,-apt,-bpf,-rpm}_*.deb
}

teardown() { root_drop; }

@test "apt alone installs it; no library missing, pages and programs in both languages, a repair" {
        fresh_install
        fresh_works
}
