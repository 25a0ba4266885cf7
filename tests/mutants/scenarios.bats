#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A scenario a fault: made by faultlab, seen, repaired or left to a person, clear again. Each asks of its own
# fault only, so that a mistake in one fault fails one of them (tests/mutants/nine.py).
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/roots
load ../lib/packages
load ../lib/selinux_policy
load ../lib/nspawn
load ../lib/kernel-headers.bash

teardown() { root_drop; }

broken() { # SLUG:CAUSE
        "$FAULTLAB" --root "$ROOT" break "$1" >/dev/null && "$FAULTLAB" --root "$ROOT" check "$1" >/dev/null
}

# asked STATUS CAUSE OPTION...: what secep-repair says of the one fault.
asked() {
        local status_wanted=$1 cause=$2
        shift 2
        repair "$@"
        exited "$status_wanted" && is '.faults[0].cause' "$cause"
}

@test "fault 5" {
        root_copy small
        root_connector
        groupadd --root "$ROOT" -r cisco-amp-scan-svc
        useradd --root "$ROOT" -r -g cisco-amp-scan-svc -M -d /nonexistent -s /usr/sbin/nologin cisco-amp-scan-svc
        repair --fault 5 --check
        exited 0
        broken scan-user:user-missing
        repair --fault 5 --check
        exited 1
        repair --fault 5
        exited 0
        chroot "$ROOT" id cisco-amp-scan-svc
}

# systemd in $ROOT with the stand-in connector.
live() { # SLUG:CAUSE SCRIPT
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        root_copy service
        root_standin
        mkdir -p "$ROOT/etc/secep" "$ROOT/var/lib/secep/monitor"
        echo 8 >"$ROOT/opt/cisco/amp/etc/quiet-seconds"
        echo "ScanQuietSeconds=8" >"$ROOT/etc/secep/secep.conf"
        broken "$1"
        boot "$2"
}

@test "fault 6" {
        live scan-restarts:settling '
                set +x; history_keep & set -x
                soon 60 judge_raises 6
                soon 60 cause_is 6 settling
                soon 60 not judge_raises 6
                soon 60 repair 0 --fault 6'
}

@test "fault 7" {
        root_tiny
        root_connector
        install -m 0755 "$ROOT/opt/cisco/amp/bin/ampdaemon" "$ROOT/opt/cisco/amp/bin/ampscansvc"
        mkdir -p "$ROOT/opt/cisco/amp/clamav" "$ROOT/var/lib/secep"
        repair --fault 7 --check --prove
        exited 0
        broken scan-start:signatures-invalid
        asked 1 signatures-invalid --fault 7 --check --prove
        asked 0 null --fault 7
        [[ -z $(find "$ROOT/opt" -name '*.cvd') && -n $(find "$ROOT/var/lib/secep/quarantine" -name '*.cvd') ]]
}

# An overlay of this machine with the headers of a Debian kernel: OK by eBPF, missing without, and not
# applicable where the policy turns the part off.
monitor() { # FAULT SLUG MODULE POLICY-ON POLICY-OFF
        export BUILD
        kernel_headers 6.1
        export KERNEL_RELEASE KERNEL_ROOT
        FAULT=$1 SLUG=$2 MODULE=$3 ON=$4 OFF=$5 T=$BATS_TEST_TMPDIR unshare -m --propagation private bash -ec '
                . tests/lib/kernel-headers.bash
                kernel_overlay "$T/o"; R=$T/o/root
                rm -f "$R"/boot/config-*
                rm -rf "$R/var/lib/secep" "$R/opt/cisco" "$R/etc/secep"
                mkdir -p "$R/lib/modules/$KERNEL_RELEASE/kernel"
                mount -t tmpfs none "$R/lib/modules/$KERNEL_RELEASE/kernel"
                asked() { # STATUS JQ VALUE
                        local status=0
                        "$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --fault "$FAULT" --json --check >"$T/j" || status=$?
                        [[ $status == "$1" && $(jq -r "$2" "$T/j") == "$3" ]] || { echo "status $status"; cat "$T/j"; exit 1; }
                }
                policy() {
                        mkdir -p "$R/opt/cisco/amp/etc"
                        echo "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Object><config><agent><driver><protmode><file>$1</file></protmode></driver><nfm><enable>$2</enable></nfm></agent></config></Object></Signature>" >"$R/opt/cisco/amp/etc/policy.xml"
                }
                asked 0 .faults[0].verdict ok
                "$FAULTLAB" --root "$R" break "$SLUG:module-missing" >/dev/null
                asked 1 .faults[0].cause module-missing
                grep -q "$MODULE" "$T/j"
                policy $ON
                asked 1 .faults[0].cause module-missing
                policy $OFF
                asked 0 .faults[0].verdict not-applicable'
}

@test "fault 8" {
        monitor 8 file-monitor ampfsm "1 0" "0 1"
}

@test "fault 9" {
        monitor 9 network-monitor ampnetworkflow "0 1" "1 0"
}

@test "fault 11" {
        root_copy small
        root_connector 1.24.1.1013
        repo_with_headers
        asked 1 headers-missing --fault 11 --kernel "$RELEASE" --check
        asked 0 null --fault 11 --kernel "$RELEASE"
        asked 0 null --fault 11 --kernel "$RELEASE" --check
}

@test "fault 16" {
        root_tiny
        root_connector
        mkdir -p "$ROOT/boot" "$ROOT/etc/secep"
        repair --fault 16 --kernel 6.1.0-56-amd64 --check
        exited 0
        broken kernel-compat:kernel-too-new
        asked 4 kernel-too-new --fault 16 --kernel 6.1.0-56-amd64
        rm "$ROOT/etc/secep/kernel-compat.conf"
        repair --fault 16 --kernel 6.1.0-56-amd64 --check
        exited 0
}

@test "fault 18" {
        live event-overload:busy-unverified '
                soon 60 judge_raises 18
                repair 4 --fault 18
                is ".faults[0].cause" busy-unverified
                systemctl stop busy
                soon 60 not judge_raises 18
                repair 0 --fault 18'
}

@test "fault 19" {
        selinux_copy
        asked 1 module-missing --fault 19 --check
        asked 0 null --fault 19
        [[ $(snapshot_modules | grep "$MODULE") == "200 $MODULE"* ]]
}
