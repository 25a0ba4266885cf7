#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bats/68-errors.bats and 62-kill.bats of faults 11 and 16, whose repairs are transactions of apt. Changing
# calls fail: our own, and those of libapt, which runs in a child of ours, every SECEP_PACKAGE_STRIDE'th (41) of them,
# but not those of apt's cache, which it makes anew, and of its pipes: libapt waits for a method that lives. Kills:
# at apt's and dpkg's renames and links, too, SECEP_POINTS of them (lib/killing.bash); dpkg has nothing half done after
# the plain re-run.

load ../lib/roots
load ../lib/packages
load ../lib/failing
load ../lib/killing

OLD=1.14.1 NEW=1.26.2

# Layers with the fault in them, made once.
setup_file() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || return 0
        BASE=$(root_base small)
        export BASE
        mkdir "$BATS_FILE_TMPDIR"/{11,16}
        root_copy_of "$BASE"
        root_connector 1.24.1.1013
        repo_with_headers >&2
        root_keep_layer "$BATS_FILE_TMPDIR/11"
        root_copy_of "$BASE"
        repo_init
        for version in $OLD $NEW; do connector_deb "$ROOT/srv/repo" "$version"; done
        (cd "$ROOT/srv/repo" && dpkg-scanpackages -m . /dev/null >Packages 2>/dev/null)
        chroot "$ROOT" dpkg -i "/srv/repo/ciscoampconnector_${OLD}_amd64.deb" >&2
        mkdir -p "$ROOT/etc/secep" "$ROOT/usr/lib/modules/$RELEASE"
        printf '[debian-12]\nDistribution=debian\nKernel=6-\nConnector=1.26-\n' >"$ROOT/etc/secep/kernel-compat.conf"
        root_keep_layer "$BATS_FILE_TMPDIR/16"
}

setup() {
        [[ $(uname -m) == x86_64 ]] || skip "this machine is no x86_64, and tests/step fails calls there only"
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make torture)"
        # shellcheck disable=SC2034 # of lib/failing.bash
        STRIDE=${SECEP_PACKAGE_STRIDE:-41} SKIP=(-x pkgcache.bin -x /lock -x "write pipe:") ARGS=(--kernel "$RELEASE")
        # shellcheck disable=SC2034
        KILLS=(-a -c -x "before fsync" -x mount -x "birth of" -x pkgcache.bin -x /lock)
}

teardown() { root_drop; }

root_11() { root_copy_of "$BATS_FILE_TMPDIR/11/upper:$BASE"; }
root_16() { root_copy_of "$BATS_FILE_TMPDIR/16/upper:$BASE"; }

state_11() { # " pc ": what dpkg notes of a purge that was cut off; no file is left
        snapshot_packages | grep -v ' pc ' || true
        (cd "$ROOT" && find usr/src usr/lib/modules opt -printf '%p %y %m %U:%G %l\n' | sort)
}
state_16() {
        snapshot_packages | grep -v ' pc ' || true
        cat "$ROOT/opt/cisco/amp/etc/global.xml"
}

# dpkg is whole, or a plain re-run makes it so: nothing is gone that was there.
lost_11() { [[ -e $ROOT/opt/cisco/amp/bin/ampdaemon ]] || echo "the connector is lost"; }
lost_16() { [[ -s $ROOT/var/lib/dpkg/status ]] || echo "dpkg's status is lost"; }

broken_11() { chroot "$ROOT" dpkg --audit; }
broken_16() { broken_11; }

@test "fault 11: changing calls fail" {
        each_error repair_failing 11
}

@test "fault 11, undo: changing calls fail" {
        each_error undo_failing 11
}

@test "fault 16, a newer connector: changing calls fail" {
        each_error repair_failing 16
}

@test "fault 16, undo: changing calls fail" {
        each_error undo_failing 16
}

@test "fault 11: killed" {
        each_kill repair_killed 11
}

@test "fault 11, undo: killed" {
        each_kill undo_killed 11
}

@test "fault 16, a newer connector: killed" {
        each_kill repair_killed 16
}

@test "fault 16, a newer connector, undo: killed" {
        each_kill undo_killed 16
}
