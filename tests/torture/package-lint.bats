#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# make torture-packages: what lintian and rpmlint say of our packages.
load ../lib/roots
load ../lib/ourpackages

@test "lintian: no error, no warning" {
        our_debs "$BATS_TEST_TMPDIR/debs"
        # nobody has asked Debian for the package: there is no bug to close
        run lintian --allow-root --pedantic --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs \
                "$BATS_TEST_TMPDIR"/debs/secep*.deb
        echo "$output"
        [[ $status == 0 ]]
}

@test "rpmlint: no error, no warning but what specs/rpmlint.toml explains" {
        our_rpms "$BATS_TEST_TMPDIR/rpms" 1
        run rpmlint -c "$TOP/specs/rpmlint.toml" "$BATS_TEST_TMPDIR"/rpms/*.rpm
        echo "$output"
        [[ $status == 0 && $output == *" 0 errors, 0 warnings,"* ]]
}
