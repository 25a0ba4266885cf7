#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 16 repaired on an rpm root: real dnf, librpm and GRUB's editor of its environment block, boot
# entries as RHEL 9 has them. Debian has no grubby and no kernel-install: two scripts of the test
# stand in, which do with an entry what those do.
load ../lib/roots
load ../lib/packages
load ../lib/rpms
load ../lib/boot

NEW=5.14.0-503.11.1.el9_5.x86_64
OLD=5.14.0-427.13.1.el9_4.x86_64

setup() {
        rpm_root
        root_connector 1.24.1.1013
        mkdir -p "$ROOT"/boot/{grub2,loader/entries} "$ROOT/etc/secep"
        boot_tools
        entry "$NEW"
        mkdir -p "$ROOT/lib/modules/$NEW/kernel"
        chroot "$ROOT" grub2-editenv /boot/grub2/grubenv create
        chroot "$ROOT" grub2-editenv /boot/grub2/grubenv set "saved_entry=id-$NEW" boot_success=1
        cat >"$ROOT/boot/grub2/grub.cfg" <<-'CFG'
		if [ -s $prefix/grubenv ]; then
		  load_env
		fi
		if [ "${next_entry}" ] ; then
		   set default="${next_entry}"
		else
		   set default="${saved_entry}"
		fi
		insmod blscfg
		blscfg
	CFG
        printf '[site]\nDistribution=rhel\nFlavour=el9_5\nKernel=-5.13\nConnector=1.15.0-\n[rhel-8]\nDistribution=rhel\nFlavour=el9_4\nConnector=1.15.0-\n' \
                >"$ROOT/etc/secep/kernel-compat.conf"
}

teardown() {
        root_drop
}

boot_tools() {
        local base
        base=$(root_base grub)
        cp "$base/usr/bin/grub-editenv" "$ROOT/usr/bin/grub2-editenv"
        cp -n "$base"/usr/lib/x86_64-linux-gnu/{libdevmapper*,libefi*,libfuse*} "$ROOT/usr/lib/x86_64-linux-gnu/" 2>/dev/null || true
        cat >"$ROOT/usr/bin/grubby" <<-'SH'
		#!/bin/sh
		release=${1#--set-default=/boot/vmlinuz-}
		[ -e "/boot/vmlinuz-$release" ] && [ -e "/boot/loader/entries/id-$release.conf" ] || { echo "no kernel $release" >&2; exit 1; }
		exec grub2-editenv /boot/grub2/grubenv set "saved_entry=id-$release"
	SH
        cat >"$ROOT/usr/bin/kernel-install" <<-'SH'
		#!/bin/sh -e
		case $1 in
		add)
		        cp "$3" "/boot/vmlinuz-$2"
		        printf 'title RHEL (%s)\nversion %s\nlinux /vmlinuz-%s\ninitrd /initramfs-%s.img\n' "$2" "$2" "$2" "$2" >"/boot/loader/entries/id-$2.conf"
		        echo >"/boot/initramfs-$2.img"
		        [ ! -e /etc/sysconfig/kernel ] || grub2-editenv /boot/grub2/grubenv set "saved_entry=id-$2" ;;
		remove) rm -f "/boot/vmlinuz-$2" "/boot/initramfs-$2.img" "/boot/loader/entries/id-$2.conf" ;;
		esac
	SH
        chmod 0755 "$ROOT"/usr/bin/{grubby,kernel-install}
}

entry() { # RELEASE
        printf 'title RHEL (%s)\nversion %s\nlinux /vmlinuz-%s\n' "$1" "$1" "$1" >"$ROOT/boot/loader/entries/id-$1.conf"
        echo >"$ROOT/boot/vmlinuz-$1"
}

kernel_rpm() { # RELEASE
        local vr=${1%.x86_64} modules="%{buildroot}/usr/lib/modules/$1"
        cat >"$COPY/spec.in" <<-SPEC
		%posttrans -p <lua>
		os.execute("kernel-install add $1 /lib/modules/$1/vmlinuz")
		%preun -p <lua>
		os.execute("kernel-install remove $1")
		%files
		/usr/lib/modules/$1
	SPEC
        rpm_make "$ROOT/srv/repo" kernel "${vr%%-*}" "${vr#*-}" "mkdir -p $modules/kernel && echo image >$modules/vmlinuz"
}

connector_rpm() { # VERSION
        printf '%%files\n/opt/cisco/amp\n' >"$COPY/spec.in"
        rpm_make "$ROOT/srv/repo" ciscoampconnector "$1" 1 "mkdir -p %{buildroot}/opt/cisco/amp/bin %{buildroot}/opt/cisco/amp/etc
echo '<config><agent><version>$1</version></agent></config>' >%{buildroot}/opt/cisco/amp/etc/global.xml
printf ELF >%{buildroot}/opt/cisco/amp/bin/ampdaemon"
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

saved() {
        chroot "$ROOT" grub2-editenv /boot/grub2/grubenv list | sed -n 's/^saved_entry=//p'
}

state() {
        snapshot_rpms
        (cd "$ROOT" && find boot -type f -print0 | sort -z | xargs -0 sha256sum)
}

@test "another kernel: named, then installed and made the default by grubby, then undone byte for byte" {
        local before run
        kernel_rpm "$OLD"
        rpm_index
        before=$(state)
        fault16
        exited 4
        is .changed false
        why_has "--allow kernel-change would install kernel, make kernel $OLD the default" console
        fault16 --allow kernel-change
        exited 4
        is '[.faults[0].steps[] | .kind + " " + .state] | join(", ")' "install-kernel done, set-boot-kernel done"
        why_has "kernel $OLD, which it supports, boots next"
        [[ $(saved) == "id-$OLD" ]]
        run=$(json .run)
        fault16 --allow kernel-change
        exited 4
        is .changed false
        repair --fault 16
        exited 0
        repair_plain --undo "$run"
        exited 0
        [[ $(state) == "$before" ]] || diff <(echo "$before") <(state)
}

@test "a kernel whose own scriptlets make it the default, and no default before: undo knows" {
        local before run
        mkdir -p "$ROOT/etc/sysconfig"
        echo UPDATEDEFAULT=yes >"$ROOT/etc/sysconfig/kernel"
        chroot "$ROOT" grub2-editenv /boot/grub2/grubenv unset saved_entry
        kernel_rpm "$OLD"
        rpm_index
        before=$(state)
        fault16 --allow kernel-change
        exited 4
        run=$(json .run)
        repair_plain --undo "$run"
        exited 0
        [[ $(state) == "$before" ]] || diff <(echo "$before") <(state)
}

@test "an entry that a cut-off transaction left out is added; without grubby it is for a person" {
        kernel_rpm "$OLD"
        rpm_index
        chroot "$ROOT" dnf -y -q install kernel >/dev/null 2>&1
        rm "$ROOT/boot/loader/entries/id-$OLD.conf"
        mv "$ROOT/usr/bin/grubby" "$ROOT/root/"
        fault16 --allow kernel-change
        exited 4
        is .changed false
        why_has "$OLD" "not changed by us"
        mv "$ROOT/root/grubby" "$ROOT/usr/bin/"
        fault16 --allow kernel-change
        exited 4
        is '[.faults[0].steps[].kind] | join(" ")' set-boot-kernel
        [[ $(saved) == "id-$OLD" && -e $ROOT/boot/initramfs-$OLD.img ]]
}

@test "a newer connector comes first; undo puts the old one back" {
        printf '[site]\nDistribution=rhel\nConnector=1.26-\n[rhel-8]\nDistribution=rhel\nConnector=1.26-\n' >"$ROOT/etc/secep/kernel-compat.conf"
        rm -rf "$ROOT/opt/cisco"
        connector_rpm 1.24.1
        rpm_index
        chroot "$ROOT" dnf -y -q install ciscoampconnector >/dev/null 2>&1
        fault16
        exited 4
        is .changed false
        connector_rpm 1.26.2
        kernel_rpm "$OLD"
        rpm_index
        fault16 --allow kernel-change
        exited 0
        is '[.faults[0].steps[] | .target + " " + .key] | join(", ")' "ciscoampconnector 1.26.2-1"
        local run
        run=$(json .run)
        fault16
        is .changed false
        repair_plain --undo "$run"
        exited 0
        snapshot_rpms | grep -q ciscoampconnector-1.24.1
}
