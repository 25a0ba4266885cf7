#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on rpm roots: yum, microdnf, zypper, and none of them.
load ../lib/headers_rpm

@test "yum is dnf by another name" {
        repo_with_devel "Requires: secep-test-dep"
        mv "$ROOT/usr/bin/dnf" "$ROOT/usr/bin/yum"
        fault11
        exited 0
        is .changed true
}

# Debian has no microdnf: a stand-in speaks as it does (its table has three columns), before yum.
@test "microdnf, by a stand-in: its table read, asked once, settings forced, no removal" {
        repo_with_devel "Requires: secep-test-dep"
        rm "$ROOT"/usr/bin/dnf*
        cat >"$ROOT/usr/bin/microdnf" <<'STANDIN'
#!/bin/bash
while [[ $1 == --setopt=* ]]; do set_to+=" $1"; shift; done
{ echo "$*$set_to" >>/asked; } 2>/dev/null
[[ $1 == install ]] || exit 1
printf 'Package                                    Repository      Size\nInstalling:\n'
printf ' %-40s test        %s\n' secep-test-dep-1-1.x86_64 "6.1 kB" kernel-devel-5.14.0-427.13.1.el9_4.x86_64 "8.2 kB"
printf 'Transaction Summary:\n Installing:        2 packages\n Reinstalling:      0 packages\nIs this ok [y/N]: '
read -r answer
[[ $answer == y ]] || exit 1
rpm -i /srv/repo/*.rpm 2>/dev/null && echo Complete.
STANDIN
        chmod 0755 "$ROOT/usr/bin/microdnf"
        fault11 --plan
        is '.faults[0].steps[0].kind' install-package
        fault11
        exited 0
        is .changed true
        # the plan's resolver can write nothing there: what is noted is the one question of the repair
        [[ $(cut -d' ' -f1,2 "$ROOT/asked") == "install kernel-devel-${RELEASE%.x86_64}" ]]
        grep -q 'setopt=assumeyes=0.*setopt=installonly_limit=1000' "$ROOT/asked"
        repair_plain --undo "$(json .run)"
        exited 0
        [[ -z $(snapshot_rpms) ]]
        sed -i 's/^printf .Transaction Summary/printf "Removing:\\n old-1-1.x86_64 test 1 kB\\n"; &/' "$ROOT/usr/bin/microdnf"
        fault11
        exited 1
        [[ $(json '.faults[0].why') == *"old-1-1.x86_64 would have to be removed"* ]]
        sed -i '/^printf .Package/i printf "Importing GPG key 0x12345678:\\nIs this ok [y/N]: "; read -r answer; [[ $answer == y ]] || exit 1; touch /key-taken' "$ROOT/usr/bin/microdnf"
        fault11
        exited 4
        is '.faults[0].cause' key-not-accepted
        [[ ! -e $ROOT/key-taken && -z $(snapshot_rpms) ]]
}

@test "a question that nobody foresaw is no yes, and is told" {
        repo_with_devel "Requires: secep-test-dep"
        rm "$ROOT"/usr/bin/dnf*
        local question where
        for question in 'Replace all your configuration? [y/N]: ' 'Which of the two (1, 2): '; do
                for where in 1 2; do
                        cat >"$ROOT/usr/bin/microdnf" <<STANDIN
#!/bin/bash
printf 'Package  Repository  Size\nInstalling:\n kernel-devel-5.14.0-427.13.1.el9_4.x86_64 test 8.2 kB\nTransaction Summary:\n'
printf '%s' '$question' >&$where
read -r answer || exit 1
echo "\$answer" >>/answered
STANDIN
                        chmod 0755 "$ROOT/usr/bin/microdnf"
                        fault11 --timeout 10
                        exited 1
                        [[ $(json '.faults[0].why') == *"dnf asks what has no answer here: $question"* ]]
                        is .changed false
                        [[ ! -e $ROOT/answered && -z $(snapshot_rpms) ]]
                done
        done
}

@test "zypper: missing, repaired, incomplete, reinstalled, undone; gone; extra" {
        zypper_root
        local before run
        before=$(snapshot_rpms)
        rpm_dep "$ROOT/srv/repo"
        suse_headers "$ROOT/srv/repo" 150500.55.99.1
        rpm_index
        fault11
        exited 4
        is '.faults[0].cause' package-gone
        [[ $(json '.faults[0].why') == *5.14.21-150500.55.99.1* ]]
        mkdir -p "$ROOT/srv/extra" "$ROOT/etc/secep"
        suse_headers "$ROOT/srv/extra" 150500.55.73.1
        createrepo_c --quiet "$ROOT/srv/extra"
        printf '[extra]\nname=extra\nbaseurl=file:///srv/extra\nenabled=1\ngpgcheck=0\n' | sed 's/^/ExtraSource=/' >"$ROOT/etc/secep/secep.conf"
        fault11 --plan
        is '.faults[0].steps[0].kind' install-package
        fault11
        exited 0
        [[ -z $(find "$ROOT/var/cache/zypp" "$ROOT/etc/zypp" -name '*extra*') ]]
        repair_plain --undo "$(json .run)"
        exited 0
        [[ $(snapshot_rpms) == "$before" ]]
        rm "$ROOT/etc/secep/secep.conf"
        cp "$ROOT"/srv/extra/*.rpm "$ROOT/srv/repo"
        rpm_index
        fault11
        exited 0
        run=$(json .run)
        snapshot_rpms | grep -qx 'kernel-default-devel-5.14.21-150500.55.73.1.x86_64'
        rm "$ROOT/usr/src/linux-obj/Module.symvers"
        fault11
        exited 0
        is '.faults[0].steps[0].kind' reinstall-package
        fault11
        is .changed false
        repair_plain --undo "$run"
        exited 0
        [[ $(snapshot_rpms) == "$before" ]]
}

@test "zypper: a lock of the operator's, and the command that takes it away" {
        zypper_root
        rpm_dep "$ROOT/srv/repo"
        suse_headers "$ROOT/srv/repo" 150500.55.73.1
        rpm_index
        chroot "$ROOT" zypper -n addlock 'kernel-*' >/dev/null
        fault11
        exited 4
        is '.faults[0].cause' package-hidden
        [[ $(json '.faults[0].why') == *"/etc/zypp/locks:"*"kernel-*"* ]]
        bash -c "$(json '.faults[0].do.text')" >/dev/null
        chroot "$ROOT" zypper -n addlock secep-test-dep >/dev/null
        fault11
        exited 4
        is '.faults[0].cause' package-hidden
        bash -c "$(json '.faults[0].do.text')" >/dev/null
        fault11
        exited 0
}

@test "zypper: a repository that cannot be reached; no resolver at all, but files" {
        zypper_root http://127.0.0.1:9/
        fault11 --timeout 20
        exited 1
        is '.faults[0].cause' repository-unreachable
        rm "$ROOT/usr/bin/zypper"
        fault11
        exited 1
        [[ $(json '.faults[0].why') == *"dnf, microdnf, yum and zypper"*--offline* ]]
        rpm_dep "$ROOT/srv/repo"
        suse_headers "$ROOT/srv/repo" 150500.55.73.1
        sums_make "$ROOT/srv/repo"
        fault11 --offline "$ROOT/srv/repo" --offline-sums "$COPY/sums"
        exited 0
}
