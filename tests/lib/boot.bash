# SPDX-License-Identifier: GPL-2.0-or-later
# A Debian root on a disk of its own, with GRUB's real update-grub and kernels made by the test: an
# ext4 image on a loop device, which the root knows as /dev/vda1, so that grub-probe finds it. Needs
# roots.bash, packages.bash and a private mount namespace.
#
#   boot_image FILE INSTALLED OFFERED...   # once: the image, with one kernel in it and others to be had
#   boot_root FILE                         # $ROOT: a copy of it
# shellcheck shell=bash

# shellcheck disable=SC2034
ROOT_PACKAGES[grub]="passwd grub2-common"

# What keeps such a root from being made here, in words; nothing when all is well.
boot_lacks() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || { echo "a private mount namespace (run make check)" && return; }
        losetup -f >/dev/null 2>&1 || echo "a free loop device"
}

# linux-image-RELEASE as Debian's: image, modules, an initial RAM disk made by its postinst, which
# calls the hooks of others, GRUB's among them.
kernel_deb() { # DIR RELEASE
        local dir=$1 release=$2 work
        work=$(mktemp -d "$COPY/deb.XXXXXX")
        mkdir -p "$work"/{DEBIAN,boot,"lib/modules/$release/kernel"}
        echo "image of $release" >"$work/boot/vmlinuz-$release"
        echo >"$work/lib/modules/$release/modules.builtin"
        control "$work" "linux-image-$release" ""
        cat >"$work/DEBIAN/postinst" <<-SH
		#!/bin/sh
		set -e
		[ "\$1" = configure ] || exit 0
		echo ramdisk >/boot/initrd.img-$release
		DEB_MAINT_PARAMS="\$*" run-parts --report --exit-on-error --arg=$release --arg=/boot/vmlinuz-$release /etc/kernel/postinst.d
	SH
        cat >"$work/DEBIAN/postrm" <<-SH
		#!/bin/sh
		set -e
		rm -f /boot/initrd.img-$release
		DEB_MAINT_PARAMS="\$*" run-parts --report --exit-on-error --arg=$release --arg=/boot/vmlinuz-$release /etc/kernel/postrm.d
	SH
        chmod 0755 "$work"/DEBIAN/post*
        dpkg-deb -Znone --root-owner-group --build "$work" "$dir" >/dev/null
        rm -rf "$work"
}

# The image as root vda1 at $ROOT. The mount's source has to read /dev/vda1, so it is made inside.
boot_mount() { # FILE
        local loop outer=$ROOT
        loop=$(losetup -f --show "$1") || return 1
        mknod "$outer/dev/vda1" b 7 "${loop#/dev/loop}"
        chroot "$outer" mount -t ext4 /dev/vda1 /mnt || return 1
        losetup -d "$loop" # when it is unmounted
        ROOT=$outer/mnt
        rm -f "$ROOT/dev/vda1"
        mknod "$ROOT/dev/vda1" b 7 "${loop#/dev/loop}"
}

boot_image() { # FILE INSTALLED OFFERED...
        local base release
        base=$(root_base grub) || return 1
        truncate -s 512M "$1"
        mke2fs -q -t ext4 -E lazy_itable_init=1 -d "$base" "$1"
        root_copy grub
        boot_mount "$1"
        mkdir -p "$ROOT/boot/grub" "$ROOT/etc/secep"
        echo '(hd0) /dev/vda1' >"$ROOT/boot/grub/device.map"
        repo_init
        for release in "${@:2}"; do
                kernel_deb "$ROOT/srv/repo" "$release"
        done
        repo_index
        mount -t proc proc "$ROOT/proc"
        : >"$ROOT/boot/grub/grub.cfg" # what makes the hook work
        echo LANG=pt_BR.UTF-8 >"$ROOT/etc/default/locale"
        chroot "$ROOT" apt-get -q update >"$COPY/log" 2>&1
        LC_ALL="" LANG=pt_BR.UTF-8 chroot "$ROOT" apt-get -qy install "linux-image-$2" >>"$COPY/log" 2>&1 || {
                cat "$COPY/log"
                return 1
        }
        umount "$ROOT/proc"
        root_drop
}

boot_root() { # FILE
        root_copy grub
        cp --sparse=always "$1" "$COPY/image"
        boot_mount "$COPY/image"
}
