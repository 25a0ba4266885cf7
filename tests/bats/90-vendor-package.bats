#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# secep-installer install FILE: what is refused, and the stand-in connector as a signed .deb, on a copy
# of this machine.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/live
load ../lib/signed

NAME=cisco-amp-scan-svc

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks mounts of our own (SECEP_TEST_MOUNTS=private)"
        live_copy
        keys_begin
        FPR=$(key_make vendor)
        mkdir -p "$LIVE/etc/secep" "$LIVE/srv"
        cp "$KEYS/vendor.gpg" "$LIVE/etc/secep/vendor-key.gpg"
        echo "VendorKey=$FPR" >"$LIVE/etc/secep/secep.conf"
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB\tno/' "$LIVE/etc/login.defs"
        DEFS=$(sha256sum <"$LIVE/etc/login.defs")
        DEB=$LIVE/srv/connector.deb
}

teardown() {
        live_drop
        keys_end
}

pack() { # [VARIABLE=VALUE...]
        env "$@" "$TOP/tests/connector/pack.sh" deb "$BUILD/tests/standin" "$DEB"
}

# What an installation may have changed.
state() {
        cat "$LIVE"/etc/{passwd,group,login.defs} "$LIVE/var/lib/dpkg/status" | sha256sum
        ls -d "$LIVE/opt/cisco" 2>/dev/null || :
}

# Refused with status 2, this sentence, a line do:, and nothing changed.
refused() {
        local before
        before=$(state)
        run live timeout 300 /b/secep-installer install /srv/connector.deb
        echo "$output"
        [[ $status == 2 && $output == *"$1"* && $output == *"  do: "* ]]
        [[ $(state) == "$before" ]]
}

@test "not a package, a FIFO, a package without signature, cut off, changed: refused, each by its name" {
        echo hello >"$DEB"
        refused "neither a .deb nor a .rpm"
        rm "$DEB" && mkfifo "$DEB"
        refused "not a regular file"
        rm "$DEB" && truncate -s 600M "$DEB"
        refused "more than the"
        rm "$DEB" && pack
        refused "the package is not signed"
        deb_sign "$DEB" vendor
        cp "$DEB" "$KEYS/good.deb"
        truncate -s -100 "$DEB"
        refused "cut off"
        cp "$KEYS/good.deb" "$DEB"
        # one byte of the contents
        printf X | dd of="$DEB" bs=1 seek=700 conv=notrunc status=none
        refused "changed after it was signed"
}

@test "a member the signature does not cover is refused" {
        pack
        deb_sign "$DEB" vendor
        cp "$DEB" "$KEYS/data.tar.gz"
        (cd "$KEYS" && ar q "$DEB" data.tar.gz 2>/dev/null)
        refused "has a part data.tar.gz"
}

@test "another's key, another fingerprint, none configured: refused" {
        key_make other >/dev/null
        pack
        deb_sign "$DEB" other
        refused "which the key file does not hold"
        cat "$KEYS/other.gpg" >>"$LIVE/etc/secep/vendor-key.gpg"
        refused "is signed with key $(gpg --with-colons --list-keys other@example.org | awk -F: '/^fpr/ { print $10; exit }'), and VendorKey= is $FPR"
        rm "$LIVE/etc/secep/secep.conf"
        refused "names no fingerprint"
}

@test "a key that expired is a warning, a signature made after it a refusal" {
        FPR=$(key_make old 20200101T000000 1y)
        cp "$KEYS/old.gpg" "$LIVE/etc/secep/vendor-key.gpg"
        echo "VendorKey=$FPR" >"$LIVE/etc/secep/secep.conf"
        pack
        deb_sign "$DEB" old 20200601T000000
        run live timeout 300 /b/secep-installer preflight /srv/connector.deb
        echo "$output"
        [[ $(tr -s ' \n' ' ' <<<"$output") == *"ciscoampconnector 1.26.0.1"*"the key expired on 2020-12-31; the signature was made before that, on 2020-06-01"* ]]
        # the signature as it would be had the key been used once more: gpg itself refuses to, so the key
        # is given a longer life to sign with, and the vendor's old copy of it is what is trusted
        key_gpg "" --quick-set-expire "$FPR" 20y
        pack
        deb_sign "$DEB" old 20220601T000000
        refused "after its key expired on 2020-12-31"
}

# The package's parts in $KEYS/parts, packed again from those named.
parts() { # NAME...
        rm -f "$DEB"
        (cd "$KEYS/parts" && ar qS "$DEB" "$@" 2>/dev/null)
}

deb_sign_again() { # [WHEN]
        rm "$KEYS/parts/_gpgorigin"
        (cd "$KEYS/parts" && cat debian-binary control.tar.gz data.tar.gz >whole)
        key_gpg "${1:-}" -u vendor@example.org --detach-sign -o "$KEYS/parts/_gpgorigin" "$KEYS/parts/whole"
        parts debian-binary control.tar.gz data.tar.gz _gpgorigin
}

@test "two signatures, a part twice, missing or empty, a signature of a day to come: refused" {
        local sound=(debian-binary control.tar.gz data.tar.gz)
        key_make other >/dev/null
        pack
        mkdir "$KEYS/parts"
        (cd "$KEYS/parts" && ar x "$DEB" && cat "${sound[@]}" >whole)
        key_gpg "" -u vendor@example.org --detach-sign -o "$KEYS/parts/_gpgorigin" "$KEYS/parts/whole"
        key_gpg "" -u other@example.org --detach-sign -o "$KEYS/parts/others" "$KEYS/parts/whole"
        parts "${sound[@]}" _gpgorigin
        run live timeout 300 /b/secep-installer preflight /srv/connector.deb
        [[ $output == *"ciscoampconnector 1.26.0.1"* ]]
        parts "${sound[@]}" _gpgorigin _gpgorigin
        refused "more than one signature"
        cp "$KEYS/parts/_gpgorigin" "$KEYS/parts/good"
        cat "$KEYS/parts/"{others,good} >"$KEYS/parts/_gpgorigin"
        parts "${sound[@]}" _gpgorigin
        refused "more than one signature"
        cat "$KEYS/parts/"{good,others} >"$KEYS/parts/_gpgorigin"
        parts "${sound[@]}" _gpgorigin
        refused "more than one signature"
        cp "$KEYS/parts/good" "$KEYS/parts/_gpgorigin"
        parts debian-binary control.tar.gz control.tar.gz data.tar.gz _gpgorigin
        refused "has a part control.tar.gz"
        parts debian-binary data.tar.gz control.tar.gz _gpgorigin
        refused "no data.tar in it"
        parts debian-binary control.tar.gz _gpgorigin
        refused "no data.tar in it"
        parts "${sound[@]}" _gpgorigin
        deb_sign_again 20990101T000000
        refused "the signature was made on 2099-01-01, and the host's clock is before that"
        : >"$KEYS/parts/_gpgorigin"
        parts "${sound[@]}" _gpgorigin
        refused "is not signed"
        : >"$KEYS/parts/control.tar.gz"
        deb_sign_again
        refused "an empty part control.tar.gz"
        # signed by the vendor, and dpkg can nothing with it
        echo no archive >"$KEYS/parts/control.tar.gz"
        deb_sign_again
        refused "dpkg-deb"
}

@test "another package, another architecture, another distribution, a .rpm: refused" {
        pack STANDIN_NAME=hello
        deb_sign "$DEB" vendor
        refused "the package is hello, not the connector ciscoampconnector"
        pack STANDIN_ARCH=s390x
        deb_sign "$DEB" vendor
        refused "for the architecture s390x"
        pack STANDIN_VERSION=1.26.0.1~deb99
        deb_sign "$DEB" vendor
        refused "the package is for Debian 99, and this host is debian"
        "$TOP/tests/connector/pack.sh" rpm "$BUILD/tests/standin" "$DEB"
        rpm_sign "$DEB" vendor
        refused "the package is a .rpm, and this host's package system is not rpm"
}

@test "install: user and group made by its own scriptlet, login.defs as it was; reinstall keeps the GUID; remove" {
        pack
        deb_sign "$DEB" vendor
        run live timeout 300 /b/secep-installer install /srv/connector.deb
        echo "$output"
        [[ $output == *"ciscoampconnector 1.26.0.1 is the connector for this host"* ]]
        grep -q "^$NAME:" "$LIVE/etc/passwd"
        grep -q "^$NAME:" "$LIVE/etc/group"
        [[ $(sha256sum <"$LIVE/etc/login.defs") == "$DEFS" ]]
        live dpkg -s ciscoampconnector | grep '^Status: install ok installed'
        run live /b/secep-repair --fault 5 --check
        [[ $status == 0 ]]

        echo '<config><agent><uuid>6a</uuid></agent></config>' >"$LIVE/opt/cisco/amp/etc/local.xml"
        run live timeout 300 /b/secep-installer reinstall /srv/connector.deb
        echo "$output"
        [[ $output == *"local.xml is as it was"* ]]

        run ! live /b/secep-installer remove --no-such
        run live /b/secep-installer remove
        echo "$output"
        [[ $status == 0 ]]
        run ! live dpkg -s ciscoampconnector
        grep -q "^$NAME:" "$LIVE/etc/passwd"
        rm -rf "$LIVE/var/lib/secep"                    # no log of any run
        run live /b/secep-installer remove --purge-toolkit
        echo "$output"
        [[ $status == 0 ]]
        run ! grep -q "^$NAME:" "$LIVE/etc/passwd" "$LIVE/etc/group"
}

@test "plain dpkg -i: fault 5, which secep-repair clears" {
        pack
        live dpkg -i /srv/connector.deb
        run live /b/secep-repair --fault 5 --check
        [[ $status == 1 ]]
        run live /b/secep-repair --fault 5
        [[ $status == 0 ]]
        grep -q "^$NAME:" "$LIVE/etc/group"
}
