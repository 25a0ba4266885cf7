#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11: the headers' package is named by the installed kernel's package, and the link to the
# tree is its owner's. Real librpm, dnf, libapt-pkg and dpkg; packages made by the test.
load ../lib/roots
load ../lib/packages
load ../lib/rpms
load ../lib/live

teardown() {
        live_drop
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}

# A kernel's package NAME of $RELEASE, installed: image, modules, and with LINK=1 the link to the
# headers, as RHEL has it.
rpm_kernel() { # NAME VERSION PACKAGE-RELEASE
        local modules="%{buildroot}/usr/lib/modules/$RELEASE"
        printf '%%files\n/usr\n' >"$COPY/spec.in"
        rpm_make "$ROOT/srv/repo" "$1" "$2" "$3" "mkdir -p $modules
touch $modules/vmlinuz $modules/modules.builtin
${LINK:+ln -s /usr/src/kernels/$RELEASE $modules/build}"
        chroot "$ROOT" rpm -i "/srv/repo/$1-$2-$3.x86_64.rpm"
}

# The same of dpkg.
deb_kernel() { # NAME
        local work
        work=$(mktemp -d "$COPY/deb.XXXXXX")
        mkdir -p "$work/DEBIAN" "$work/boot" "$work/usr/lib/modules/$RELEASE"
        touch "$work/boot/vmlinuz-$RELEASE" "$work/usr/lib/modules/$RELEASE/modules.builtin"
        control "$work" "$1" ""
        dpkg-deb -Znone --root-owner-group --build "$work" "$COPY/kernel.deb" >/dev/null
        cp "$COPY/kernel.deb" "$ROOT/srv/kernel.deb"
        chroot "$ROOT" dpkg -i /srv/kernel.deb >/dev/null
}

rpm_setup() {
        rpm_root
        root_connector 1.24.1.1013
}

dpkg_setup() {
        root_copy small
        root_connector 1.24.1.1013
        RELEASE=9.9.9-1-amd64
}

@test "names: a mainline kernel's headers are kernel-ml-devel, not kernel-devel" {
        rpm_setup
        RELEASE=6.18.8-1.el9.elrepo.x86_64
        rpm_kernel kernel-ml-core 6.18.8 1.el9.elrepo
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-ml-devel " "
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel " "
        rpm_index
        fault11 --plan
        is '.faults[0].steps[0].target' kernel-ml-devel
        fault11
        exited 0
        snapshot_rpms | grep -q '^kernel-ml-devel-6.18.8-1.el9.elrepo'
        [[ $(snapshot_rpms) != *kernel-devel-* ]]
}

@test "names: Amazon's kernel6.18, and one whose name nobody foresaw" {
        local name
        rpm_setup
        for name in kernel6.18 kernel-clk6.12-core; do
                RELEASE=6.18.44-99.149.amzn2023.x86_64
                rpm_kernel "$name" 6.18.44 99.149.amzn2023
                rpm_headers "$ROOT/srv/repo" "$RELEASE" "${name%-core}-devel" " "
                rpm_index
                fault11 --plan
                is '.faults[0].steps[0].target' "${name%-core}-devel"
                chroot "$ROOT" rpm -e "$name"
        done
}

@test "names: nothing known is said, and nothing is installed" {
        rpm_setup
        RELEASE=6.9.9-self.x86_64
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel " "
        rpm_index
        fault11 --check
        is '.faults[0].cause' headers-missing
        fault11
        exited 4
        is '.faults[0].verdict' blocked
        [[ $(json '.faults[0].why + .faults[0].do.text') == *"could not tell which package"*--offline* ]]
        [[ -z $(snapshot_rpms) ]]
}

@test "names: Proxmox's headers, of its kernel's package and of its release alone" {
        dpkg_setup
        RELEASE=6.8.12-2-pve
        repo_init
        headers_deb "$COPY" "$RELEASE"
        mv "$COPY"/linux-headers-*.deb "$COPY/plain.deb"
        dpkg-deb -R "$COPY/plain.deb" "$COPY/tree"
        sed -i "s/^Package: .*/Package: proxmox-headers-$RELEASE/" "$COPY/tree/DEBIAN/control"
        dpkg-deb -Znone --root-owner-group --build "$COPY/tree" "$ROOT/srv/repo" >/dev/null
        repo_index
        fault11 --plan
        is '.faults[0].steps[0].target' "proxmox-headers-$RELEASE"
        deb_kernel "proxmox-kernel-$RELEASE-signed"
        fault11
        exited 0
        is '.faults[0].steps[0].target' "proxmox-headers-$RELEASE"
        repair_plain --undo "$(json .run)"
        exited 0
}

@test "names: what provides linux-headers-RELEASE is found where no package has the name" {
        dpkg_setup
        RELEASE=9.9.9-1-special
        repo_init
        headers_deb "$COPY" "$RELEASE"
        dpkg-deb -R "$COPY"/linux-headers-*.deb "$COPY/tree"
        sed -i "s/^Package: .*/Package: special-headers\nProvides: linux-headers-$RELEASE/" "$COPY/tree/DEBIAN/control"
        dpkg-deb -Znone --root-owner-group --build "$COPY/tree" "$ROOT/srv/repo" >/dev/null
        repo_index
        fault11
        exited 0
        is '.faults[0].steps[0].target' special-headers
        fault11
        is .changed false
}

@test "names: what provides kernel-devel-uname-r goes before the name of the table" {
        rpm_setup
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel " "
        rpm_headers "$ROOT/srv/repo" "$RELEASE" vendor-devel "Provides: kernel-devel-uname-r = $RELEASE"
        rpm_index
        fault11 --plan
        is '.faults[0].steps[0].target' vendor-devel
        fault11
        exited 0
        [[ $(snapshot_rpms) == vendor-devel-* ]]
        repair_plain --undo "$(json .run)"
        exited 0
        RELEASE=6.9.9-1.el9.elrepo.x86_64
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-lt-devel "Provides: kernel-devel-uname-r = $RELEASE"
        rpm_index
        rm -rf "$ROOT"/var/cache/dnf/*
        fault11
        exited 0
        is '.faults[0].steps[0].target' kernel-lt-devel
}

@test "link: dpkg's headers own it, and are reinstalled" {
        dpkg_setup
        repo_with_headers
        fault11
        exited 0
        rm "$ROOT/usr/lib/modules/$RELEASE/build"
        fault11 --check
        is '.faults[0].cause' link-missing
        fault11
        exited 0
        is '.faults[0].steps[0].kind' reinstall-package
        is '.faults[0].steps[0].target' "linux-headers-$RELEASE"
        # nobody's: it is made
        sed -i '\,/build$,d' "$ROOT/var/lib/dpkg/info/linux-headers-$RELEASE.list"
        rm "$ROOT/usr/lib/modules/$RELEASE/build"
        fault11
        exited 0
        [[ -L $ROOT/usr/lib/modules/$RELEASE/build && $(json '.faults[0].steps[0].kind') != *package ]]
}

@test "link: kernel-core owns it on RHEL, and is reinstalled instead of the headers" {
        rpm_setup
        LINK=1 rpm_kernel kernel-core 5.14.0 427.13.1.el9_4
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel " "
        rpm_index
        chroot "$ROOT" rpm -i --replacefiles /srv/repo/kernel-devel-*.rpm
        chroot "$ROOT" rpm -e --justdb kernel-devel
        rm "$ROOT/usr/lib/modules/$RELEASE/build"
        fault11 --check
        is '.faults[0].cause' link-missing
        fault11
        exited 0
        is '.faults[0].steps[0].kind' reinstall-package
        is '.faults[0].steps[0].target' kernel-core
        fault11
        is .changed false
}

@test "link: nobody's, dangling or absent: made, and undone" {
        dpkg_setup
        local tree=$ROOT/usr/src/linux-headers-$RELEASE link=$ROOT/usr/lib/modules/$RELEASE/build
        headers_deb "$COPY" "$RELEASE"
        dpkg-deb -x "$COPY"/linux-headers-*.deb "$COPY/x"
        cp -a "$COPY"/x/usr/src "$ROOT/usr/"
        mkdir -p "$ROOT/usr/lib/modules/$RELEASE"
        fault11
        exited 0
        is '.faults[0].steps[0].kind' make-link
        [[ $(readlink "$link") == "/usr/src/linux-headers-$RELEASE" ]]
        repair_plain --undo "$(json .run)"
        exited 0
        [[ ! -L $link ]]
        ln -s /nowhere "$link"
        fault11
        exited 0
        repair_plain --undo "$(json .run)"
        [[ $(readlink "$link") == /nowhere ]]
        rm -rf "$tree/scripts"
        fault11 --check
        is '.faults[0].cause' headers-missing
}

@test "incomplete: an empty linker script, no objtool where the configuration runs it" {
        dpkg_setup
        repo_with_headers
        fault11
        exited 0
        local tree=$ROOT/usr/src/linux-headers-$RELEASE
        touch "$tree/scripts/module.lds"
        fault11 --check
        is '.faults[0].cause' headers-incomplete
        [[ $(json '.faults[0].why') == *scripts/module.lds* ]]
        echo "SECTIONS { }" >"$tree/scripts/module.lds"
        fault11 --check
        exited 0
        echo '#define CONFIG_OBJTOOL 1' >>"$tree/include/generated/autoconf.h"
        fault11 --check
        [[ $(json '.faults[0].why') == *tools/objtool/objtool* ]]
        mkdir -p "$tree/tools/objtool"
        touch "$tree/tools/objtool/objtool"
        fault11 --check
        exited 1
        echo x >"$tree/tools/objtool/objtool"
        fault11 --check
        exited 0
}

@test "incomplete: in depth, by the package's own verification" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks private mounts (run by make check-all)"
        live_copy
        COPY=$LIVE_AT ROOT=$LIVE RELEASE=9.9.9-1-amd64
        root_connector 1.24.1.1013
        repo_with_headers
        live dpkg -i /srv/repo/secep-test-kbuild_1.0-1_amd64.deb "/srv/repo/linux-headers-${RELEASE}_1.0-1_amd64.deb" >/dev/null
        live_fault11() {
                output=$(live /b/secep-repair --fault 11 --kernel "$RELEASE" --json "$@" 2>"$COPY/stderr") && status=0 || status=$?
        }
        live_fault11 --check --prove
        is '.faults[0].verdict' ok
        echo damaged >>"$LIVE/usr/src/linux-headers-$RELEASE/Module.symvers"
        live_fault11 --check
        is '.faults[0].verdict' ok
        live_fault11 --check --prove
        is '.faults[0].cause' headers-incomplete
        [[ $(json '.faults[0].why') == *Module.symvers* ]]
        live_drop
        unset ROOT COPY
}

@test "in vain: a reinstallation that helped nothing twice is not done a third time" {
        dpkg_setup
        repo_init
        plain_deb "$ROOT/srv/repo" secep-test-kbuild
        # shellcheck disable=SC2016
        headers_deb "$ROOT/srv/repo" "$RELEASE" secep-test-kbuild "rm -f /usr/src/linux-headers-$RELEASE/Module.symvers"
        repo_index
        fault11
        exited 1
        fault11
        exited 1
        is '.faults[0].steps[0].kind' reinstall-package
        fault11
        exited 1
        fault11
        exited 4
        is '.faults[0].verdict' blocked
        is '.faults[0].cause' headers-incomplete
        is .changed false
        [[ $(json '.faults[0].why') == *"did not help"* ]]
}
