#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# K5: a repair that fails again until somebody has arranged something is BLOCKED, says what, and works then.
# bats file_tags=fast
load ../lib/roots

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks private mounts (run by make check-all)"
        root_tiny
        root_connector
}

teardown() {
        [[ -z ${COPY:-} ]] || umount -R "$ROOT"/* 2>/dev/null || true
        root_drop
}

# The repair of FAULT is left to a person, whose do line has WORDS; the look before it said only that it is a fault.
arranged_by() { # FAULT WORDS
        repair --fault "$1" --check
        exited 1
        repair --fault "$1"
        exited 4
        is '.faults[0].verdict' blocked
        is '.faults[0].do.kind' person
        [[ $(json '.faults[0].do.text') == *"$2"* ]] || { echo "$output"; return 1; }
        fits_schema
}

repaired() { # FAULT
        repair --fault "$1"
        exited 0
}

read_only() { # DIR
        mount --bind "$ROOT/$1" "$ROOT/$1"
        mount -o remount,bind,ro "$ROOT/$1"
}

@test "arranged: file systems mounted read-only, of what is repaired and of our own state" {
        local dir
        for dir in etc var opt; do
                chmod 0700 "$ROOT/opt/cisco/amp/etc"
                [[ $dir != opt ]] || healthy_account
                read_only "$dir"
                arranged_by 5 "mount -o remount,rw"
                umount "$ROOT/$dir"
        done
        repaired 5
}

@test "arranged: links and files in the way" {
        mkdir "$ROOT/data" "$ROOT/var/lib/secep"
        mv "$ROOT/etc/passwd" "$ROOT/data/passwd"
        ln -s /data/passwd "$ROOT/etc/passwd"
        arranged_by 5 "in the place of the symbolic link"
        mv "$ROOT/data/passwd" "$ROOT/etc/passwd"
        rm -r "$ROOT/var/lib/secep"/*
        : >"$ROOT/var/lib/secep/runs"
        arranged_by 5 "move away"
        rm "$ROOT/var/lib/secep/runs"
        repaired 5
}

@test "arranged: no system id is left, and a range that is none" {
        local range
        for range in "100 100" "900 100"; do
                # shellcheck disable=SC2086
                printf 'SYS_UID_MIN %s\nSYS_UID_MAX %s\nSYS_GID_MIN %s\nSYS_GID_MAX %s\nUSERGROUPS_ENAB yes\n' $range $range >"$ROOT/etc/login.defs"
                printf 'first:x:100:\n' >>"$ROOT/etc/group"
                printf 'first:x:100:100::/:/bin/sh\n' >>"$ROOT/etc/passwd"
                arranged_by 5 SYS_UID_MIN
                [[ $(json '.faults[0].why') == *"100"* ]]
        done
        printf 'USERGROUPS_ENAB yes\n' >"$ROOT/etc/login.defs"
        repaired 5
}

@test "arranged: a signature whose name no log can hold" {
        local folder=$ROOT/opt/cisco/amp/clamav
        mkdir "$folder"
        printf '\x7fELF' >"$ROOT/opt/cisco/amp/bin/ampscansvc"
        chmod 0755 "$ROOT/opt/cisco/amp/bin/ampscansvc"
        : >"$folder/$(printf '\xff').cvd"
        arranged_by 7 rename
        mv "$folder"/*.cvd "$folder/odd.cvd"
        repaired 7
}

@test "a scan program that is there and holds none: empty, of zeros; what follows is told in each mode" {
        local program=$ROOT/opt/cisco/amp/bin/ampscansvc mode size
        for size in 0 4096; do
                : >"$program"
                truncate -s "$size" "$program"
                chmod 0755 "$program"
                for mode in --check "--check --prove" --plan ""; do
                        # shellcheck disable=SC2086
                        repair --fault 7 $mode
                        exited 4
                        is '.faults[0].cause' program-missing
                done
        done
        printf '#!/bin/sh\n' >"$program"
        repair --fault 7 --check
        exited 0
}

@test "no repair command is printed where 11, which 8 waits for, is for a person itself" {
        local release=6.1.0-9-test mode
        mkdir -p "$ROOT/boot" "$ROOT/lib/modules/$release"
        rm "$ROOT/opt/cisco/amp/bin/ampdaemon"
        printf '# CONFIG_BPF_SYSCALL is not set\n# CONFIG_BPF_EVENTS is not set\n' >"$ROOT/boot/config-$release"
        printf 'ffffffff81000000 T %s\n' register_kprobe kprobe_dispatcher vfs_rename >"$ROOT/boot/System.map-$release"
        # alone it says what comes first
        repair --fault 8 --kernel "$release" --plan
        exited 4
        [[ $(json '.faults[0].do.text') == *"--fault 11,8" ]]
        # and where that was tried it does not say so again
        for mode in --plan ""; do
                # shellcheck disable=SC2086
                repair --fault 8,11 --kernel "$release" $mode
                exited 4
                [[ $(json '.faults[] | select(.id == 11) | .verdict + " " + .do.text') == "blocked "*"--offline DIR" ]]
                is '.faults[] | select(.id == 8) | .verdict + " " + .do.kind' "blocked person"
                [[ $(json '.faults[] | select(.id == 8).do.text') == "end fault 11 first"* ]]
                # shellcheck disable=SC2086
                repair_plain --fault 8,11 --kernel "$release" $mode
                [[ $output != *"repair: "*secep-repair* && $output == *"2 for you"* ]] || { echo "$output"; return 1; }
        done
}
