#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 5, the directories: modes, who else changes them, links and mounts on the way.
# bats file_tags=slow
bats_require_minimum_version 1.5.0
load ../lib/scan_user

@test "directory-mode: directories at and below, never files, never other products" {
        mkdir -p "$ROOT"/opt/cisco/amp/a/b "$ROOT"/opt/cisco/orbital
        touch "$ROOT/opt/cisco/amp/a/file"
        chmod 0600 "$ROOT/opt/cisco/amp/a/file"
        chmod 0700 "$ROOT"/opt/cisco "$ROOT"/opt/cisco/amp/a/b "$ROOT"/opt/cisco/orbital
        chmod 0777 "$ROOT/opt/cisco/amp/a"
        chown 7:8 "$ROOT/opt/cisco/amp/a"
        root_owns
        cycle directory-mode "set-mode set-owner set-mode set-mode"
        [[ $repaired == *"/amp/a/file 600 "* && $repaired == *"/orbital 700 "* ]]
        repair --fault 5 --check
        is '[.faults[0].notes[] | select(test("orbital belongs to another product"))] | length' 1
        chmod 0700 "$ROOT/opt/cisco/amp/a/b"
        repair --fault 5 --check
        is '[.faults[0].evidence[] | select(.what == "/opt/cisco/amp/a/b") | .found != .expected] | tostring' '[true]'
}

@test "directory-mode: KeepMode and dpkg-statoverride are honoured" {
        mkdir -p "$ROOT"/opt/cisco/amp/{kept,over} "$ROOT/etc/secep"
        root_owns
        chmod 0700 "$ROOT/opt/cisco/amp/kept"
        chmod 0710 "$ROOT/opt/cisco/amp/over"
        echo 'KeepMode=/opt/cisco/amp/kept' >"$ROOT/etc/secep/secep.conf"
        chroot "$ROOT" dpkg-statoverride --add root root 0710 /opt/cisco/amp/over
        repair --fault 5
        exited 0
        is .changed false
        chmod 0700 "$ROOT/opt/cisco/amp/over"
        repair --fault 5
        exited 0
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/over") == 710 ]]
}

@test "directory-mode-fought: changed twice within a day, blocked, named, --allow again" {
        for _ in 1 2; do # one chmod by hand, once, is no fight
                chmod 0700 "$ROOT/opt/cisco/amp/etc"
                repair --fault 5
                exited 0
        done
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        mkdir -p "$ROOT/etc/tmpfiles.d"
        echo 'd /opt/cisco/amp/etc 0700 root root -' >"$ROOT/etc/tmpfiles.d/site.conf"
        repair --fault 5
        exited 4
        is .changed false
        is '.faults[0].verdict' blocked
        is '.faults[0].cause' directory-mode-fought
        [[ $(json '.faults[0].why') == *"/etc/tmpfiles.d/site.conf:1"* ]]
        [[ $(json '.faults[0].why') =~ until\ [0-9]{4}-[0-9]{2}-[0-9]{2} ]]
        # Another directory is still put right.
        chmod 0700 "$ROOT/opt/cisco/amp/bin"
        repair --fault 5
        exited 4
        is .changed true
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/bin") == 755 ]]
        repair --fault 5 --allow again
        exited 0
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        # A day later it is a plain fault again.
        sed -i 's/"time":[0-9]*/"time":1000000000/' "$ROOT"/var/lib/secep/runs/*.jsonl
        repair --fault 5
        exited 0
}

@test "another mount below is not entered" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "mounts of our own (SECEP_TEST_MOUNTS=private)"
        mkdir "$ROOT/opt/cisco/amp/mnt"
        mount -t tmpfs -o mode=0700 tmpfs "$ROOT/opt/cisco/amp/mnt"
        repair --fault 5
        exited 0
        is .changed false
        is '[.faults[0].notes[] | select(test("mnt is another file system"))] | length' 1
}

@test "a link where a directory must be: could not tell, nothing followed" {
        mv "$ROOT/opt/cisco" "$ROOT/srv/cisco"
        ln -s /srv/cisco "$ROOT/opt/cisco"
        chmod 0700 "$ROOT/srv/cisco/amp"
        before=$(state)
        repair --fault 5
        exited 3
        complains /opt/cisco "symbolic link"
        [[ $(state) == "$before" && $(stat -c %a "$ROOT/srv/cisco/amp") == 700 ]]
}

@test "a link that leads out of the root: could not tell, nothing followed" {
        outside=$(mktemp -d)
        chmod 0700 "$outside"
        ln -s "$(realpath --relative-to "$ROOT/opt/cisco/amp" "$outside")" "$ROOT/opt/cisco/amp/out"
        repair --fault 5
        exited 3
        complains /opt/cisco/amp/out "out of the root"
        [[ $(stat -c %a "$outside") == 700 ]]
        # What can be told is mended all the same.
        chmod 0700 "$ROOT/opt/cisco/amp/bin"
        repair --fault 5
        exited 3
        is .changed true
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/bin") == 755 && $(stat -c %a "$outside") == 700 ]]
        rmdir "$outside"
}

@test "a directory that cannot be changed stops no other" {
        for d in a b $'\xff' c; do mkdir -m 0700 "$ROOT/opt/cisco/amp/$d"; done
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        root_owns
        chattr +i "$ROOT/opt/cisco/amp/b" 2>/dev/null || skip "this file system has no immutable flag"
        repair --fault 5
        chattr -i "$ROOT/opt/cisco/amp/b"
        [[ $status != 0 ]]
        is '[.faults[0].steps[].state] | unique | join(" ")' "done failed"
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/"{a,c,etc} | sort -u) == 755 ]]
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/b") == 700 ]]
}
