#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bats/62-kill.bats of fault 16: apt, dpkg and GRUB (update-grub on a disk of its own) while another kernel is
# installed and made the default, and at the undo of that, killed at renames and links of theirs, at ours and at
# each process's start and end, of which SECEP_POINTS are drawn (lib/killing.bash).

load ../lib/roots
load ../lib/packages
load ../lib/boot
load ../lib/failing
load ../lib/killing

NEW=6.12.9-1-amd64 OLD=6.1.0-56-amd64

setup_file() {
        [[ -n $(boot_lacks) ]] || boot_image "$BATS_FILE_TMPDIR/image" "$NEW" "$OLD"
}

setup() {
        local lacks
        [[ $(uname -m) == x86_64 ]] || skip "this machine is no x86_64, and tests/step kills there only"
        lacks=$(boot_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        # shellcheck disable=SC2034 # of lib/failing.bash and lib/killing.bash; a reboot is what is left to do
        ARGS=(--kernel "$NEW" --allow kernel-change) WELL=4
        # shellcheck disable=SC2034
        KILLS=(-a -c -x "before fsync" -x mount -x "birth of" -x pkgcache.bin -x /lock)
}

teardown() { root_drop; }

root_16() {
        boot_root "$BATS_FILE_TMPDIR/image"
        root_connector 1.24.1.1013
        printf '[debian-10]\nDistribution=debian\nKernel=-6.1\nConnector=1.15.0-\n' >"$ROOT/etc/secep/kernel-compat.conf"
}

state_16() { # " pc ": what dpkg notes of a purge that was cut off; no file is left
        snapshot_packages | grep -v ' pc ' || true
        (cd "$ROOT" && find etc boot usr/lib/modules ! -type d -printf '%p %y %m %U:%G %l\n' -type f -exec sha256sum {} + | sort)
}

# Whatever came in between, the machine boots by a menu that is whole.
lost_16() {
        grep -q "^menuentry.*$NEW\|gnulinux-$NEW-advanced" "$ROOT/boot/grub/grub.cfg" || echo "the running kernel is not in the menu"
        [[ $(tail -1 "$ROOT/boot/grub/grub.cfg") == "### END "* ]] || echo "the menu is cut off"
        [[ -s $ROOT/boot/vmlinuz-$NEW ]] || echo "the running kernel is lost"
}

broken_16() {
        chroot "$ROOT" dpkg --audit
        grep -q "set default=\"gnulinux-advanced-.*>gnulinux-$OLD-advanced-" "$ROOT/boot/grub/grub.cfg" || echo "kernel $OLD is not the default"
}

@test "fault 16, another kernel: killed" {
        each_kill repair_killed 16
}

@test "fault 16, another kernel, undo: killed" {
        each_kill undo_killed 16
}
