#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The door on a kernel of its own, where an attack may do what it wants: a Debian whose /srv/t is a
# hostile root. Its make, compiler, setpriv, apt methods, NSS module and a package's scriptlet are the
# program that tries every way out, for real. Prints the guest's TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
BUILD=${BUILD:-$PWD/build}
VM_TIMEOUT=${VM_TIMEOUT:-1500}
. tests/lib/kernel-headers.bash
. tests/lib/roots.bash
. tests/lib/packages.bash
. tests/vm/vm.bash
work=$(mktemp -d)
trap 'root_drop; rm -rf "$work"' EXIT

hostile() { # in $ROOT/srv/t
        local t=$ROOT/srv/t method
        mkdir -p "$t"
        cp -a "$(root_base small)/." "$t/" || return 1
        ROOT=$t root_connector 1.24.1
        : >"$t/etc/escape-for-real"
        echo 'secep-build:x:64711:64711::/nonexistent:/usr/sbin/nologin' >>"$t/etc/passwd"
        cp "$BUILD/tests/escape" "$t/usr/bin/escape"
        for method in make gcc gcc-12 ld setpriv; do ln -sf escape "$t/usr/bin/$method"; done
        # what the scriptlet of a package runs, and who asks the resolver for a method of its own
        ROOT=$t repo_with_headers '/usr/bin/escape >/dev/null || :' || return 1
        cp "$BUILD/tests/escape" "$t/usr/lib/apt/methods/attack"
        echo 'deb [trusted=yes] attack:/srv/elsewhere ./' >"$t/etc/apt/sources.list.d/attack.list"
        cc -shared -fPIC -o "$t/lib/x86_64-linux-gnu/libnss_attack.so.2" tests/vm/nss_attack.c || return 1
        sed -i '/^passwd:\|^group:/d' "$t/etc/nsswitch.conf" 2>/dev/null
        printf 'passwd: attack files\ngroup: attack files\n' >>"$t/etc/nsswitch.conf"
        mknod "$t/planted-null" c 1 3
}

disk() {
        root_copy full || return 1
        vm_add "$ROOT" /usr/bin "$BUILD/secep-repair" "$BUILD"/tests/{door,kmod-tool}
        vm_add "$ROOT" /usr/bin/plugins "$BUILD"/plugins/*.so
        mkdir -p "$ROOT/test"
        cp tests/vm/door-guest.sh "$ROOT/test/run"
        hostile || return 1
        echo secret >"$ROOT/secret-of-the-host"
        printf '%s\n' '#!/bin/bash' 'mount -t sysfs sys /sys; mount -t tmpfs run /run; mount -t tmpfs tmp /tmp; mount -t cgroup2 c /sys/fs/cgroup' \
                'export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root' 'bash /test/run >/dev/ttyS0 2>&1; echo "VM-RC=$?" >/dev/ttyS0; echo o >/proc/sysrq-trigger; sleep 60' >"$ROOT/sbin/init"
        chmod 0755 "$ROOT/sbin/init"
        mke2fs -q -t ext4 -d "$ROOT" "$work/disk.img" 3G
}

vm_disk_test "$work" "the guest with the hostile root" ""
