#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds our modules for a guest as a repair does, in a private mount namespace: tests/vm/kmod-modules.sh SERIES
#   WORK: a directory for mounts, OUT: the guest's tree, KERNEL_RELEASE and KERNEL_ROOT: of kernel_image SERIES;
#   with SIGN_KEY and SIGN_CERT also OUT/test/signed.ko
set -eu
. tests/lib/kernel-headers.bash

# The newest kernel's build tools are programs of that suite: they run in a root of it.
root_for() { # SERIES: $R
        if [[ $1 != newest ]]; then
                kernel_overlay "$WORK"
                R=$WORK/root
                return
        fi
        SECEP_TEST_MOUNTS=private
        . tests/lib/roots.bash
        ROOT_PACKAGES[newest]="linux-headers-amd64 gcc make kmod passwd" # as 72-kmod-newest.bats: one root for both
        root_copy newest sid
        trap root_drop EXIT
        R=$ROOT
        rm -rf "$R"/usr/src/linux-* "$R"/usr/lib/modules/*
        cp -a "$KERNEL_ROOT"/usr/src/. "$R/usr/src/"
        mkdir -p "$R/usr/lib/modules/$KERNEL_RELEASE"
        cp -a "$KERNEL_ROOT/usr/lib/modules/$KERNEL_RELEASE"/{build,source,config,modules.*} "$R/usr/lib/modules/$KERNEL_RELEASE/"
        for kbuild in "$KERNEL_ROOT"/usr/lib/linux-kbuild-*; do
                [[ ! -e $kbuild ]] || cp -a "$kbuild" "$R/usr/lib/"
        done
}

root_for "$1"
echo "secep-build:x:64711:64711::/nonexistent:/usr/sbin/nologin" >>"$R/etc/passwd"
for m in ampfsm ampnetworkflow; do
        "$BUILD/tests/kmod-tool" "$R" "$KERNEL_RELEASE" install $m >/dev/null
done
to=$OUT/lib/modules/$KERNEL_RELEASE
mkdir -p "$to/updates"
cp -r "$R/lib/modules/$KERNEL_RELEASE/updates/secep" "$to/updates/"
touch "$to"/modules.{order,builtin}
depmod -b "$OUT" "$KERNEL_RELEASE" 2>/dev/null
[[ -n ${SIGN_KEY:-} ]] || exit 0
cp "$to/updates/secep/ampfsm.ko" "$OUT/test/signed.ko"
sign=$(echo "$KERNEL_ROOT"/usr/lib/linux-kbuild-*/scripts/sign-file)
"$sign" sha256 "$SIGN_KEY" "$SIGN_CERT" "$OUT/test/signed.ko"
