#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# dnf: what the operator's own settings keep away is told as that, with file and line; what they would
# let in by themselves does not come in. Real dnf 4 and rpm.
load ../lib/package_policy

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
