#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# apt: what the operator's own settings keep away is told as that, with file and line; what they would
# let in by themselves does not come in.
load ../lib/package_policy

dpkg_setup() {
        root_copy small
        root_connector 1.24.1.1013
        RELEASE=9.9.9-1-amd64
        repo_with_headers
}

@test "apt: a pin below zero, by name and by pattern, and of what it needs" {
        dpkg_setup
        printf 'Package: something\nPin: release *\nPin-Priority: 990\n\nExplanation: no kernels\nPackage: linux-headers-*\nPin: release *\nPin-Priority: -1\n' \
                >"$ROOT/etc/apt/preferences.d/kernels.pref"
        hidden "/etc/apt/preferences.d/kernels.pref:6: Package: linux-headers-*"
        rm "$ROOT/etc/apt/preferences.d/kernels.pref"
        printf 'Package: secep-test-kbuild\nPin: version *\nPin-Priority: -10' >"$ROOT/etc/apt/preferences"
        hidden "/etc/apt/preferences:1" "needs secep-test-kbuild"
        do_it 2>/dev/null || true
        fault11
        exited 0
}

@test "apt: a pin, the do line" {
        dpkg_setup
        printf 'Package: linux-headers-*\nPin: release *\nPin-Priority: -1\n' >"$ROOT/etc/apt/preferences.d/kernels"
        hidden kernels:1
        do_it
}

@test "apt: a hold is an answer, and is there afterwards" {
        dpkg_setup
        chroot "$ROOT" apt-get -qq update
        chroot "$ROOT" apt-mark hold "linux-headers-$RELEASE" >/dev/null
        hidden "on hold" "apt-mark unhold"
        [[ $(chroot "$ROOT" apt-mark showhold) == "linux-headers-$RELEASE" ]]
        fault11
        bash -c "$(json '.faults[0].do.text')" >/dev/null
        fault11
        exited 0
        chroot "$ROOT" apt-mark hold "linux-headers-$RELEASE" secep-test-kbuild >/dev/null
        rm "$ROOT/usr/src/linux-headers-$RELEASE/Module.symvers"
        fault11
        exited 0
        is '.faults[0].steps[0].kind' reinstall-package
        [[ $(chroot "$ROOT" apt-mark showhold | wc -l) == 2 ]]
}

@test "apt: no Recommends, whatever the configuration says; the plan has each package's size" {
        dpkg_setup
        echo 'APT::Install-Recommends "true"; APT::Install-Suggests "true"; Debug::pkgDPkgPM "true";' >"$ROOT/etc/apt/apt.conf.d/99test"
        plain_deb "$ROOT/srv/repo" recommended
        dpkg-deb -R "$ROOT"/srv/repo/linux-headers-*.deb "$COPY/tree"
        printf 'Recommends: recommended\nInstalled-Size: 4321\n' >>"$COPY/tree/DEBIAN/control"
        dpkg-deb -Znone --root-owner-group --build "$COPY/tree" "$ROOT/srv/repo" >/dev/null
        repo_index
        fault11 --plan
        fits_schema
        is '.faults[0].steps[0].packages | length' 2
        jq -e '.faults[0].steps[0].packages | all(.download > 0 and .size != .download)' <<<"$output"
        fault11
        exited 0
        [[ $(snapshot_packages) != *recommended* ]]
        snapshot_packages | grep -q "^linux-headers-$RELEASE "
        grep -h '"done"' "$ROOT/var/lib/secep/runs/$(json .run).jsonl" | jq -e '.undo.new | length == 2'
}

@test "apt: a repository signed with a key that is not there" {
        dpkg_setup
        make_key secep-test
        (
                cd "$ROOT/srv/repo"
                printf 'Origin: test\nDate: %s\nSHA256:\n %s %s Packages\n' "$(date -Ru)" \
                        "$(sha256sum <Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" >Release
                gpg --batch --quiet --yes --armor --detach-sign -u secep-test -o Release.gpg Release
        )
        echo "deb copy:/srv/repo ./" >"$ROOT/etc/apt/sources.list"
        fault11
        exited 4
        is '.faults[0].cause' key-not-accepted
        [[ $(snapshot_packages) != *linux-headers* ]]
        # the repository, the key, and what a person does about it ends it
        [[ $(json '.faults[0].why') == *"copy:/srv/repo"*"NO_PUBKEY $(gpg --list-keys --with-colons secep-test | awk -F: '$1 == "pub" { print $5; exit }')"* ]]
        [[ $(json '.faults[0].do.text') == *"compare its fingerprint"*"repository named above"*Signed-By* ]]
        mkdir -p "$ROOT/etc/apt/keyrings"
        gpg --batch --quiet --export secep-test >"$ROOT/etc/apt/keyrings/vendor.gpg"
        echo "deb [signed-by=/etc/apt/keyrings/vendor.gpg] copy:/srv/repo ./" >"$ROOT/etc/apt/sources.list"
        fault11
        exited 0
        gpgconf --kill all || true
}

@test "apt: what keeps a package away, in the language of who asks" {
        local text
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "no private mount namespace (run make check)"
        dpkg_setup
        chroot "$ROOT" apt-get -qq update
        chroot "$ROOT" apt-mark hold secep-test-kbuild >/dev/null
        mount --bind "$BUILD/locale" /usr/share/locale
        unset LC_ALL LC_MESSAGES LANGUAGE
        LANG=pt_BR.UTF-8 repair_plain --fault 11 --plan --kernel "$RELEASE"
        umount /usr/share/locale
        text=$(tr -s ' \n' ' ' <<<"$output")
        echo "$text"
        [[ $text == *"linux-headers-$RELEASE precisa de secep-test-kbuild; secep-test-kbuild está retido (apt-mark hold): um repositório tem a versão"* ]]
}
