#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the operator's own settings keep away is told as that, with file and line; what they would
# let in by themselves does not come in. Real dnf 4 and rpm; apt's side at the end.
load ../lib/roots
load ../lib/packages
load ../lib/rpms

teardown() {
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}

rpm_setup() {
        rpm_root
        root_connector 1.24.1.1013
        rpm_dep "$ROOT/srv/repo"
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "Requires: secep-test-dep"
        rpm_index
}

dnf_conf() { # LINE
        echo "$1" >>"$ROOT/etc/dnf/dnf.conf"
}

# Blocked as hidden, naming each of WORDS; no mode says otherwise, and nothing came in.
hidden() { # WORD...
        local word mode before
        before=$(snapshot_rpms 2>/dev/null || snapshot_packages)
        for mode in --plan ""; do
                # shellcheck disable=SC2086 # no word where it is empty
                fault11 $mode
                exited 4
                is '.faults[0].verdict' blocked
                is '.faults[0].cause' package-hidden
                is .changed false
                for word in "$@"; do
                        [[ $(json '.faults[0].why + .faults[0].do.text') == *"$word"* ]] || {
                                echo "no $word in $output"
                                return 1
                        }
                done
        done
        [[ $(snapshot_rpms 2>/dev/null || snapshot_packages) == "$before" ]]
}

# The do line, run by hand, ends the fault.
do_it() {
        local command
        is '.faults[0].do.kind' command
        command=$(json '.faults[0].do.text')
        command=${command/ dnf / dnf -y }
        command=${command/ apt-get / apt-get -y }
        bash -c "$command" >/dev/null 2>&1
        fault11 --check
        exited 0
}

@test "dnf: exclude= in dnf.conf, over two lines, and of the dependency" {
        rpm_setup
        dnf_conf "exclude=nothing-here,"
        dnf_conf " kernel*"
        hidden "dnf.conf:" "kernel*" "--disableexcludes=all"
        sed -i '/^exclude/d; /^ kernel/d' "$ROOT/etc/dnf/dnf.conf"
        dnf_conf "excludepkgs=secep-test-*"
        hidden "dnf.conf:" "needs secep-test-dep" "--disableexcludes=all"
}

@test "dnf: excludepkgs= and includepkgs= of the repository's own file" {
        rpm_setup
        echo "excludepkgs=kernel-devel-5*" >>"$ROOT/etc/yum.repos.d/test.repo"
        hidden "/etc/yum.repos.d/test.repo:5" "excludepkgs"
        sed -i '/excludepkgs/d' "$ROOT/etc/yum.repos.d/test.repo"
        echo "includepkgs=vim*" >>"$ROOT/etc/yum.repos.d/test.repo"
        hidden "/etc/yum.repos.d/test.repo:5" "includepkgs=vim*"
        do_it
}

@test "dnf: the versionlock plug-in" {
        rpm_setup
        (cd "$COPY" && apt-get -q download dnf-plugins-core >/dev/null 2>&1) || skip "no mirror has dnf-plugins-core"
        dpkg-deb -x "$COPY"/dnf-plugins-core*.deb "$ROOT"
        sed -i s/plugins=0/plugins=1/ "$ROOT/etc/dnf/dnf.conf"
        mkdir -p "$ROOT/etc/dnf/plugins"
        printf '[main]\nenabled=1\nlocklist=/etc/dnf/plugins/locks\n' >"$ROOT/etc/dnf/plugins/versionlock.conf"
        printf '# added\nkernel-devel-0:5.14.0-1.el9.*\n' >"$ROOT/etc/dnf/plugins/locks"
        hidden "/etc/dnf/plugins/locks:2" "kernel-devel-0:5.14.0-1.el9" versionlock
        do_it
}

@test "dnf: the module filter" {
        rpm_setup
        cat >"$COPY/modules.yaml" <<'YAML'
---
document: modulemd
version: 2
data:
  name: secep-test
  stream: "1"
  version: 1
  context: abc
  arch: x86_64
  summary: made by a test
  description: made by a test
  license: { module: [ MIT ] }
  artifacts:
    rpms:
      - KERNEL
...
YAML
        sed -i "s/KERNEL/kernel-devel-0:${RELEASE}/" "$COPY/modules.yaml"
        modifyrepo_c --mdtype=modules "$COPY/modules.yaml" "$ROOT/srv/repo/repodata" >/dev/null 2>&1 ||
                skip "this machine lacks modifyrepo_c"
        hidden "module filter" "module_hotfixes=1"
        do_it
}

@test "dnf: gone, hidden and unreachable are three answers" {
        rpm_setup
        rm "$ROOT"/srv/repo/kernel-devel*
        rpm_index
        fault11 --plan
        is '.faults[0].cause' package-gone
        printf '[dead]\nname=dead\nbaseurl=http://127.0.0.1:9/\nenabled=1\nskip_if_unavailable=1\n' >"$ROOT/etc/yum.repos.d/dead.repo"
        fault11 --plan
        is '.faults[0].cause' repository-unreachable
        [[ $(json '.faults[0].why') == *dead* ]]
}

@test "dnf: assumeyes=True and defaultyes=True do not install while a plan is made" {
        rpm_setup
        dnf_conf assumeyes=True
        dnf_conf defaultyes=True
        local before
        before=$(snapshot_rpms)
        fault11 --plan
        fits_schema
        is '.faults[0].steps[0].kind' install-package
        jq -e '.faults[0].steps[0].packages | length == 2 and all(.download > 0)' <<<"$output"
        [[ $(snapshot_rpms) == "$before" ]]
        fault11
        exited 0
        local run
        run=$(json .run)
        grep -h '"done"' "$ROOT/var/lib/secep/runs/$run.jsonl" | jq -e '.undo.new | length == 2'
        repair_plain --undo "$run"
        exited 0
        [[ $(snapshot_rpms) == "$before" ]]
}

@test "dnf: installonly_limit removes none of the headers there, marked as such or not" {
        rpm_setup
        local version before mark
        dnf_conf installonly_limit=2
        for mark in "Provides: installonlypkg(kernel)" " "; do
                rm -rf "$ROOT"/srv/repo/* "$ROOT"/var/cache/dnf/*
                for version in 100 200 300 427.13; do
                        rpm_headers "$ROOT/srv/repo" "5.14.0-$version.1.el9_4.x86_64" kernel-devel "$mark"
                done
                rpm_index
                chroot "$ROOT" rpm -i --replacefiles /srv/repo/kernel-devel-5.14.0-[123]00.*.rpm
                before=$(snapshot_rpms)
                fault11
                exited 0
                [[ $(snapshot_rpms | grep -c '^kernel-devel') == 4 ]]
                repair_plain --undo "$(json .run)"
                exited 0
                [[ $(snapshot_rpms) == "$before" ]]
                chroot "$ROOT" rpm -e --allmatches kernel-devel
        done
}

@test "dnf: weak dependencies and what a repository's package would remove" {
        rpm_setup
        rm "$ROOT"/srv/repo/kernel-devel*
        printf '%%files\n/usr/share/weak\n' >"$COPY/spec.in"
        rpm_make "$ROOT/srv/repo" weak 1 1 'mkdir -p %{buildroot}/usr/share/weak'
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "Recommends: weak"
        rpm_index
        fault11
        exited 0
        [[ $(snapshot_rpms) != *weak* ]]
        repair_plain --undo "$(json .run)"
        chroot "$ROOT" rpm -i /srv/repo/weak-1-1.x86_64.rpm
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "Obsoletes: weak < 2"
        rpm_index
        fault11
        exited 1
        [[ $(json '.faults[0].why') == *"weak-1-1 would have to be removed"* ]]
        [[ $(snapshot_rpms) == weak-1-1.x86_64 ]]
}

# A key of its own for a test: $KEY the armoured public one, GNUPGHOME set.
make_key() { # UID
        export GNUPGHOME=$COPY/gnupg
        install -d -m 0700 "$GNUPGHOME"
        gpg --batch --quiet --passphrase '' --quick-gen-key "$1" rsa2048 sign never 2>/dev/null
        gpg --armor --export "$1" >"$ROOT/etc/$1.asc"
}

@test "dnf: a repository's key that nobody accepted, then accepted" {
        rpm_setup
        make_key secep-test
        printf 'gpgkey=file:///etc/secep-test.asc\nrepo_gpgcheck=1\n' >>"$ROOT/etc/yum.repos.d/test.repo"
        gpg --batch --quiet --yes --armor --detach-sign -u secep-test "$ROOT/srv/repo/repodata/repomd.xml"
        dnf_conf assumeyes=1
        local mode
        for mode in --plan ""; do
                # shellcheck disable=SC2086
                fault11 $mode
                exited 4
                is '.faults[0].verdict' blocked
                is '.faults[0].cause' key-not-accepted
                [[ $(json '.faults[0].why') == *"$(gpg --list-keys --with-colons secep-test | awk -F: '$1 == "fpr" { print $10; exit }')"* ]]
        done
        [[ -z $(snapshot_rpms) ]]
        bash -c "$(json '.faults[0].do.text')"
        fault11
        exited 0
        gpgconf --kill all || true
}

@test "dnf: a package that nobody signed, and one signed with a key that nobody accepted" {
        rpm_setup
        make_key secep-test
        printf 'gpgkey=file:///etc/secep-test.asc\ngpgcheck=1\n' >>"$ROOT/etc/yum.repos.d/test.repo"
        fault11
        exited 1
        [[ $(json '.faults[0].why') == *"not signed"* ]]
        rpmsign --define "_gpg_name secep-test" --define "__gpg /usr/bin/gpg" --addsign "$ROOT"/srv/repo/*.rpm >/dev/null 2>&1 ||
                skip "this machine lacks rpmsign"
        rpm_index
        dnf_conf assumeyes=1
        fault11
        exited 4
        is '.faults[0].cause' key-not-accepted
        [[ $(json '.faults[0].why') == *"rpm --import file:///etc/secep-test.asc"* ]]
        [[ -z $(snapshot_rpms) ]]
        sed -i '/^gpgkey/d' "$ROOT/etc/yum.repos.d/test.repo"
        fault11
        exited 4
        is '.faults[0].cause' key-not-accepted
        [[ $(json '.faults[0].why') == *"no gpgkey= names a key of repository test"* ]]
        [[ $(json '.faults[0].do.text') == *gpgkey=* ]]
        chroot "$ROOT" rpm --import /etc/secep-test.asc
        fault11
        exited 0
        gpgconf --kill all || true
}

# --- apt ---

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
        gpgconf --kill all || true
}
