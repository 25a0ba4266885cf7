#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 16 for real: Debian on a disk with GRUB in its first sectors boots a kernel that is too new, is
# repaired with --allow kernel-change, and boots what GRUB then takes; undone, the first again. The
# emulator is given the disk and no kernel. Prints TAP.   tests/vm/kernel-change.sh
set -u
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
BUILD=${BUILD:-$PWD/build}
VM_TIMEOUT=${VM_TIMEOUT:-900}
. tests/lib/kernel-headers.bash
. tests/lib/roots.bash
. tests/lib/nspawn.bash
. tests/vm/vm.bash
. tests/vm/kernel-debs.bash
work=$(mktemp -d)
trap 'root_drop; rm -rf "$work"' EXIT
NEW=6.12 OLD=6.1 # too new for the connector, and what it supports
ROOT_PACKAGES[boot]="${ROOT_PACKAGES[service]} apt initramfs-tools linux-base grub2-common grub-pc-bin"
OPTIONS="console=ttyS0 panic=-1 quiet mitigations=off no_timer_check systemd.show_status=0 loglevel=1 lab=kernel-change"
PART=1048576 # where the partition begins, to the end of 2 GiB: its entry in the table, and the table's mark
TABLE='\x80\xfe\xff\xff\x83\xfe\xff\xff\x00\x08\x00\x00\x00\xf8\x3f\x00' MARK='\x55\xaa'

# With the kernel that is too new; the other one is in the repository only.
system() {
        root_copy boot || return 1
        printf '%s\n' virtio_pci virtio_blk ext4 crc32c_generic crc32c_intel >>"$ROOT/etc/initramfs-tools/modules"
        printf 'MODULES=list\nCOMPRESS=gzip\n' >"$ROOT/etc/initramfs-tools/conf.d/lab"
        mount -t proc proc "$ROOT/proc" || return 1
        cp "$(kernel_deb_few "$NEW")" "$ROOT/tmp/new.deb" && chroot "$ROOT" dpkg -i /tmp/new.deb || return 1
        umount "$ROOT/proc"
        mkdir -p "$ROOT"/{srv/repo,lab,etc/secep,boot/grub}
        cp "$(kernel_deb_few "$OLD")" "$ROOT/srv/repo/" || return 1
        (cd "$ROOT/srv/repo" && dpkg-scanpackages -h sha256 . /dev/null >Packages 2>/dev/null) || return 1
        rm -rf "$ROOT"/etc/apt/sources.list.d/* "$ROOT"/var/lib/apt/lists/*
        echo "deb [trusted=yes] copy:/srv/repo ./" >"$ROOT/etc/apt/sources.list"
        chroot "$ROOT" apt-get -qq update
}

# The connector itself, and the operator's table, say which kernels it supports.
connector() {
        make -s BUILD="$BUILD" DESTDIR="$ROOT" install || return 1
        cp "$BUILD/tests/standin/ciscoampconnector.deb" "$ROOT/tmp/" && chroot "$ROOT" dpkg -i /tmp/ciscoampconnector.deb || return 1
        mkdir -p "$ROOT/var/spool/amp-queue"
        echo '6.12.*' >"$ROOT/opt/cisco/amp/etc/kernels-refused"
        printf '[debian-10]\nDistribution=debian\nKernel=-6.1\nConnector=1.15.0-\n' >"$ROOT/etc/secep/kernel-compat.conf"
}

lab() {
        cp tests/vm/inside/* "$ROOT/lab/"
        printf '/dev/vda1 / ext4 rw,noatime 0 0\n' >"$ROOT/etc/fstab"
        printf '%032d\n' 7 >"$ROOT/etc/machine-id"
        printf '%s\n' GRUB_DEFAULT=0 GRUB_TIMEOUT=0 GRUB_TERMINAL=serial 'GRUB_DISTRIBUTOR=Debian' 'GRUB_CMDLINE_LINUX_DEFAULT=' \
                "GRUB_CMDLINE_LINUX=\"$OPTIONS\"" >"$ROOT/etc/default/grub"
        printf '[Service]\nType=oneshot\nExecStart=/bin/bash /lab/start\nTimeoutStartSec=infinity\n[Install]\nWantedBy=multi-user.target\n' \
                >"$ROOT/etc/systemd/system/lab.service"
        chroot "$ROOT" systemctl -q mask serial-getty@ttyS0 getty@tty1 apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
                e2scrub_all.timer e2scrub_reap systemd-timesyncd
        chroot "$ROOT" systemctl -q enable lab secep-monitord cisco-amp
}

# One partition, GRUB before it. The file system's features are those that GRUB reads.
disk() {
        local grub=$ROOT/usr/lib/grub/i386-pc
        mkdir -p "$ROOT/boot/grub/i386-pc" && cp "$grub"/*.mod "$grub"/*.lst "$ROOT/boot/grub/i386-pc/" || return 1
        chroot "$ROOT" grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o /tmp/core.img biosdisk part_msdos ext2 normal || return 1
        mv "$ROOT/tmp/core.img" "$work/"
        cp "$ROOT"/boot/{vmlinuz,initrd.img}-*+deb12-amd64 "$work/" || return 1
        rm -f "$ROOT"/tmp/*
        { head -c 446 "$grub/boot.img" && printf '%b' "$TABLE" && head -c 48 /dev/zero && printf '%b' "$MARK" &&
                cat "$work/core.img"; } >"$work/disk.img"
        truncate -s 2G "$work/disk.img" && mke2fs -q -F -t ext4 -O none,has_journal,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file \
                -E "offset=$PART" -d "$ROOT" "$work/disk.img" 2000M
}

# What GRUB's menu is, written by the guest's own update-grub on its own disk.
menu() {
        vm_root "$work/probe.d" && vm_pack "$work/probe.d" "$work/probe" && vm_accel "$work"/vmlinuz-* "$work/probe"
        vm_run "$work"/vmlinuz-* "$work"/initrd.img-* "root=/dev/vda1 rw init=/lab/menu" \
                -drive "file=$work/disk.img,format=raw,if=virtio,cache=unsafe" >"$work/menu" || {
                cat "$work/menu"
                return 1
        }
}

made() { system && connector && lab && disk && root_drop && menu; }

# What the machine does when it is switched on; its console on stdout.
switched_on() {
        local accel=$VM_ACCEL cpu=host
        [[ $accel == kvm ]] || { accel+=,thread=$VM_THREADS,tb-size=512 cpu=${VM_CPU:-Nehalem}; }
        timeout --foreground "$VM_TIMEOUT" qemu-system-x86_64 -accel "$accel" -cpu "$cpu" -smp 2 -m 1024 -nodefaults -display none -no-reboot \
                -serial stdio -drive "file=$work/disk.img,format=raw,if=virtio,cache=unsafe" </dev/null 2>&1 | sed -u 's/\r//g'
}

n=0 failed=0
tell() { # WHAT COMMAND...
        local what=$1
        shift
        n=$((n + 1))
        if "$@" >"$work/said" 2>&1; then echo "ok $n - $what"; else
                tail -n 30 "$work/said" | cut -c1-300 | sed 's/^/# /'
                echo "not ok $n - $what"
                failed=1
        fi
}
boot() { # NAME
        local begun=$SECONDS
        switched_on >"$work/$1"
        echo "# $1 boot: $((SECONDS - begun)) s"
        grep -aE '^(ok |not ok |# )' "$work/$1" | awk -v n="$n" '/^(not )?ok / { n++; sub(/[0-9]+/, n) } { print }'
        n=$((n + $(grep -acE '^(not )?ok ' "$work/$1")))
        tell "the $1 boot came to its end, and all was well" ended "$1"
}
ended() { grep -aqx VM-RC=0 "$work/$1" || { tail -n 40 "$work/$1" && return 1; }; }

# GRUB's own word, on the serial line.
grub_loads() { grep -aF "Loading Linux $2" "$work/$1" || { head -n 20 "$work/$1" && return 1; }; }

# The release of the entry that grub.cfg on the guest's disk has for its default.
disk_file() { debugfs -R "cat $1" "$work/disk.img?offset=$PART" 2>/dev/null; }
menu_default() {
        disk_file /boot/grub/grub.cfg >"$work/grub.cfg"
        awk -v id="$(sed -nE 's/^ *set default="([^$"]+)"$/\1/p' "$work/grub.cfg" | tail -1)" '
                BEGIN { sub(/.*>/, "", id) }
                id == "0" && /^menuentry / { want = 1 }
                /^[ \t]*menuentry / { want = want || (id != "0" && index($0, "\x27" id "\x27")) }
                want && $1 == "linux" { sub(/.*vmlinuz-/, "", $2); print $2; exit }' "$work/grub.cfg"
}
default_is() {
        local found
        found=$(menu_default)
        echo "the default starts $found"
        grep -n 'set default' "$work/grub.cfg"
        # shellcheck disable=SC2053 # a pattern
        [[ $found == $1 ]]
}

if ! made >"$work/log" 2>&1; then
        tail -n 40 "$work/log" | sed 's/^/# /'
        printf '1..1\nnot ok 1 - the guest is made\n'
        exit 1
fi
echo "# built in $SECONDS s"
tell "the boot loader's menu starts the kernel that is too new" default_is '6.12.*'
boot first
tell "GRUB said that it loads this one" grub_loads first 6.12.
tell "and now starts one that is supported" default_is '6.1.0-*'
boot second
tell "GRUB said that it loads this one" grub_loads second 6.1.0-
tell "undone, the first one is the default again" default_is '6.12.*'
boot third
tell "GRUB said that it loads this one" grub_loads third 6.12.
echo "1..$n"
exit "$failed"
