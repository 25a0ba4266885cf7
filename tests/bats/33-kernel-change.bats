#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 16 repaired on a dpkg root: a newer connector, else another kernel; real apt, dpkg and GRUB
# (update-grub on a disk of its own), kernels made by the test.
load ../lib/roots
load ../lib/packages
load ../lib/boot

NEW=6.12.9-1-amd64
OLD=6.1.0-56-amd64
NEWER=6.13.1-1-amd64

setup_file() {
        [[ -z $(boot_lacks) ]] || return 0
        boot_image "$BATS_FILE_TMPDIR/image" "$NEW" "$OLD" "$NEWER"
}

setup() {
        local lacks
        lacks=$(boot_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        boot_root "$BATS_FILE_TMPDIR/image"
        root_connector 1.24.1.1013
        supports -6.1
}

teardown() {
        root_drop
}

# The operator's table: kernels of this range, for this connector.
supports() { # KERNELS [CONNECTORS]
        printf '[debian-10]\nDistribution=debian\nKernel=%s\nConnector=%s\n' "$1" "${2:-1.15.0-}" >"$ROOT/etc/secep/kernel-compat.conf"
}

fault16() {
        repair --fault 16 --kernel "$NEW" "$@"
}

why_has() {
        local word
        for word in "$@"; do
                [[ $(json '.faults[0] | .why, .do.text, .notes[]') == *"$word"* ]] || {
                        printf 'no "%s" in: %s\n' "$word" "$output"
                        return 1
                }
        done
}

install_old() {
        kernel_deb "$COPY" "$OLD"
        cp "$COPY"/linux-image-*.deb "$ROOT/tmp/kernel.deb"
        mount -t proc proc "$ROOT/proc"
        LC_ALL="" LANG=pt_BR.UTF-8 chroot "$ROOT" dpkg -i /tmp/kernel.deb >"$COPY/log" 2>&1 || {
                cat "$COPY/log"
                return 1
        }
        umount "$ROOT/proc"
}

# What a repair may change.
state() {
        (
                cd "$ROOT" || exit 1
                find etc opt boot usr/lib/modules var/lib/dpkg ! -name status-old -printf '%p %y %m %U:%G %l\n' | sort
                find etc opt boot usr/lib/modules var/lib/dpkg ! -name status-old -type f -print0 | sort -z | xargs -0 sha256sum
        )
}

# Installed in one version, offered in another as well.
connectors() { # INSTALLED OFFERED
        connector_deb "$ROOT/srv/repo" "$1"
        connector_deb "$ROOT/srv/repo" "$2"
        (cd "$ROOT/srv/repo" && dpkg-scanpackages -m . /dev/null >Packages 2>/dev/null)
        chroot "$ROOT" dpkg -i "/srv/repo/ciscoampconnector_$1_amd64.deb" >/dev/null 2>&1
}

@test "not allowed: blocked, naming what would be done, nothing changed" {
        local before
        before=$(state)
        fault16 --check
        exited 1
        is '.faults[0].verdict' fault
        is '.faults[0].cause' kernel-too-new
        fault16
        exited 4
        is '.faults[0].verdict' blocked
        is .changed false
        why_has "--allow kernel-change" "linux-image-$OLD" "make kernel $OLD the default" reboot console
        fits_schema
        [[ $(state) == "$before" ]]
        rm -rf "$ROOT"/srv/repo/linux-image-*.deb "$ROOT"/var/lib/apt/lists/*
        repo_index
        fault16 --allow kernel-change
        exited 4
        why_has "and no kernel it supports is installed or offered by a repository"
}

@test "allowed: installed, made the default, reboot needed; nothing to do again; undone byte for byte" {
        local before run
        before=$(state)
        grep -q 'set lang=pt_BR' "$ROOT/boot/grub/grub.cfg"
        fault16 --allow kernel-change --plan
        is '[.faults[0].steps[].kind] | join(" ")' "install-kernel set-boot-kernel"
        [[ $(state) == "$before" ]]
        fault16 --allow kernel-change
        exited 4
        is .changed true
        is '.faults[0].before.cause' kernel-too-new
        is '[.faults[0].steps[].state] | unique | join(" ")' "done"
        is '.faults[0].verdict' blocked
        why_has "kernel $OLD, which it supports, boots next"
        fits_schema
        run=$(json .run)
        grep -q "^GRUB_DEFAULT='gnulinux-advanced-.*>gnulinux-$OLD-advanced-" "$ROOT/etc/default/grub.d/zz-secep-kernel.cfg"
        grep -q "set default=\"gnulinux-advanced-.*>gnulinux-$OLD-advanced-" "$ROOT/boot/grub/grub.cfg"
        fault16 --allow kernel-change
        exited 4
        is .changed false
        why_has "boots next"
        repair --fault 16 # the kernel that would boot
        exited 0
        is .kernel null
        repair_plain --undo "$run"
        exited 0
        [[ $(state) == "$before" ]] || diff <(echo "$before") <(state)
        repair_plain --undo "$run"
        exited 0
        [[ $(state) == "$before" ]]
}

@test "too old, the other way round" {
        supports 6.13-
        fault16 --check
        is '.faults[0].cause' kernel-too-old
        fault16 --allow kernel-change
        exited 4
        is .changed true
        why_has "kernel $NEWER, which it supports, boots next"
        repair --fault 16
        exited 0
}

@test "a newer connector comes first, whatever is allowed; undo puts the old one back" {
        connectors 1.14.1 1.26.2
        supports 6- 1.26-
        fault16 --plan
        is '.faults[0].steps[0].target + " " + .faults[0].steps[0].key' "ciscoampconnector 1.26.2"
        fault16 --allow kernel-change
        exited 0
        is '.faults[0].steps | length' 1
        is '.faults[0].before.cause' kernel-too-new
        local run
        run=$(json .run)
        snapshot_packages | grep -q "ciscoampconnector 1.26.2"
        fault16
        exited 0
        is .changed false
        # a run that was cut off as dpkg configured it: the fault is gone, and dpkg is left whole all the same
        sed -i '/"event":"intent"/q' "$ROOT/var/lib/secep/runs/$run.jsonl"
        sed -i '/^Package: ciscoampconnector$/,/^$/s/^Status: .*/Status: install ok half-configured/' "$ROOT/var/lib/dpkg/status"
        fault16
        exited 0
        [[ $stderr_text == *"run $run was cut off"* && -z $(chroot "$ROOT" dpkg --audit) ]]
        # an undo that dpkg was killed in is ended by the next: the new one is not brought back instead
        sed -i '/^Package: ciscoampconnector$/,/^$/s/^Status: .*/Status: install reinstreq unpacked/' "$ROOT/var/lib/dpkg/status"
        repair_plain --undo "$run"
        exited 0
        snapshot_packages | grep -q "ciscoampconnector 1.14.1 ii"
}

@test "a newer connector that does not support the kernel either is left alone" {
        connectors 1.14.1 1.15.2
        supports -6.1 1.14-
        fault16
        exited 4
        is .changed false
        why_has "no configured repository has a newer connector that supports it" "--allow kernel-change"
}

@test "an installed kernel that does is only made the default; another boot loader is for a person" {
        install_old
        fault16
        exited 4
        why_has "--allow kernel-change would make kernel $OLD the default"
        mv "$ROOT/usr/sbin/update-grub" "$ROOT/root/"
        fault16 --allow kernel-change
        exited 4
        is .changed false
        why_has "GRUB_DEFAULT" "not changed by us"
        mv "$ROOT/root/update-grub" "$ROOT/usr/sbin/"
        mv "$ROOT/boot/grub" "$ROOT/root/"
        mkdir -p "$ROOT/boot/loader/entries"
        echo "timeout 3" >"$ROOT/boot/loader/loader.conf"
        printf 'version %s\nlinux /vmlinuz-%s\n' "$OLD" "$OLD" >"$ROOT/boot/loader/entries/deb.conf"
        printf 'version %s\nlinux /vmlinuz-%s\n' "$NEW" "$NEW" >"$ROOT/boot/loader/entries/new.conf"
        fault16 --allow kernel-change
        exited 4
        is .changed false
        why_has "bootctl set-default deb.conf"
}

@test "a kernel that dpkg was killed in is finished before it boots next" {
        install_old
        sed -i "/^Package: linux-image-$OLD\$/,/^\$/s/^Status: .*/Status: install ok half-configured/" "$ROOT/var/lib/dpkg/status"
        rm "$ROOT/boot/initrd.img-$OLD"
        fault16 --allow kernel-change
        exited 4
        is '[.faults[0].steps[].kind] | join(" ")' "install-kernel set-boot-kernel"
        why_has "boots next"
        [[ -s $ROOT/boot/initrd.img-$OLD && -z $(chroot "$ROOT" dpkg --audit) ]]
        fault16 --allow kernel-change
        is .changed false
}

@test "a default that another file sets again is told, and ours is taken back" {
        install_old
        echo 'GRUB_DEFAULT=0' >"$ROOT/etc/default/grub.d/zzz-site.cfg"
        local before
        before=$(state)
        fault16 --allow kernel-change
        exited 1
        why_has "still starts" "$OLD"
        [[ $(state) == "$before" ]]
        echo exit 1 >"$ROOT/etc/grub.d/10_linux"
        before=$(state)
        fault16 --allow kernel-change
        exited 1
        why_has update-grub
        rm -f "$ROOT/boot/grub/grub.cfg.new"
        [[ $(state) == "$before" ]]
}

# Every turn of making the default: the re-run ends well, and undoing both runs leaves what was.
@test "killed between any two calls: a plain re-run ends well" {
        local before k status run runs turns=0 not=(-x "birth of" -x /lock -x dpkg -x pkgcache -x copy -x "end of secep")
        install_old
        mkdir "$COPY/none"
        before=$(state)
        for ((k = 1; k < 60; k++)); do
                status=0
                "$STEP" -o "$COPY/turns" -x "before fsync" -x mount "${not[@]}" "$k" "$BUILD/secep-repair" --root "$ROOT" \
                        --fault 16 --kernel "$NEW" --allow kernel-change --offline "$COPY/none" >"$COPY/log" 2>&1 || status=$?
                [[ $status == 137 ]] || break
                turns=$k
                fault16 --allow kernel-change --offline "$COPY/none"
                exited 4
                why_has "kernel $OLD, which it supports, boots next"
                repair --fault 16 --allow kernel-change
                exited 0
                is .changed false
                repair_plain --history
                mapfile -t runs < <(grep -o '^[0-9][0-9a-f-]*' <<<"$output" | sort -r)
                for run in "${runs[@]}"; do
                        repair_plain --undo "$run"
                        exited 0
                done
                rm -f "$ROOT/boot/grub/grub.cfg.new"
                [[ $(state) == "$before" ]] || {
                        echo "killed at: $(tail -1 "$COPY/turns")"
                        diff <(echo "$before") <(state)
                }
                rm -rf "$ROOT/var/lib/secep"
        done
        [[ $status == 4 && $turns -gt 8 ]]
        # update-grub cut off in the middle of grub.cfg
        : >"$ROOT/boot/grub/grub.cfg"
        fault16 --allow kernel-change --offline "$COPY/none"
        exited 4
        is .changed true
        why_has "boots next"
}
