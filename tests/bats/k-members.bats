#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Members of the kinds of tests/kinds.md that have no file of their own.
load ../lib/roots
load ../lib/packages

teardown() {
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}

@test "K2: a name that is only a guess is told as one; what Debian's own package says is none" {
        root_copy small
        root_connector 1.24.1.1013
        repo_with_headers
        RELEASE=5.10.104-tegra
        fault11 --plan
        is '.faults[0].cause' package-gone
        [[ $(json '.faults[0].notes[]') == *"no installed package says what the headers of kernel $RELEASE are called"*"linux-headers-$RELEASE"* ]]
        printf 'Package: linux-image-%s\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nMaintainer: tests <t@example.invalid>\nDescription: t\n\n' \
                "$RELEASE" >>"$ROOT/var/lib/dpkg/status"
        printf '/.\n/boot\n/boot/vmlinuz-%s\n' "$RELEASE" >"$ROOT/var/lib/dpkg/info/linux-image-$RELEASE.list"
        mkdir -p "$ROOT/boot"
        touch "$ROOT/boot/vmlinuz-$RELEASE"
        fault11 --plan
        is '.faults[0].cause' package-gone
        [[ $(json '.faults[0].notes[]') != *"no installed package says"* ]]
}

@test "K3: a hold is there after an installation and its undo, and what was held since stays" {
        local run
        root_copy small
        root_connector 1.24.1.1013
        repo_with_headers
        chroot "$ROOT" apt-mark hold passwd >/dev/null
        fault11
        exited 0
        run=$(json .run)
        [[ $(chroot "$ROOT" apt-mark showhold) == passwd ]]
        repair_plain --undo "$run"
        exited 0
        [[ $(chroot "$ROOT" apt-mark showhold) == passwd ]]
        fault11
        exited 0
        run=$(json .run)
        chroot "$ROOT" apt-mark hold "linux-headers-$RELEASE" >/dev/null
        repair_plain --undo "$run"
        [[ $status != 0 && $output$stderr_text == *"linux-headers-$RELEASE is on hold"* ]]
        snapshot_packages | grep -q "^linux-headers-$RELEASE "
        chroot "$ROOT" apt-mark unhold "linux-headers-$RELEASE" >/dev/null
        repair_plain --undo "$run"
        exited 0
        [[ $(snapshot_packages) != *linux-headers-* ]]
}

@test "K6: an ACL on the way refuses the account, or lets it in" {
        command -v setfacl >/dev/null || skip "this machine lacks setfacl (package acl)"
        root_tiny
        root_connector
        healthy_account
        setfacl -m u:998:--- "$ROOT/opt" || skip "the file system of $ROOT has no ACLs"
        repair --fault 5 --check
        exited 4
        is '.faults[0].cause' directory-unreachable
        [[ $(json '.faults[0].why') == *"refused at /opt,"* ]]
        setfacl -b "$ROOT/opt"
        repair --fault 5 --check
        exited 0
        chmod 0750 "$ROOT/opt"
        setfacl -m u:998:r-x "$ROOT/opt"
        repair --fault 5 --check
        exited 0
}

@test "K9: 7 of a root that stands still is not asked in a look, and no mode says ok meanwhile" {
        root_tiny
        root_connector
        mkdir "$ROOT/opt/cisco/amp/clamav"
        printf '\x7fELF' >"$ROOT/opt/cisco/amp/bin/ampscansvc"
        chmod 0755 "$ROOT/opt/cisco/amp/bin/ampscansvc"
        printf '%-512sbody' "ClamAV-VDB:28 Nov 2026 00-00 +0000:1:1:90:dd70f11b3a001e90a9774c346040db92:x:t:1795824000" >"$ROOT/opt/cisco/amp/clamav/main.cvd"
        repair --fault 7 --check
        exited 3
        is '.faults[0].verdict' not-asked
        repair --all --check
        is '.faults[] | select(.id == 7).verdict' not-asked
        local mode
        for mode in "--check --prove" --plan; do
                # shellcheck disable=SC2086
                repair --fault 7 $mode
                exited 1
                is '.faults[0].cause' signatures-invalid
        done
}

@test "K12: the packages of --offline and ExtraSource= are in the plan, with what each takes" {
        root_copy small
        root_connector 1.24.1.1013
        repo_init
        : >"$ROOT/etc/apt/sources.list"
        mkdir -p "$ROOT/srv/extra" "$ROOT/etc/secep"
        plain_deb "$ROOT/srv/extra" secep-test-kbuild
        plain_deb "$ROOT/srv/extra" recommended
        headers_deb "$ROOT/srv/extra" "$RELEASE" secep-test-kbuild
        dpkg-deb -R "$ROOT"/srv/extra/linux-headers-*.deb "$COPY/tree"
        echo "Recommends: recommended" >>"$COPY/tree/DEBIAN/control"
        dpkg-deb -Znone --root-owner-group --build "$COPY/tree" "$ROOT/srv/extra" >/dev/null
        (cd "$ROOT/srv/extra" && dpkg-scanpackages . /dev/null >Packages 2>/dev/null)
        sums_make "$ROOT/srv/extra"
        fault11 --plan --offline "$ROOT/srv/extra" --offline-sums "$COPY/sums"
        jq -e '.faults[0].steps[0].packages | length == 2 and all(.download > 0)' <<<"$output"
        echo "ExtraSource=deb [trusted=yes] copy:/srv/extra ./" >"$ROOT/etc/secep/secep.conf"
        fault11 --plan
        jq -e '.faults[0].steps[0].packages | length == 2 and all(.download > 0)' <<<"$output"
        fault11
        exited 0
        snapshot_packages | grep -q "^linux-headers-$RELEASE "
        [[ $(snapshot_packages) != *recommended* ]]
}
