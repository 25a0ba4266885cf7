#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The stand-in connector as .rpm, put in by real dnf: its scriptlet calls plain useradd.
load ../lib/roots
load ../lib/rpms

NAME=cisco-amp-scan-svc

setup() {
        local lib
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make check)"
        rpm_root
        "$TOP/tests/connector/pack.sh" rpm "$BUILD/tests/standin" "$ROOT/srv/repo/ciscoampconnector.rpm"
        printf 'Provides: /bin/sh\n%%%%files\n/usr/share/sh\n' >"$COPY/spec.in"
        rpm_make "$ROOT/srv/repo" sh 1 1 'mkdir -p %{buildroot}/usr/share/sh'
        rpm_index
        cp "$BUILD"/secep-{repair,installer} "$ROOT/usr/sbin/"
        for lib in $(ldd "$BUILD"/secep-{repair,installer} | sed -nE 's,^\s(.*=> )?(/[^ ]+) .*,\2,p'); do
                [[ -e $ROOT$lib ]] || { mkdir -p "$ROOT${lib%/*}" && cp -L "$lib" "$ROOT$lib"; }
        done
        mount -t proc proc "$ROOT/proc"
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/' "$ROOT/etc/login.defs"
        DEFS=$(sha256sum <"$ROOT/etc/login.defs")
}

teardown() { root_drop; }

inside() { chroot "$ROOT" "$@" >"$COPY/log" 2>&1 || { cat "$COPY/log"; return 1; }; }

not() { ! "$@"; }

own_group() { grep -q "^$NAME:" "$ROOT/etc/group"; }

@test "dnf alone: useradd makes no group of its own, and fault 5 says so" {
        inside dnf -y install ciscoampconnector
        grep -q "^$NAME:" "$ROOT/etc/passwd"
        not own_group
        repair --fault 5 --check
        exited 1
        is '.faults[0].cause' usergroups-disabled
        repair --fault 5
        exited 0
        own_group
}

@test "dnf with-usergroups: user and group, login.defs as it was, the files verify" {
        inside secep-installer with-usergroups -- dnf -y install ciscoampconnector
        own_group
        [[ $(sha256sum <"$ROOT/etc/login.defs") == "$DEFS" ]]
        inside rpm -V ciscoampconnector
        repair --fault 5 --check
        exited 0
        # rpm's own word lets ampcli be run, and forbids it
        run chroot "$ROOT" secep-repair --fault 18 --check --prove
        output=$(tr -s ' \n' ' ' <<<"$output")
        [[ $status == 3 && $output == *"ampcli status ended with status 1"* ]]
        printf x >>"$ROOT/opt/cisco/amp/bin/ampcli"
        run chroot "$ROOT" secep-repair --fault 18 --check --prove
        output=$(tr -s ' \n' ' ' <<<"$output")
        [[ $status == 3 && $output == *"/opt/cisco/amp/bin/ampcli is not what package ciscoampconnector shipped"* ]]
}
