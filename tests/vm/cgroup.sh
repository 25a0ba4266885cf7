#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The limits of a module build together, by a control group, on a kernel of its own under systemd: a
# make that takes memory, forks and waits as it is told. Prints the guest's TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
BUILD=${BUILD:-$PWD/build}
VM_TIMEOUT=${VM_TIMEOUT:-900}
. tests/lib/kernel-headers.bash
. tests/lib/roots.bash
. tests/lib/packages.bash
. tests/lib/nspawn.bash
. tests/vm/vm.bash
work=$(mktemp -d)
trap 'root_drop; rm -rf "$work"' EXIT

disk() {
        root_copy service || return 1
        vm_add "$ROOT" /usr/lib/secep-test "$BUILD/tests/kmod-tool"
        vm_add "$ROOT" /usr/lib/secep-test/plugins "$BUILD"/plugins/secep-seccomp.so
        headers_deb "$COPY/headers.deb" "$RELEASE" && dpkg-deb -x "$COPY/headers.deb" "$COPY/headers" || return 1
        cp -a "$COPY/headers/usr/src" "$ROOT/usr/"
        mkdir -p "$ROOT/usr/lib/modules/$RELEASE" "$ROOT/result"
        ln -s "/usr/src/linux-headers-$RELEASE" "$ROOT/usr/lib/modules/$RELEASE/build"
        echo 'secep-build:x:64711:64711::/nonexistent:/usr/sbin/nologin' >>"$ROOT/etc/passwd"
        cp tests/vm/cgroup-make.sh "$ROOT/usr/bin/make"
        printf '#!/bin/sh\n' | tee "$ROOT"/usr/bin/{gcc,ld} >/dev/null
        chmod 0755 "$ROOT"/usr/bin/{make,gcc,ld}
        vm_systemd_disk "RELEASE=$RELEASE; $(cat tests/vm/cgroup-guest.sh)" "$work/disk.img"
}

vm_disk_test "$work" "the guest with the build" "systemd.show_status=0"
