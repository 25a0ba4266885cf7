# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's packages of kernels with the modules only that a guest with a disk needs, packed for quick
# unpacking: the emulator is slow at both. After kernel-headers.bash.
#
#   kernel_deb_few SERIES    prints the package's path, made once (KERNEL_CACHE)

kernel_deb_few() {
        local dir release deb
        kernel_headers "$1" >&2 || return
        release=$KERNEL_RELEASE dir=$KERNEL_CACHE/few-$KERNEL_RELEASE
        mkdir -p "$dir"
        (
                flock 9
                [[ ! -e $dir/.ready ]] || exit 0
                rm -rf "${dir:?}"/*
                cd "$dir" && kernel_apt apt-get -qq download "linux-image-$release" || exit 1
                for deb in ./*.deb; do
                        dpkg-deb -R "$deb" open && kernel_few open && dpkg-deb -Zgzip -z1 --root-owner-group -b open "$deb" || exit 1
                done
                rm -rf open && touch .ready
        ) 9>"$dir.lock" >&2 || return 1
        echo "$dir"/*.deb
}

kernel_few() { # DIR: an unpacked package
        local kernel
        for kernel in "$1"/{,usr/}lib/modules/*/kernel; do
                [[ -d $kernel ]] || continue
                (cd "$kernel" && find . -type f ! -path './drivers/virtio/*' ! -name 'virtio_blk.ko*' ! -path './fs/ext4/*' \
                        ! -path './fs/jbd2/*' ! -path './fs/autofs/*' ! -name 'mbcache.ko*' ! -name '*crc*.ko*' -delete &&
                        find . -type d -empty -delete)
        done
        (cd "$1" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | xargs -0r md5sum >DEBIAN/md5sums)
}
