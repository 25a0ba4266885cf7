#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 19 on a kernel that enforces SELinux: Debian's policy, trimmed, with a domain without bpf.
# Prints the guest's TAP.   tests/vm/selinux.sh
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-$PWD/build}
. tests/lib/kernel-headers.bash
. tests/lib/roots.bash
. tests/lib/selinux.bash
. tests/vm/vm.bash
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The disk: busybox, SELinux's own programs, the policy and its store, ours; labelled.
disk() {
        local d=$1 base applet m
        base=$(selinux_base trimmed) || return 1
        vm_root "$d" || return 1
        rm "$d/init"
        for applet in $(busybox --list); do
                [[ $applet == busybox ]] || ln -sf busybox "$d/bin/$applet"
        done
        mkdir -p "$d"/{var/tmp,var/log,usr/lib}
        chmod 1777 "$d/tmp" "$d/var/tmp"
        cp -a "$base/etc/selinux" "$d/etc/"
        cp -a "$base/var/lib/selinux" "$d/var/lib/"
        # a transaction copies the whole store, and the emulator is slow at that
        for m in "$d/$STORE"/active/modules/disabled/*; do
                rm -r "${m/disabled/100}" "$m"
        done
        vm_add "$d" /usr/sbin "$BUILD/secep-repair" "$BUILD/secep-monitord" \
                /usr/sbin/{semodule,load_policy,setfiles,setenforce,getenforce,sefcontext_compile}
        vm_add "$d" /usr/bin "$BUILD/tests/selinux-try" /usr/bin/{runcon,chcon,date,dd}
        vm_add "$d" /usr/lib/secep "$BUILD/plugins/secep-semanage.so"
        chmod 0644 "$d"/usr/lib/secep/*.so
        cp selinux/cisco-secure-bpf.cil "$d/root/"
        printf '#!/bin/sh\nexec /bin/sh /usr/bin/selinux-guest\n' >"$d/sbin/init"
        { echo '#!/bin/sh'; cat tests/vm/selinux-guest.sh; } >"$d/usr/bin/selinux-guest"
        chmod 0755 "$d/sbin/init" "$d/usr/bin/selinux-guest"
        tests/vm/selinux-rights.sh "$d/$STORE" >"$work/vm-rights.cil" &&
                semodule -n -p "$d" -s default -X 100 -i "$work/vm-rights.cil" || return 1
        setfiles -r "$d" "$d/etc/selinux/default/contexts/files/file_contexts" "$d" || return 1
        mke2fs -q -t ext4 -d "$d" "$work/disk.img" 400M
}

# The initramfs: what mounts that disk.
initrd() {
        local d=$1
        vm_root "$d" || return 1
        cp tests/vm/selinux-boot.sh "$d/test/run"
        vm_disk_modules "$d"
        vm_pack "$d" "$work/initrd"
}

prepare() {
        kernel_image 6.1 && disk "$work/disk" && initrd "$work/initrd.d"
}

if ! prepare >"$work/log" 2>&1; then
        sed 's/^/# /' "$work/log"
        printf '1..1\nnot ok 1 - the SELinux guest is built\n'
        exit 1
fi
echo "# built after $SECONDS s"
vm_run "$KERNEL_ROOT/boot/vmlinuz-$KERNEL_RELEASE" "$work/initrd" "security=selinux selinux=1 enforcing=1" \
        -drive "file=$work/disk.img,format=raw,if=virtio,snapshot=on,cache=unsafe" >"$work/console"
status=$?
echo "# ended after $SECONDS s"
grep -aE '^(ok |not ok |# |1\.\.)' "$work/console"
if ! grep -aq '^1\.\.' "$work/console"; then
        tail -40 "$work/console" | sed 's/^/# /'
        n=$(grep -acE '^(ok|not ok) ' "$work/console")
        printf 'not ok %d - the guest came to its end\n1..%d\n' $((n + 1)) $((n + 1))
        exit 1
fi
exit $status
