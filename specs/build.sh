#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# build.sh deb|rpm BUILD VERSION [SUITE]: packages of BUILD/secep-VERSION.tar.gz into BUILD/packages/.
# The tests run only where DEB_BUILD_OPTIONS lacks nocheck, which is its default here: `make check` is there for them.
set -euo pipefail
# A make that called this one would hand its BUILD on, and a package's clean would empty it.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL BUILD
kind=$1 version=$3 suite=${4:-}
build=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib/roots.bash
. "$here/../tests/lib/roots.bash"
tarball=$build/secep-$version.tar.gz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$build/packages"

unpack() {
        tar -xzf "$tarball" -C "$1"
        cp "$tarball" "$1/secep_$version.orig.tar.gz"
}

build_deb() {
        unpack "$work"
        (cd "$work/secep-$version" &&
                DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS-nocheck parallel=$(nproc)} dpkg-buildpackage -b -us -uc)
        cp "$work"/secep*_"$version"*.{deb,changes,buildinfo} "$build/packages/"
        cp "$work/secep-$version/build/secep.cdx.json" "$build/packages/secep_$version.deb.cdx.json"
}

# In a root of that suite, from the mirror this machine uses, which apt fills with what debian/control asks for.
build_deb_in_root() {
        local root=$work/root options
        mapfile -t options < <(root_apt_options)
        root_mirror "$suite" | mmdebstrap --variant=buildd "${options[@]}" "$suite" "$root" -
        mkdir "$root/build"
        unpack "$root/build"
        # A recipe's <() is in /dev/fd, and that below /proc.
        # shellcheck disable=SC2016
        unshare --mount --propagation private --pid --fork --kill-child \
                sh -ec 'mount -t proc proc "$0/proc" && exec chroot "$0" env "$@"' "$root" \
                DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-nocheck parallel=$(nproc)}" sh -ec "
                        cd /build/secep-$version
                        apt-get -qq update
                        apt-get -qq -y --no-install-recommends build-dep .
                        dpkg-buildpackage -b -us -uc"
        mkdir -p "$build/packages/$suite"
        cp "$root"/build/secep*_"$version"*.{deb,changes,buildinfo} "$build/packages/$suite/"
        cp "$root/build/secep-$version/build/secep.cdx.json" "$build/packages/$suite/secep_$version.deb.cdx.json"
}

# Build requirements are looked up only where rpm keeps the host. The time in the packages is that of
# the last commit, which is the tarball's. --noclean: the list of what is linked is taken from the build.
build_rpm() {
        local nodeps=()
        [[ -z $(rpm -qa 2>/dev/null | head -1) ]] && nodeps=(--nodeps)
        mkdir -p "$work"/{SOURCES,SPECS}
        cp "$tarball" "$work/SOURCES/"
        cp "$here/secep.spec" "$work/SPECS/"
        SOURCE_DATE_EPOCH=$(stat -c %Y "$(tar -xzf "$tarball" -C "$work" "secep-$version/README.md" && echo "$work/secep-$version/README.md")") \
                rpmbuild -bb --noclean "${nodeps[@]}" --define "_topdir $work" --define "_buildhost localhost" \
                --define "use_source_date_epoch_as_buildtime 1" \
                --define "clamp_mtime_to_source_date_epoch 1" "$work/SPECS/secep.spec"
        cp "$work"/RPMS/*/*.rpm "$build/packages/"
        cp "$work/BUILD/secep-$version/build/secep.cdx.json" "$build/packages/secep_$version.rpm.cdx.json"
}

# The same tarball gives the same packages: nothing is built twice.
stamp=$build/packages/.$kind${suite:+-$suite}
digest=$(sha256sum <"$tarball")
if [[ $(cat "$stamp" 2>/dev/null) != "$digest" ]]; then
        rm -f "$stamp"
        if [[ $kind == deb && -n $suite ]]; then
                build_deb_in_root
        else
                "build_$kind"
        fi
        echo "$digest" >"$stamp"
fi
ls "$build/packages"
