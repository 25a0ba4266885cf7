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

# A tiny root with a user and a group that are well.
healthy_account() {
        printf 'cisco-amp-scan-svc:x:998:\n' >>"$ROOT/etc/group"
        printf 'cisco-amp-scan-svc:!::\n' >>"$ROOT/etc/gshadow"
        printf 'cisco-amp-scan-svc:x:998:998::/nonexistent:/usr/sbin/nologin\n' >>"$ROOT/etc/passwd"
        printf 'cisco-amp-scan-svc:!:19000::::::\n' >>"$ROOT/etc/shadow"
}

# Everything of the root but our own folder, to be compared.
before() {
        whole=$(snapshot_files; stat -c '%n %a %U' "$ROOT/etc"/*)
}

unchanged() {
        [[ $whole == "$(snapshot_files; stat -c '%n %a %U' "$ROOT/etc"/*)" ]]
}
