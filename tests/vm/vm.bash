# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests for what only a real kernel can answer. A guest is a Debian kernel and one initramfs with
# busybox and what the test puts in; it has no disk. The result is what it prints on its console.
#
#   vm_root DIR                      makes the tree of the initramfs (busybox, init)
#   vm_add DIR TO FILE...            copies files to directory TO, and the libraries they need
#   vm_disk_modules DIR              the kernel's modules that a disk (virtio, ext4) needs
#   vm_pack DIR OUT
#   vm_kernel IMAGE OUT              OUT: the kernel to boot, unpacked where that is known how: three
#                                    seconds less a boot
#   vm_run KERNEL INITRD CMDLINE [QEMU OPTION...]   prints the console; 0 when the guest's /test/run
#                                                   ended with 0
#
#   vm_disk_initrd WORK              WORK/initrd: the disk's own init takes over
#   vm_systemd_disk SCRIPT IMAGE     $ROOT as a disk whose systemd runs SCRIPT as tests/lib/nspawn.bash's
#                                    root_test does, tells /result/tap on the console and goes
#   vm_disk_tap WORK CMDLINE         boots WORK/initrd with WORK/disk.img, prints the guest's TAP, and
#                                    "not ok" where it came to no end; the guest's status
#   vm_disk_test WORK WHAT CMDLINE   all of it: kernel, the disk by the caller's function disk, boot;
#                                    "not ok - WHAT is made" where it cannot be built
#
# The emulator is used unless a micro-boot proves KVM: a /dev/kvm that opens may still not carry a
# guest. With VM_THREADS=single it runs the guest's two processors in turns: QEMU 7.2 in parallel may
# keep running code that another processor has just patched (a kprobe that comes or goes), and the
# guest then loops in an int3 that is no longer there, or jumps to nowhere. no_timer_check: on a busy
# machine the guest's timer ticks too rarely for the kernel's check at boot, which then panics.

VM_TIMEOUT=${VM_TIMEOUT:-300}
VM_ACCEL=${VM_ACCEL:-}
VM_THREADS=${VM_THREADS:-multi}

vm_root() {
        local d=$1
        mkdir -p "$d"/{bin,sbin,usr/bin,usr/sbin,proc,sys,dev,run,tmp,test,etc,var/lib,opt,lib64,lib/modules,root}
        cp "$(command -v busybox)" "$d/bin/busybox" || return 1
        cp "$(dirname "${BASH_SOURCE[0]}")/init" "$d/init"
        echo 'root:x:0:0::/root:/bin/sh' >"$d/etc/passwd"
        echo 'root:x:0:' >"$d/etc/group"
}

vm_add() { # DIR TO FILE...
        local d=$1 to=$2 f lib
        shift 2
        mkdir -p "$d$to"
        for f; do
                cp -L "$f" "$d$to/"
                for lib in $(ldd "$f" 2>/dev/null | grep -oE '/[^ ]+'); do
                        [[ -e $d$lib ]] || { mkdir -p "$d${lib%/*}" && cp -L "$lib" "$d$lib"; }
                done
        done
}

vm_disk_modules() {
        local from=$KERNEL_ROOT/usr/lib/modules/$KERNEL_RELEASE to=$1/lib/modules/$KERNEL_RELEASE m
        mkdir -p "$to"
        for m in drivers/virtio drivers/block/virtio_blk fs/ext4 fs/jbd2 fs/mbcache fs/overlayfs lib crypto/crc32c_generic \
                arch/x86/crypto; do
                (cd "$from" && find "kernel/$m" "kernel/$m.ko"* \( -path '*/lib/*' ! -name '*crc*' -prune \) -o \
                        -name '*.ko*' -print 2>/dev/null | cpio -pdm --quiet "$to")
        done
        touch "$to"/modules.{order,builtin}
        depmod -b "$1" "$KERNEL_RELEASE"
}

vm_pack() {
        (cd "$1" && find . | cpio -o -H newc --quiet | gzip -1) >"$2"
}

vm_kernel() { # IMAGE OUT
        local magic unpack at
        while read -r magic unpack; do
                at=$(LC_ALL=C grep -aobP "$magic" "$1" | head -1 | cut -d: -f1)
                # what follows the kernel in the image is no part of it, and they say so
                [[ -n $at ]] || continue
                tail -c "+$((at + 1))" "$1" | $unpack >"$2" 2>/dev/null
                if head -c 4 "$2" | grep -q ELF; then return 0; fi
        done <<'END'
\xfd7zXZ\x00 xz -dc --single-stream
\x28\xb5\x2f\xfd zstd -dcq
END
        cp "$1" "$2"
}

# kvm or tcg, asked once.
vm_accel() {
        [[ -z $VM_ACCEL ]] || return 0
        VM_ACCEL=tcg
        [[ -w /dev/kvm ]] || return 0
        if timeout 15 qemu-system-x86_64 -accel kvm -cpu host -m 512 -nodefaults -display none \
                -serial stdio -no-reboot -kernel "$1" -initrd "$2" \
                -append "console=ttyS0 panic=-1 quiet vmprobe" 2>/dev/null </dev/null | grep -q VM-RC=; then
                VM_ACCEL=kvm
        fi
}

# What vm_run starts the emulator with: $VM_OPTIONS.
vm_options() { # KERNEL INITRD CMDLINE
        local cpu accel
        vm_accel "$1" "$2"
        [[ $VM_ACCEL == kvm ]] && cpu=host || cpu=${VM_CPU:-Nehalem}
        accel=$VM_ACCEL
        [[ $accel == kvm ]] || accel+=,thread=$VM_THREADS,tb-size=512
        VM_OPTIONS=(-accel "$accel" -cpu "$cpu" -smp 2 -m 1024 -nodefaults -display none -no-reboot -kernel "$1" -initrd "$2"
                -append "console=ttyS0 panic=-1 quiet mitigations=off no_timer_check $3")
}

vm_run() {
        local log
        vm_options "$1" "$2" "$3"
        shift 3
        log=$(mktemp)
        timeout --foreground "$VM_TIMEOUT" qemu-system-x86_64 "${VM_OPTIONS[@]}" -serial stdio "$@" </dev/null 2>&1 |
                sed -u 's/\r//g' | tee "$log"
        # qemu ends with 0 on a panic too: only the guest's own word counts
        if grep -qx 'VM-RC=0' "$log"; then rm -f "$log"; else rm -f "$log"; return 1; fi
}

vm_disk_initrd() {
        vm_root "$1/initrd.d" || return 1
        cp tests/vm/disk-init.sh "$1/initrd.d/test/init"
        vm_disk_modules "$1/initrd.d"
        vm_pack "$1/initrd.d" "$1/initrd"
}

vm_disk_tap() {
        local built=$SECONDS status
        vm_run "$KERNEL_ROOT/boot/vmlinuz-$KERNEL_RELEASE" "$1/initrd" "$2" \
                -drive "file=$1/disk.img,format=raw,if=virtio,snapshot=on,cache=unsafe" >"$1/console"
        status=$?
        echo "# built in $built s, ran for $((SECONDS - built)) s"
        grep -aE '^(ok |not ok |# |1\.\.)' "$1/console"
        grep -aq '^1\.\.' "$1/console" || {
                tail -60 "$1/console" | sed 's/^/# /'
                printf '1..1\nnot ok 1 - the guest came to its end\n'
        }
        return $status
}

vm_systemd_disk() { # SCRIPT IMAGE
        root_test "$1" 'cat /result/tap >/dev/ttyS0; echo "VM-RC=$(cat /result/status)" >/dev/ttyS0; poweroff -ff'
        # as first boots go, this one shall not be one
        printf '%032d\n' 7 >"$ROOT/etc/machine-id"
        chroot "$ROOT" systemctl -q mask serial-getty@ttyS0 getty@tty1 systemd-sysctl
        mke2fs -q -t ext4 -d "$ROOT" "$2" 4G
}

vm_disk_test() { # WORK WHAT CMDLINE
        if ! { kernel_image 6.1 && disk && vm_disk_initrd "$1"; } >"$1/log" 2>&1; then
                sed 's/^/# /' "$1/log"
                printf '1..1\nnot ok 1 - %s is made\n' "$2"
                return 1
        fi
        vm_disk_tap "$1" "$3"
}
