# SPDX-License-Identifier: GPL-2.0-or-later
# A tiny root with a connector, for what needs no Debian: $ROOT, and what may not change in it.
# shellcheck shell=bash
load ../lib/roots

setup() {
        root_tiny
        root_connector
}

teardown() {
        chattr -R -i "$ROOT/etc" 2>/dev/null || true
        root_drop
}

# Everything of the root but our own folder, to be compared.
before() {
        whole=$(snapshot_files; stat -c '%n %a %U' "$ROOT/etc"/*)
}

unchanged() {
        [[ $whole == "$(snapshot_files; stat -c '%n %a %U' "$ROOT/etc"/*)" ]]
}
