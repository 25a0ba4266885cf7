#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on roots with dnf 5 and rpm 6, the real ones; packages made by the test.
load ../lib/roots
load ../lib/packages
load ../lib/rpms

RELEASE=6.17.1-300.fc43.x86_64

setup() {
        rpm6_root || skip "this machine's mirror has no root of the newest suite with dnf 5"
        root_connector 1.24.1.1013
        rpm_dep "$ROOT/srv/repo"
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "${HEADERS:-Requires: secep-test-dep}"
        rpm_index
}

teardown() {
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}

dnf_conf() { # LINE
        echo "$1" >>"$ROOT/etc/dnf/dnf.conf"
}

says() { # WORD...
        local word text
        text=$(json '.faults[0] | [.cause, .why, .do.text] | map(. // "") | join(" ")')
        for word in "$@"; do
                [[ $text == *"$word"* ]] || {
                        echo "no $word in $output"
                        return 1
                }
        done
}

# Blocked with CAUSE and each of WORDS, in a plan and a repair; nothing came in.
blocked() { # CAUSE WORD...
        local mode cause=$1
        shift
        for mode in --plan ""; do
                # shellcheck disable=SC2086 # no word where it is empty
                fault11 $mode
                exited 4
                is '.faults[0].verdict' blocked
                is '.faults[0].cause' "$cause"
                is .changed false
                says "$@"
        done
        [[ -z $(snapshot_rpms) ]]
}

# The do line, run by hand, ends the fault.
do_it() {
        local command
        is '.faults[0].do.kind' command
        command=$(json '.faults[0].do.text')
        bash -c "${command/ dnf / dnf -y }" >/dev/null 2>&1 || true
        fault11
        exited 0
}

@test "dnf 5: planned as nobody, repaired, unchanged, reinstalled, undone" {
        local run
        fault11 --plan
        exited 1
        is '.faults[0].steps[0].target' kernel-devel
        [[ -z $(snapshot_rpms) && ! -e $ROOT/root/.local ]]
        fault11
        exited 0
        is .changed true
        [[ $(snapshot_rpms | wc -l) == 2 ]]
        run=$(json .run)
        fault11
        exited 0
        is .changed false
        rm "$ROOT/usr/src/kernels/$RELEASE/Module.symvers"
        fault11
        exited 0
        is '.faults[0].steps[0].kind' reinstall-package
        repair_plain --undo "$run"
        exited 0
        [[ -z $(snapshot_rpms) ]]
}

@test "dnf 5: another kernel's headers stay, whatever installonly_limit says" {
        local other=6.16.1-200.fc43.x86_64
        rpm_headers "$ROOT/srv/repo" "$other"
        rpm_index
        repair --fault 11 --kernel "$other"
        exited 0
        dnf_conf installonly_limit=1
        dnf_conf skip_unavailable=1
        fault11
        exited 0
        [[ $(snapshot_rpms | grep -c ^kernel-devel) == 2 ]]
}

@test "dnf 5: excluded by name, over two lines, of what it needs, not included, locked" {
        dnf_conf "excludepkgs=nothing-here"
        dnf_conf " kernel*"
        blocked package-hidden "/etc/dnf/dnf.conf:4: excludepkgs=kernel*" "disable_excludes="
        sed -i '/^exclude/d; /^ kernel/d' "$ROOT/etc/dnf/dnf.conf"
        dnf_conf "excludepkgs=secep-test-*"
        blocked package-hidden "secep-test-dep is hidden by /etc/dnf/dnf.conf:3" "disable_excludes="
        sed -i '/^exclude/d' "$ROOT/etc/dnf/dnf.conf"
        echo "includepkgs=vim*" >>"$ROOT/etc/yum.repos.d/test.repo"
        blocked package-hidden "/etc/yum.repos.d/test.repo:5: includepkgs=vim*" "disable_excludes="
        sed -i '/^include/d' "$ROOT/etc/yum.repos.d/test.repo"
        printf 'version = "1.0"\n[[packages]]\nname = "kernel-devel"\n[[packages.conditions]]\nkey = "evr"\ncomparator = "="\nvalue = "1-1"\n' \
                >"$ROOT/etc/dnf/versionlock.toml"
        blocked package-hidden "/etc/dnf/versionlock.toml:3" "disable_excludes="
        do_it
}

@test "dnf 5: gone with the releases there are, dead, by what provides it" {
        rm "$ROOT"/srv/repo/kernel-devel*
        rpm_headers "$ROOT/srv/repo" 6.18.1-300.fc43.x86_64
        rpm_index
        blocked package-gone 6.18.1-300.fc43
        printf '[dead]\nname=dead\nbaseurl=http://127.0.0.1:9/\nenabled=1\nskip_if_unavailable=1\n' >"$ROOT/etc/yum.repos.d/dead.repo"
        fault11
        exited 1
        says repository-unreachable "repository dead"
        rm "$ROOT/etc/yum.repos.d/dead.repo"
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-self-devel "Provides: kernel-devel-uname-r = $RELEASE"
        rpm_index
        fault11
        exited 0
        snapshot_rpms | grep -q ^kernel-self-devel
}

@test "dnf 5: a question it asks is no yes; unsigned, a failing scriptlet" {
        dnf_conf assumeyes=True
        dnf_conf defaultyes=True
        fault11 --plan
        exited 1
        is '.faults[0].cause' headers-missing
        [[ -z $(snapshot_rpms) ]]
        sed -i 's/gpgcheck=0/gpgcheck=1/' "$ROOT/etc/dnf/dnf.conf"
        fault11
        exited 1
        says "not signed"
        [[ -z $(snapshot_rpms) ]]
        sed -i 's/gpgcheck=1/gpgcheck=0/' "$ROOT/etc/dnf/dnf.conf"
        rm -r "$ROOT"/srv/repo/kernel-devel* "$ROOT/var/cache/libdnf5"
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "Requires: secep-test-dep
%post -p <lua>
error(\"no\")"
        rpm_index
        fault11
        is '.faults[0].steps[0].state' failed
        [[ $(json '.faults[0].steps[0].why') == *scriptlet* ]]
}

@test "dnf 5: a repository's key and a package's that nobody accepted, and no key at all" {
        export GNUPGHOME=$COPY/gnupg
        mkdir -m 0700 "$GNUPGHOME"
        gpg --batch --quiet --passphrase '' --quick-gen-key secep-test rsa3072 sign never 2>/dev/null
        gpg --armor --export secep-test >"$ROOT/etc/secep-test.asc"
        local print
        print=$(gpg --list-keys --with-colons secep-test | awk -F: '$1 == "fpr" { print $10; exit }')
        printf 'gpgkey=file:///etc/secep-test.asc\nrepo_gpgcheck=1\n' >>"$ROOT/etc/yum.repos.d/test.repo"
        gpg --batch --quiet --yes --armor --detach-sign -u secep-test "$ROOT/srv/repo/repodata/repomd.xml"
        dnf_conf assumeyes=1
        blocked key-not-accepted "$print" "rpm --import file:///etc/secep-test.asc"
        do_it
        [[ $(snapshot_rpms | grep -vc gpg-pubkey) == 2 ]]
        chroot "$ROOT" rpm -e kernel-devel secep-test-dep
        chroot "$ROOT" rpmkeys --delete "$print"
        rm -r "$ROOT/var/cache/libdnf5"
        rpmsign --define "_gpg_name secep-test" --define "__gpg /usr/bin/gpg" --addsign "$ROOT"/srv/repo/*.rpm >/dev/null 2>&1 ||
                skip "this machine lacks rpmsign"
        rpm_index
        sed -i s/repo_gpgcheck/gpgcheck/ "$ROOT/etc/yum.repos.d/test.repo"
        fault11
        exited 4
        is '.faults[0].cause' key-not-accepted
        says "$print" "rpm --import"
        [[ -z $(snapshot_rpms) ]]
        sed -i /gpgkey/d "$ROOT/etc/yum.repos.d/test.repo"
        fault11
        exited 4
        is '.faults[0].cause' key-not-accepted
        says "no gpgkey= names a key of repository test"
        chroot "$ROOT" rpm --import /etc/secep-test.asc
        fault11
        exited 0
        gpgconf --kill all || true
}
