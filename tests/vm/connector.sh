#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults 6 and 18 on a kernel of their own: systemd-coredump takes crashes down, eBPF counts events,
# and the CPU limit of a unit holds. Debian with systemd, the stand-in connector, a guest.
# Prints the guest's TAP.   tests/vm/connector.sh [overload|crashes]
set -u
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
BUILD=${BUILD:-$PWD/build}
VM_TIMEOUT=${VM_TIMEOUT:-900}
. tests/lib/kernel-headers.bash
. tests/lib/roots.bash
. tests/lib/nspawn.bash
. tests/vm/vm.bash
VM_THREADS=single # eBPF programs come and go under load
work=$(mktemp -d)
trap 'root_drop; rm -rf "$work"' EXIT

disk() {
        root_copy service && root_standin || return 1
        # both are set off by the test
        "$FAULTLAB" --root "$ROOT" break event-overload:busy-verified
        "$FAULTLAB" --root "$ROOT" break scan-restarts:crash-loop
        chroot "$ROOT" systemctl -q disable busy
        mv "$ROOT"/var/spool/amp-queue/{,.}poison.bin
        vm_systemd_disk "$(cat tests/vm/connector-guest.sh)" "$work/disk.img"
}

vm_disk_test "$work" "the guest with the connector" "systemd.show_status=0 case=${1:-}"
