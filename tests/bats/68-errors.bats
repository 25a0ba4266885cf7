#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A changing system call of ours that fails, one run each: full disk, broken disk, read-only, no descriptor, no
# memory, interrupted. A repair ends in "repaired", or with everything as it was and words for it, or names the
# steps that were done and what puts them back; the plain re-run ends well, and undo brings back all. Of the
# calls every SECEP_ERROR_STRIDE'th (9; `make torture`: 1, all of them).
# bats file_tags=slow

load ../lib/roots
load ../lib/failing

setup() {
        [[ $(uname -m) == x86_64 ]] || skip "this machine is no x86_64, and tests/step fails calls there only"
        # shellcheck disable=SC2034 # of lib/failing.bash
        STRIDE=${SECEP_ERROR_STRIDE:-9}
}

teardown() { root_drop; }

# The faults: root_FAULT makes it, state_FAULT is what its repair may change.

root_7() {
        root_tiny
        root_connector
        mkdir -p "$ROOT/opt/cisco/amp/clamav" "$ROOT/var/lib/secep"
        install -m 0755 "$ROOT/opt/cisco/amp/bin/ampdaemon" "$ROOT/opt/cisco/amp/bin/ampscansvc"
        echo "no signatures at all" >"$ROOT/opt/cisco/amp/clamav/broken.cvd"
}

state_7() {
        (cd "$ROOT" && find opt -printf '%p %y %m %U:%G\n' | sort && sha256sum opt/cisco/amp/clamav/* 2>&1
                find var/lib/secep/quarantine -type f -exec sha256sum {} + 2>/dev/null) || true
}

# It is here or in quarantine, whole.
lost_7() {
        [[ -n $(find "$ROOT" -name broken.cvd -exec grep -lx "no signatures at all" {} +) ]] || echo "the file is lost"
}

root_5() {
        root_tiny
        root_connector
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        healthy_account
        sed -i 's,^cisco-amp-scan-svc:!:,cisco-amp-scan-svc::,' "$ROOT/etc/shadow"
}

state_5() { # but for what the tools of shadow keep
        (cd "$ROOT" && find etc opt ! -name '*-' ! -name .pwd.lock -printf '%p %y %m %U:%G\n' | sort && sha256sum etc/*[!-]) || true
}

lost_5() { :; }

@test "fault 5: each changing call fails" {
        each_error repair_failing 5
}

@test "fault 5, undo: each changing call fails" {
        each_error undo_failing 5
}

@test "fault 7: each changing call fails" {
        each_error repair_failing 7
}

@test "fault 7, undo: each changing call fails" {
        each_error undo_failing 7
}
