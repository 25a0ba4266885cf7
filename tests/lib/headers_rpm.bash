# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on an rpm root: $ROOT, its repository, and the question about $RELEASE.
# shellcheck shell=bash
load ../lib/roots
load ../lib/packages
load ../lib/rpms

setup() {
        rpm_root
        root_connector 1.24.1.1013
}

teardown() {
        [[ -z ${HOLDER:-} ]] || kill "$HOLDER" 2>/dev/null || true
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}

repo_with_devel() {
        rpm_dep "$ROOT/srv/repo"
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "${1:-}"
        rpm_index
}

# SUSE: dnf is not there, and the package's release has a suffix that uname -r lacks.
zypper_root() {
        rm "$ROOT"/usr/bin/dnf*
        printf 'ID="sles"\nID_LIKE="suse"\nVERSION_ID="15.5"\n' >"$ROOT/etc/os-release"
        mkdir -p "$ROOT/etc/zypp/repos.d"
        printf '[test]\nname=test\nbaseurl=%s\nenabled=1\ngpgcheck=0\n' "${1:-file:///srv/repo}" >"$ROOT/etc/zypp/repos.d/test.repo"
        RELEASE=5.14.21-150500.55.73-default
}

# kernel-default-devel of VERSION-RELEASE, whose tree is that of $RELEASE.
suse_headers() { # DIR PACKAGE-RELEASE
        local tree="%{buildroot}/usr/src/linux-obj" modules="%{buildroot}/usr/lib/modules/$RELEASE"
        printf 'Requires: secep-test-dep\n%%files\n/usr\n' >"$COPY/spec.in"
        rpm_make "$1" kernel-default-devel 5.14.21 "$2" "mkdir -p $tree/include/generated $tree/scripts/mod $modules
echo '#define UTS_RELEASE \"$RELEASE\"' >$tree/include/generated/utsrelease.h
echo '#define CONFIG_X86_64 1' >$tree/include/generated/autoconf.h
echo x | tee $tree/Makefile $tree/Module.symvers >$tree/scripts/mod/modpost
ln -s /usr/src/linux-obj $modules/build"
}
