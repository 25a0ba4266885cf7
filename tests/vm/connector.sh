#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults 6 and 18 on a kernel of their own: systemd-coredump takes crashes down, eBPF counts events,
# and the CPU limit of a unit holds. Debian with systemd, the stand-in connector, a guest.
# Prints the guest's TAP.   tests/vm/connector.sh [overload|crashes]
set -u
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
BUILD=${BUILD:-$PWD/build}
VM_TIMEOUT=${VM_TIMEOUT:-600}
. tests/lib/kernel-headers.bash
. tests/lib/roots.bash
. tests/lib/nspawn.bash
. tests/vm/vm.bash
work=$(mktemp -d)
trap 'root_drop; rm -rf "$work"' EXIT

disk() {
        root_copy service && root_standin || return 1
        # both are set off by the test
        "$FAULTLAB" --root "$ROOT" break event-overload:busy-verified
        "$FAULTLAB" --root "$ROOT" break scan-restarts:crash-loop
        chroot "$ROOT" systemctl -q disable busy
        mv "$ROOT"/var/spool/amp-queue/{,.}poison.bin
        root_test "$(cat tests/vm/connector-guest.sh)" \
                'cat /result/tap >/dev/ttyS0; echo "VM-RC=$(cat /result/status)" >/dev/ttyS0; poweroff -ff'
        # as first boots go, this one shall not be one
        printf '%032d\n' 7 >"$ROOT/etc/machine-id"
        chroot "$ROOT" systemctl -q mask serial-getty@ttyS0 getty@tty1 systemd-sysctl
        mke2fs -q -t ext4 -d "$ROOT" "$work/disk.img" 4G
}

initrd() {
        vm_root "$work/initrd.d" || return 1
        cp tests/vm/disk-init.sh "$work/initrd.d/test/init"
        vm_disk_modules "$work/initrd.d"
        vm_pack "$work/initrd.d" "$work/initrd"
}

if ! { kernel_image 6.1 && disk && initrd; } >"$work/log" 2>&1; then
        sed 's/^/# /' "$work/log"
        printf '1..1\nnot ok 1 - the guest with the connector is built\n'
        exit 1
fi
built=$SECONDS
vm_run "$KERNEL_ROOT/boot/vmlinuz-$KERNEL_RELEASE" "$work/initrd" "systemd.show_status=0 case=${1:-}" \
        -drive "file=$work/disk.img,format=raw,if=virtio,snapshot=on,cache=unsafe" >"$work/console"
status=$?
echo "# built in $built s, ran for $((SECONDS - built)) s"
grep -aE '^(ok |not ok |# |1\.\.)' "$work/console"
grep -aq '^1\.\.' "$work/console" || {
        tail -60 "$work/console" | sed 's/^/# /'
        printf '1..1\nnot ok 1 - the guest came to its end\n'
}
exit $status
