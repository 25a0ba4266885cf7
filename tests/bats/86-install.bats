#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# make install below a folder of its own, and make uninstall: what the first lays down the second takes away, and
# nothing else.
# bats file_tags=slow
bats_require_minimum_version 1.5.0

TOP=$BATS_TEST_DIRNAME/../..

setup() { D=$(mktemp -d "${BATS_TMPDIR:-/tmp}/secep-install.XXXXXX"); }
teardown() { rm -rf --one-file-system "$D"; }

# As a build of its own where the tests have one.
target() {
        make -s -C "$TOP" "BUILD=${SECEP_BUILD:-build}" "$1" "DESTDIR=$D" prefix=/usr sysconfdir=/etc
}

@test "make uninstall takes away each file that make install laid down, and no other" {
        mkdir -p "$D/etc/secep" "$D/usr/sbin" "$D/var/lib/secep/runs"
        echo "# the operator's" | tee "$D/etc/secep/secep.conf" "$D/usr/sbin/other" >"$D/var/lib/secep/runs/x.jsonl"
        (cd "$D" && find . ! -type d | sort) >"$D.before"
        target install
        for program in secep-repair secep-monitord secep-installer; do [[ -x $D/usr/sbin/$program ]]; done
        (cd "$D" && find . ! -type d | sort) >"$D.after"
        (($(wc -l <"$D.after") > $(wc -l <"$D.before") + 40))
        [[ -z $(comm -23 "$D.before" "$D.after") && $(<"$D/etc/secep/secep.conf") == "# the operator's" ]]
        target uninstall
        (cd "$D" && find . ! -type d | sort) | diff "$D.before" -
        rm "$D.before" "$D.after"
}
