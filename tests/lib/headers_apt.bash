# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on a dpkg root: $ROOT, and the question about $RELEASE.
# shellcheck shell=bash
load ../lib/roots
load ../lib/packages

setup() {
        root_copy small
        root_connector 1.24.1.1013
}

teardown() {
        [[ -z ${HOLDER:-} ]] || kill "$HOLDER" 2>/dev/null || true
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}
