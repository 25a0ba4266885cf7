#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Packs the stand-in connector: pack.sh deb|rpm PROGRAMS-DIR OUTPUT. The scriptlets call plain
# useradd, as the vendor's do.
set -euo pipefail
kind=$1 programs=$2 output=$(realpath -m "$3")
here=$(cd "$(dirname "$0")" && pwd)
# Another name, version or architecture, for what has to be refused.
name=${STANDIN_NAME:-ciscoampconnector}
version=${STANDIN_VERSION:-1.26.0.1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tree() {
        local top=$1 p
        mkdir -p "$top"/opt/cisco/amp/{bin,etc,clamav} "$top"/lib/systemd/system "$top"/var/log/cisco
        chmod 0755 "$top"/opt/cisco{,/amp{,/bin,/etc,/clamav}}
        for p in ampdaemon ampscansvc ampcli; do
                install -m 0755 "$programs/$p" "$top/opt/cisco/amp/bin/$p"
        done
        printf '<?xml version="1.0"?>\n<config><agent><version>%s</version></agent></config>\n' "$version" \
                >"$top/opt/cisco/amp/etc/global.xml"
        echo 'Standin.Test.File:0:*:64656164626565662d7365636570' >"$top/opt/cisco/amp/clamav/standin.ndb"
        install -m 0644 "$here/cisco-amp.service" "$here/ciscoamp.slice" "$top/lib/systemd/system/"
}

account='getent passwd cisco-amp-scan-svc >/dev/null || useradd -r cisco-amp-scan-svc
touch /var/log/cisco/ampscansvc.log
chown cisco-amp-scan-svc /var/log/cisco/ampscansvc.log || true
systemctl enable cisco-amp.service >/dev/null 2>&1 || true'

pack_deb() {
        tree "$work/deb"
        mkdir "$work/deb/DEBIAN"
        printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: tests <root@localhost>\nDepends: passwd\nDescription: stand-in connector of the tests\n' \
                "$name" "$version" "${STANDIN_ARCH:-$(dpkg --print-architecture)}" >"$work/deb/DEBIAN/control"
        printf '#!/bin/sh\n%s\n' "$account" >"$work/deb/DEBIAN/postinst"
        chmod 0755 "$work/deb/DEBIAN/postinst"
        (cd "$work/deb" && find opt lib -type f -exec md5sum {} + >DEBIAN/md5sums)
        dpkg-deb --root-owner-group -Zgzip -b "$work/deb" "$output" >/dev/null
}

pack_rpm() {
        tree "$work/tree"
        cat >"$work/connector.spec" <<SPEC
Name: $name
Version: ${version%.*}
Release: ${version##*.}
Summary: stand-in connector of the tests
License: GPL-2.0-or-later
AutoReqProv: no
%description
Stand-in connector of the tests.
%install
cp -a $work/tree/. %{buildroot}/
%files
%dir %attr(0755,root,root) /opt/cisco
%attr(-,root,root) /opt/cisco/amp
%attr(-,root,root) /lib/systemd/system/*
%dir %attr(0755,root,root) /var/log/cisco
%post
$account
SPEC
        rpmbuild -bb --quiet --target "${STANDIN_ARCH:-$(uname -m)}" --define "_topdir $work/rpm" --define "_build_id_links none" \
                --define "__os_install_post %{nil}" "$work/connector.spec"
        cp "$work"/rpm/RPMS/*/*.rpm "$output"
}

mkdir -p "$(dirname "$output")"
"pack_$kind"
