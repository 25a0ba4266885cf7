#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Which files of --offline are taken on an rpm root: those signed by a key that rpm's keyring has, and those whose
# sums the operator gives.
load ../lib/headers_rpm
load ../lib/signed

teardown() {
        keys_end
        root_drop
}

refused() { # WORDS
        local mode
        for mode in --plan ""; do
                # shellcheck disable=SC2086
                fault11 --offline "$COPY/rpms" "${SUMS[@]}" $mode
                exited 1
                [[ $(json '.faults[0].why') == *"$1"* ]] || { json '.faults[0].why' && return 1; }
        done
        [[ $(snapshot_rpms | grep -v gpg-pubkey) == "$BEFORE" && ! -e $ROOT/usr/src/kernels ]]
}

@test "signed by a key of rpm's keyring: taken; unsigned, by a key it has not, changed: refused" {
        SUMS=()
        mkdir "$COPY/rpms"
        rpm_dep "$COPY/rpms"
        rpm_headers "$COPY/rpms" "$RELEASE" kernel-devel
        rm "$ROOT/etc/yum.repos.d/test.repo"
        BEFORE=$(snapshot_rpms)
        refused "no key in rpm's keyring vouches for it"
        keys_begin
        key_make vendor >/dev/null
        for file in "$COPY"/rpms/*.rpm; do rpm_sign "$file" vendor; done
        refused "no key in rpm's keyring vouches for it"
        key_gpg "" --armor --export vendor@example.org >"$ROOT/etc/vendor.asc"
        timeout 60 chroot "$ROOT" rpm --import /etc/vendor.asc
        fault11 --offline "$COPY/rpms" --plan
        is '.faults[0].steps[0].kind' install-package
        # a byte of the payload, which the header's signature says nothing of
        cp -r "$COPY/rpms" "$COPY/good"
        python3 -c 'import sys; f = open(sys.argv[1], "r+b"); f.seek(-40, 2); b = f.read(1); f.seek(-40, 2); f.write(bytes([b[0] ^ 255]))' "$COPY"/rpms/kernel-devel*.rpm
        refused "no key in rpm's keyring vouches for it"
        rm -r "$COPY/rpms"
        mv "$COPY/good" "$COPY/rpms"
        # another package of the same name, signed by nobody
        rm "$COPY"/rpms/kernel-devel*
        rpm_headers "$COPY/rpms" "$RELEASE" kernel-devel
        refused "no key in rpm's keyring vouches for it"
        rpm_sign "$(echo "$COPY"/rpms/kernel-devel*)" vendor
        fault11 --offline "$COPY/rpms"
        exited 0
        is .changed true
}

@test "no key: the operator's sums; a changed file and a stranger they do not name" {
        mkdir "$COPY/rpms"
        rpm_dep "$COPY/rpms"
        rpm_headers "$COPY/rpms" "$RELEASE" kernel-devel
        rm "$ROOT/etc/yum.repos.d/test.repo"
        BEFORE=$(snapshot_rpms)
        sums_make "$COPY/rpms"
        SUMS=(--offline-sums "$COPY/sums")
        rpm_headers "$COPY/rpms" 5.14.0-503.1.1.el9_5.x86_64 kernel-devel
        refused "kernel-devel-5.14.0-503.1.1.el9_5.x86_64.rpm: no key"
        rm "$COPY"/rpms/kernel-devel-5.14.0-503*
        printf x >>"$(echo "$COPY"/rpms/kernel-devel*)"
        refused "not the file that --offline-sums names"
        rm "$COPY"/rpms/kernel-devel*
        rpm_headers "$COPY/rpms" "$RELEASE" kernel-devel
        sums_make "$COPY/rpms"
        fault11 --offline "$COPY/rpms" --offline-sums "$COPY/sums"
        exited 0
}
