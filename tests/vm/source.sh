#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 8 on a kernel that refuses eBPF, by a source that the operator names: a tree laid out as the
# vendor's goes fault, built, loaded, an event arrives, ok, in a Debian with a compiler. Before that, on the
# same kernel: each function of the connector's programs probed once. Prints the guest's TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
BUILD=${BUILD:-$PWD/build}
VM_TIMEOUT=${VM_TIMEOUT:-900}
. tests/lib/kernel-headers.bash
. tests/lib/roots.bash
. tests/lib/module-trees.bash
. tests/vm/vm.bash
VM_THREADS=single # probes come and go
ROOT_PACKAGES[source]="gcc-12 make kmod passwd jq libjansson4 libexpat1 libselinux1 libsepol2 libbz2-1.0 libkmod2 libelf1 libbpf1 libmnl0 libssl3"
work=$(mktemp -d)
trap 'root_drop; rm -rf "$work"' EXIT

disk() {
        local modules=usr/lib/modules/$KERNEL_RELEASE
        root_copy source || return 1
        root_connector 1.26.0.1
        mkdir -p "$ROOT/usr/src" "$ROOT/$modules"
        cp -a "$KERNEL_ROOT"/usr/src/. "$ROOT/usr/src/"
        cp -a "$KERNEL_ROOT"/usr/lib/linux-kbuild-* "$ROOT/usr/lib/"
        cp -a "$KERNEL_ROOT/$modules"/{build,source} "$ROOT/$modules/" 2>/dev/null
        touch "$ROOT/$modules"/modules.{order,builtin}
        cp "$KERNEL_ROOT/boot/config-$KERNEL_RELEASE" "$ROOT/boot/"
        mkdir -p "$ROOT/test/plugins" "$ROOT/result"
        cp "$BUILD"/secep-repair "$BUILD"/tests/{netlink,kmod-tool} "$ROOT/test/"
        cp "$BUILD"/plugins/secep-{kmod,bpf,seccomp}.so "$ROOT/test/plugins/"
        cc -o "$ROOT/test/without_bpf" tests/vm/without_bpf.c || return 1
        tree_speaking "$ROOT/root/theirs" ampfsm
        cp tests/vm/source-guest.sh "$ROOT/test/run"
        printf '#!/bin/bash\nbash /test/run >/dev/ttyS0 2>&1\necho "VM-RC=$?" >/dev/ttyS0\necho o >/proc/sysrq-trigger\nexec tail -f /dev/null\n' >"$work/first"
        rm -f "$ROOT/sbin/init"
        install "$work/first" "$ROOT/sbin/init"
        mke2fs -q -t ext4 -d "$ROOT" "$work/disk.img" 2G
}

vm_disk_test "$work" "the guest with a compiler" ""
