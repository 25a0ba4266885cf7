#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The .rpm packages, in a root that has what the build host's sonames name; and the stand-in connector
# as a signed .rpm.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/rpms
load ../lib/signed

NAME=cisco-amp-scan-svc

setup_file() {
        export SECEP_LACKS=
        command -v rpmbuild >/dev/null || SECEP_LACKS="rpmbuild (tests/deps.sh package)"
        [[ -n $SECEP_LACKS ]] || make -s -C "$TOP" BUILD="$BUILD" rpm >"$BATS_FILE_TMPDIR/make" 2>&1 || {
                tail -n 30 "$BATS_FILE_TMPDIR/make" >&2
                return 1
        }
}

setup() {
        [[ -z $SECEP_LACKS ]] || skip "this machine lacks $SECEP_LACKS"
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks mounts of our own (SECEP_TEST_MOUNTS=private)"
        rpm_root
        mkdir "$ROOT/pk"
        cp "$BUILD"/packages/secep*.rpm "$ROOT/pk/"
        host_libraries
        mount -t proc proc "$ROOT/proc"
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/' "$ROOT/etc/login.defs"
        DEFS=$(sha256sum <"$ROOT/etc/login.defs")
}

teardown() {
        [[ -z ${ROOT:-} ]] || root_drop
        keys_end
}

# What our packages are linked with, copied, and a package that says so.
host_libraries() {
        local lib
        for lib in $(ldd "$BUILD"/secep-* "$BUILD"/plugins/*.so | sed -nE 's,^\s(.*=> )?(/[^ ]+) .*,\2,p' | sort -u); do
                [[ -e $ROOT$lib ]] || { mkdir -p "$ROOT${lib%/*}" && cp -L "$lib" "$ROOT$lib"; }
        done
        {
                rpm -qpR "$ROOT"/pk/*.rpm | grep -vE '^(secep|rpmlib|config)' | sort -u | sed 's/^/Provides: /'
                printf 'Provides: /bin/sh\n%%files\n/usr/share/host\n'
        } >"$COPY/spec.in"
        rpm_make "$ROOT/srv/repo" host 1 1 'mkdir -p %{buildroot}/usr/share/host'
        chroot "$ROOT" sh -c 'rpm -i /srv/repo/host-*.rpm'
}

inside() { chroot "$ROOT" sh -ec "$1"; }

@test "rpm: install, works, upgrade, reinstall, erase; nothing of ours is left" {
        inside 'rpm -i /pk/secep-0*.rpm /pk/secep-rpm-0*.rpm /pk/secep-bpf-0*.rpm /pk/secep-clamav-0*.rpm /pk/secep-kmod-source-0*.rpm'
        run inside 'secep-repair --fault 5 --check'
        echo "$output"
        [[ $status == 1 && $output == *scan-user* ]]
        inside 'echo ScanRestartLimit=5 >>/etc/secep/secep.conf; md5sum /etc/secep/secep.conf >/pk/sum
                rpm -U --replacepkgs /pk/secep-0*.rpm && md5sum -c /pk/sum'
        inside 'rpm -V secep --nomtime || rpm -V secep | grep "  c /etc/secep/secep.conf"'
        run inside 'rpm -e secep secep-rpm secep-bpf secep-clamav secep-kmod-source'
        echo "$output"
        [[ $status == 0 ]]
        run inside 'find / -xdev \( -path /pk -o -path /proc -o -path /dev -o -path /srv \) -prune -o -name "*secep*" -print'
        echo "$output"
        # what the operator changed stays, as rpm has it
        run grep -v -e '^/etc/secep$' -e '^/etc/secep/secep.conf.rpmsave$' <<<"$output"
        [[ -z $output ]]
}

@test "plain rpm -i of the connector is noticed and shows fault 5; secep-installer install keeps to login.defs" {
        inside 'rpm -i /pk/secep-0*.rpm /pk/secep-rpm-0*.rpm'
        "$TOP/tests/connector/pack.sh" rpm "$BUILD/tests/standin" "$ROOT/pk/connector.rpm"
        run inside 'rpm -i /pk/connector.rpm'
        echo "$output"
        [[ $status == 0 && $output == *"a check of the connector is queued; no systemd runs here"* ]]
        [[ -e $ROOT/var/lib/secep/pending/new/5 ]]
        run inside 'secep-repair --fault 5 --check'
        [[ $status == 1 ]]
        inside 'secep-repair --fault 5'
        inside "rpm -e ciscoampconnector; userdel $NAME 2>/dev/null || :; groupdel $NAME 2>/dev/null || :"
        [[ $(sha256sum <"$ROOT/etc/login.defs") == "$DEFS" ]]

        # signed, by the one key
        keys_begin
        echo "VendorKey=$(key_make vendor)" >"$ROOT/etc/secep/secep.conf"
        cp "$KEYS/vendor.gpg" "$ROOT/etc/secep/vendor-key.gpg"
        run inside 'secep-installer install /pk/connector.rpm'
        [[ $status == 2 && $output == *"the package is not signed"* ]]
        rpm_sign "$ROOT/pk/connector.rpm" vendor
        cp "$ROOT/pk/connector.rpm" "$ROOT/pk/cut.rpm"
        truncate -s -10 "$ROOT/pk/cut.rpm"
        run inside 'secep-installer install /pk/cut.rpm'
        [[ $status == 2 && $output == *"cut off"* ]]
        # a byte of the contents, which the header's digest covers
        cp "$ROOT/pk/connector.rpm" "$ROOT/pk/bent.rpm"
        printf XX | dd of="$ROOT/pk/bent.rpm" bs=1 seek=$(($(stat -c %s "$ROOT/pk/bent.rpm") - 60)) conv=notrunc status=none
        run inside 'secep-installer install /pk/bent.rpm'
        echo "$output"
        [[ $status == 2 && $output == *"does not match its digest"* ]]
        run inside 'secep-installer install /pk/connector.rpm'
        echo "$output"
        grep -q "^$NAME:" "$ROOT/etc/passwd"
        grep -q "^$NAME:" "$ROOT/etc/group"
        [[ $(sha256sum <"$ROOT/etc/login.defs") == "$DEFS" ]]
        inside 'rpm -q ciscoampconnector'
}
