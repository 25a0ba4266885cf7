# SPDX-License-Identifier: GPL-2.0-or-later
# The stand-in connector under real systemd: $ROOT, broken by faultlab.
# shellcheck shell=bash
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/roots
load ../lib/nspawn
load ../lib/cvd

setup() {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        root_copy service
        root_standin
}

teardown() { root_drop; }

break_root() {
        "$FAULTLAB" --root "$ROOT" break "$1"
        "$FAULTLAB" --root "$ROOT" check "$1"
}

# The connector, and we, forget a failure after SECONDS.
quiet_after() {
        mkdir -p "$ROOT/etc/secep" "$ROOT/var/lib/secep/monitor"
        echo "$1" >"$ROOT/opt/cisco/amp/etc/quiet-seconds"
        echo "ScanQuietSeconds=$1" >"$ROOT/etc/secep/secep.conf"
}
