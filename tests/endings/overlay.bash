# SPDX-License-Identifier: GPL-2.0-or-later
# For one row of the table in a mount namespace of its own: this machine's root with the headers of a Debian
# kernel at $R, broken, and a repository with what a repair may want to install.
# shellcheck shell=bash disable=SC2034

# PACKAGE of this machine, packed again with the files that it has here: into DIR.
repack() { # PACKAGE DIR
        local work=$T/repack.$1
        mkdir -p "$work/DEBIAN"
        dpkg-query -W -f 'Package: ${Package}\nVersion: ${Version}\nArchitecture: ${Architecture}\nMaintainer: ${Maintainer}\nDepends: ${Depends}\nDescription: packed again\n' \
                "$1" >"$work/DEBIAN/control" || return 1
        dpkg-query -L "$1" | while read -r file; do
                [[ ! -f $file && ! -L $file ]] || printf '%s\n' "${file#/}"
        done | tar -C / -cf - -T - | tar -C "$work" -xf -
        dpkg-deb -Znone --root-owner-group --build "$work" "$2" >/dev/null
        rm -rf "$work"
}

# The package of the kernel's headers, with the one link that was broken.
link_deb() { # DIR
        local work=$T/link
        mkdir -p "$work/DEBIAN" "$work/usr/lib/modules/$KERNEL_RELEASE"
        ln -s "/usr/src/linux-headers-$KERNEL_RELEASE" "$work/usr/lib/modules/$KERNEL_RELEASE/build"
        printf 'Package: linux-headers-%s\nVersion: 1.0-1\nArchitecture: amd64\nMaintainer: nobody <nobody@localhost>\nDescription: made by a test\n' \
                "$KERNEL_RELEASE" >"$work/DEBIAN/control"
        dpkg-deb -Znone --root-owner-group --build "$work" "$1" >/dev/null
}

ending_overlay_make() {
        local repo compiler
        kernel_overlay "$T/o" || return 1
        R=$T/o/root repo=$R/srv/ending-repo ENDING=$T/ending ENDING_POLICY=$R/opt/cisco/amp/etc/policy.xml ENDING_GIVEN=$T/given
        rm -f "$R"/boot/config-*
        sed -i /secep-build/d "$R"/etc/{passwd,group,shadow,gshadow}
        rm -rf "$R/var/lib/secep" "$R/opt/cisco" "$R/etc/secep"
        mkdir -p "$R/lib/modules/$KERNEL_RELEASE/kernel" "$repo" "$R/var/lib/secep" "$ENDING_GIVEN"
        mount -t tmpfs none "$R/lib/modules/$KERNEL_RELEASE/kernel"
        [[ ! -d $ENDING_KEPT/kmod ]] || cp -a "$ENDING_KEPT/kmod" "$R/var/lib/secep/"
        printf 'obj-m := ampfsm.o ampnetworkflow.o\n' >"$ENDING_GIVEN/Kbuild"
        printf '#include <linux/module.h>\nMODULE_LICENSE("GPL");\n' | tee "$ENDING_GIVEN/ampfsm.c" >"$ENDING_GIVEN/ampnetworkflow.c"
        rm -rf "$R"/etc/apt/sources.list.d/* "$R"/var/lib/apt/lists/*
        echo "deb [trusted=yes] copy:/srv/ending-repo ./" >"$R/etc/apt/sources.list"
        link_deb "$repo"
        if [[ $NAME == *:build-tools-missing ]]; then
                compiler=$(readlink -f /usr/bin/gcc) && repack "$(dpkg-query -S "$compiler" /usr/bin/gcc-12 2>/dev/null | sed -n 's/:.*//;/^gcc-[0-9]*$/{p;q}')" "$repo" || return 1
        fi
        (cd "$repo" && dpkg-scanpackages . /dev/null >Packages 2>/dev/null)
        "$FAULTLAB" --root "$R" break "$NAME" >/dev/null && "$FAULTLAB" --root "$R" check "$NAME" >/dev/null || return 1
        SECEP=("$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE")
        PATH=$BUILD:$PATH
}

ending_overlay_keep() {
        [[ -n $ENDING_KEPT && -d $R/var/lib/secep/kmod ]] || return 0
        rm -rf "$ENDING_KEPT/kmod"
        cp -a "$R/var/lib/secep/kmod" "$ENDING_KEPT/"
}
