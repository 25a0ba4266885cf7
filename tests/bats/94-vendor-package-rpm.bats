#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# secep-installer install FILE on a host that rpm keeps: what is refused, and the stand-in connector as
# a signed .rpm.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/rpms
load ../lib/signed
load ../lib/ourpackages

NAME=cisco-amp-scan-svc

setup_file() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || return 0
        pack "$BATS_FILE_TMPDIR/plain.rpm"
        keys_begin
        export FPR
        FPR=$(key_make vendor)
        cp "$BATS_FILE_TMPDIR/plain.rpm" "$BATS_FILE_TMPDIR/signed.rpm"
        rpm_sign "$BATS_FILE_TMPDIR/signed.rpm" vendor
}

teardown_file() { keys_end; }

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make check)"
        rpm_root
        make -s -C "$TOP" BUILD="$BUILD" DESTDIR="$ROOT" install
        rpm_host_libraries "$ROOT/srv/repo"
        inside rpm -i /srv/repo/host-libraries-1-1.x86_64.rpm
        mkdir -p "$ROOT/etc/secep"
        cp "$KEYS/vendor.gpg" "$ROOT/etc/secep/vendor-key.gpg"
        echo "VendorKey=$FPR" >"$ROOT/etc/secep/secep.conf"
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/' "$ROOT/etc/login.defs"
        cp "$ROOT/etc/login.defs" "$COPY/login.defs"
        RPM=$ROOT/srv/connector.rpm
}

teardown() { root_drop; }

pack() { # FILE [VARIABLE=VALUE...]
        env "${@:2}" "$TOP/tests/connector/pack.sh" rpm "$BUILD/tests/standin" "$1"
}

state() {
        cat "$ROOT"/etc/{passwd,group,login.defs} | sha256sum
        inside rpm -qa | sort
        ls -d "$ROOT/opt/cisco" 2>/dev/null || :
}

# Refused with status 2, this sentence, a line do:, and nothing changed.
refused() {
        local before
        before=$(state)
        run inside timeout 300 secep-installer install /srv/connector.rpm
        echo "$output"
        [[ $status == 2 && $output == *"$1"* && $output == *"  do: "* ]]
        [[ $(state) == "$before" ]]
}

@test "no signature, cut off, changed, another's key: refused, each by its name" {
        cp "$BATS_FILE_TMPDIR/plain.rpm" "$RPM"
        refused "the package is not signed"
        cp "$BATS_FILE_TMPDIR/signed.rpm" "$RPM"
        truncate -s -100 "$RPM"
        refused "cut off"
        # in the header, and in the contents
        local size
        size=$(stat -c %s "$BATS_FILE_TMPDIR/signed.rpm")
        cp "$BATS_FILE_TMPDIR/signed.rpm" "$RPM"
        sed -i 's/stand-in connector of the tests/STAND-IN connector of the tests/' "$RPM"
        refused "changed after it was signed"
        cp "$BATS_FILE_TMPDIR/signed.rpm" "$RPM"
        printf '\377\376\375' | dd of="$RPM" bs=1 seek="$((size - 50))" conv=notrunc status=none
        refused "does not match its digest"
        key_make other >/dev/null
        cp "$BATS_FILE_TMPDIR/plain.rpm" "$RPM"
        rpm_sign "$RPM" other
        refused "which the key file does not hold"
        cat "$KEYS/other.gpg" >>"$ROOT/etc/secep/vendor-key.gpg"
        refused "and VendorKey= is $FPR"
        # rpm itself would take it from now on: its keyring is no license
        gpg --armor --export other@example.org >"$ROOT/srv/other.asc"
        inside rpm --import /srv/other.asc
        refused "and VendorKey= is $FPR"
        rm "$ROOT/etc/secep/secep.conf"
        refused "names no fingerprint"
}

@test "a key that expired is a warning, a signature made after it a refusal" {
        local fpr
        fpr=$(key_make old 20200101T000000 1y)
        cp "$KEYS/old.gpg" "$ROOT/etc/secep/vendor-key.gpg"
        echo "VendorKey=$fpr" >"$ROOT/etc/secep/secep.conf"
        cp "$BATS_FILE_TMPDIR/plain.rpm" "$RPM"
        rpm_sign "$RPM" old 20200601T000000
        run inside timeout 300 secep-installer preflight /srv/connector.rpm
        echo "$output"
        [[ $(tr -s ' \n' ' ' <<<"$output") == *"ciscoampconnector 1.26.0-1"*"the key expired on 2020-12-31; the signature was made before that, on 2020-06-01"* ]]
        # as for the .deb: signed with a key of a longer life, judged by the copy that ended
        key_gpg "" --quick-set-expire "$fpr" 20y
        cp "$BATS_FILE_TMPDIR/plain.rpm" "$RPM"
        rpm_sign "$RPM" old 20220601T000000
        refused "after its key expired on 2020-12-31"
}

# FILE: a signature of $RPM's header by NAME.
header_sign() { # NAME FILE [WHEN]
        rpm_header "$RPM" >"$KEYS/header"
        key_gpg "${3:-}" -u "$1@example.org" --detach-sign -o "$KEYS/$2" "$KEYS/header"
}

@test "two signatures, an empty one, one of a day to come, one of another package: refused" {
        local tags
        key_make other >/dev/null
        cp "$BATS_FILE_TMPDIR/plain.rpm" "$RPM"
        header_sign vendor good
        header_sign other others
        header_sign vendor early 20990101T000000
        cat "$KEYS/good" "$KEYS/others" >"$KEYS/both"
        cat "$KEYS/others" "$KEYS/good" >"$KEYS/both-turned"
        cd "$KEYS"
        for tags in 267=others:268=good 268=good:267=others 268=good:268=good; do
                rpm_signatures "$RPM" "${tags%:*}" "${tags#*:}"
                refused "the package has more than one signature"
        done
        for tags in both both-turned; do
                rpm_signatures "$RPM" 268="$tags"
                refused "the package has more than one signature"
        done
        rpm_signatures "$RPM"
        refused "the package is not signed"
        : >"$KEYS/none"
        rpm_signatures "$RPM" 268=none
        refused "the package is not signed"
        rpm_signatures "$RPM" 268=early
        refused "the signature was made on 2099-01-01, and the host's clock is before that"
        pack "$KEYS/next.rpm" STANDIN_VERSION=1.27.0.1
        cp "$KEYS/next.rpm" "$RPM"
        rpm_signatures "$RPM" 268=good
        refused "changed after it was signed"
        # the same way with the right one: the connector
        cp "$BATS_FILE_TMPDIR/plain.rpm" "$RPM"
        rpm_signatures "$RPM" 268=good
        run inside timeout 300 secep-installer preflight /srv/connector.rpm
        echo "$output"
        [[ $output == *"ciscoampconnector 1.26.0-1"* ]]
}

@test "another package, another architecture, another distribution, a .deb: refused" {
        local what
        for what in "STANDIN_NAME=hello:the package is hello, not the connector ciscoampconnector" \
                "STANDIN_ARCH=aarch64:for the architecture aarch64" \
                "STANDIN_VERSION=1.26.0.el7:the package is for RHEL 7, and this host is rhel 9.4" \
                "STANDIN_VERSION=1.26.0.1_el8:the package is for RHEL 8" "STANDIN_VERSION=1.26.0.fc40:the package is for Fedora 40"; do
                pack "$RPM" "${what%%:*}"
                rpm_sign "$RPM" vendor
                refused "${what#*:}"
        done
        "$TOP/tests/connector/pack.sh" deb "$BUILD/tests/standin" "$RPM"
        deb_sign "$RPM" vendor
        refused "the package is a .deb, and this host's package system is not dpkg"
}

@test "a system that runs from an image, ostree or a read-only /usr: refused" {
        cp "$BATS_FILE_TMPDIR/signed.rpm" "$RPM"
        touch "$ROOT/run/ostree-booted"
        refused "this system runs from an image"
        rm "$ROOT/run/ostree-booted"
        mount --bind "$ROOT/usr" "$ROOT/usr"
        mount -o remount,ro,bind "$ROOT/usr"
        refused "this system runs from an image"
        umount "$ROOT/usr"
}

@test "install: user and group made by its own scriptlet, login.defs as it was; reinstall, upgrade, remove" {
        cp "$BATS_FILE_TMPDIR/signed.rpm" "$RPM"
        run inside timeout 300 secep-installer install /srv/connector.rpm
        echo "$output"
        [[ $output == *"ciscoampconnector 1.26.0-1 is the connector for this host"* ]]
        grep -q "^$NAME:" "$ROOT/etc/passwd"
        grep -q "^$NAME:" "$ROOT/etc/group"
        cmp "$ROOT/etc/login.defs" "$COPY/login.defs"
        inside rpm -V ciscoampconnector
        inside secep-repair --fault 5 --check
        echo '<config><agent><uuid>6a</uuid></agent></config>' >"$ROOT/opt/cisco/amp/etc/local.xml"
        run inside timeout 300 secep-installer reinstall /srv/connector.rpm
        [[ $output == *"local.xml is as it was"* ]]
        pack "$RPM" STANDIN_VERSION=1.27.0.1
        rpm_sign "$RPM" vendor
        run inside timeout 300 secep-installer upgrade /srv/connector.rpm
        [[ $(inside rpm -q --qf '%{VERSION}' ciscoampconnector) == 1.27.0 ]]
        inside secep-installer remove
        run ! inside rpm -q ciscoampconnector
        grep -q "^$NAME:" "$ROOT/etc/passwd"
        inside secep-installer remove --purge-toolkit
        run ! grep -q "^$NAME:" "$ROOT/etc/passwd" "$ROOT/etc/group"
}
