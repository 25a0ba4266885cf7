# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on an rpm root: $ROOT, its repository, and the question about $RELEASE.
# shellcheck shell=bash
load ../lib/roots
load ../lib/packages
load ../lib/rpms

setup() {
        rpm_root
        root_connector 1.24.1.1013
}

teardown() {
        [[ -z ${HOLDER:-} ]] || kill "$HOLDER" 2>/dev/null || true
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}

repo_with_devel() {
        rpm_dep "$ROOT/srv/repo"
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "${1:-}"
        rpm_index
}
