#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on rpm roots: real librpm and dnf, packages made by the test.
load ../lib/roots
load ../lib/packages
load ../lib/rpms

setup() {
        rpm_root
        root_connector 1.24.1.1013
}

teardown() {
        [[ -z ${HOLDER:-} ]] || kill "$HOLDER" 2>/dev/null || true
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}

repo_with_devel() {
        rpm_dep "$ROOT/srv/repo"
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "${1:-}"
        rpm_index
}

@test "missing: repaired, then unchanged, then undone" {
        repo_with_devel "Requires: secep-test-dep"
        local before run
        before=$(snapshot_rpms)
        fault11 --check
        is '.faults[0].cause' headers-missing
        fault11
        exited 0
        is .changed true
        is '.faults[0].steps[0].target' kernel-devel
        run=$(json .run)
        fault11
        is .changed false
        repair_plain --undo "$run"
        exited 0
        [[ $(snapshot_rpms) == "$before" ]]
}

@test "package gone: the releases that have headers are named" {
        rpm_dep "$ROOT/srv/repo"
        rpm_headers "$ROOT/srv/repo" 5.14.0-503.1.1.el9_5.x86_64 kernel-devel
        rpm_index
        fault11
        exited 4
        is '.faults[0].cause' package-gone
        [[ $(json '.faults[0].why') == *5.14.0-503.1.1.el9_5.x86_64* ]]
}

@test "kernel-debug-devel satisfies the name only: the right one is installed" {
        rpm_dep "$ROOT/srv/repo"
        EMPTY=1 rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-debug-devel "Provides: kernel-devel = 5.14.0-427.13.1.el9_4"
        repo_with_devel "Requires: secep-test-dep"
        chroot "$ROOT" dnf -y -q install kernel-debug-devel >/dev/null 2>&1
        fault11 --check
        is '.faults[0].cause' headers-missing
        fault11
        exited 0
        snapshot_rpms | grep -q '^kernel-devel-'
}

@test "an incomplete tree of an installed package is reinstalled" {
        repo_with_devel "Requires: secep-test-dep"
        fault11
        exited 0
        rm "$ROOT/usr/src/kernels/$RELEASE/Module.symvers"
        fault11
        exited 0
        is '.faults[0].before.cause' headers-incomplete
        is '.faults[0].steps[0].kind' reinstall-package
}

@test "a failing scriptlet is told although dnf says Complete!" {
        repo_with_devel "Requires: secep-test-dep
%post -p <lua>
error('no')"
        fault11
        is '.faults[0].steps[0].state' failed
        [[ $(json '.faults[0].steps[0].why') == *scriptlet* ]]
}

@test "an unsigned package where signatures are asked for is refused" {
        repo_with_devel "Requires: secep-test-dep"
        sed -i s/gpgcheck=0/gpgcheck=1/ "$ROOT/etc/dnf/dnf.conf"
        local before
        before=$(snapshot_rpms)
        fault11
        exited 1
        [[ $(snapshot_rpms) == "$before" ]]
}

@test "a package that is cut off" {
        repo_with_devel "Requires: secep-test-dep"
        local before
        before=$(snapshot_rpms)
        truncate -s -500 "$ROOT"/srv/repo/kernel-devel*.rpm
        fault11
        exited 1
        [[ $(snapshot_rpms) == "$before" ]]
}

@test "a repository that cannot be reached" {
        printf '[test]\nname=test\nbaseurl=http://127.0.0.1:9/\nenabled=1\n' >"$ROOT/etc/yum.repos.d/test.repo"
        fault11 --timeout 20
        exited 1
        is '.faults[0].cause' repository-unreachable
}

@test "--offline: files of the operator" {
        mkdir "$COPY/rpms"
        rpm_dep "$COPY/rpms"
        rpm_headers "$COPY/rpms" "$RELEASE" kernel-devel
        rm "$ROOT/etc/yum.repos.d/test.repo"
        fault11 --offline "$COPY/rpms"
        exited 0
        is .changed true
}

@test "ExtraSource=: what no configured repository has, and nothing of it stays" {
        local before source
        mkdir -p "$ROOT/srv/extra" "$ROOT/etc/secep"
        rpm_dep "$ROOT/srv/repo"
        rpm_index
        rpm_headers "$ROOT/srv/extra" "$RELEASE"
        createrepo_c --quiet "$ROOT/srv/extra"
        fault11
        exited 4
        printf '[extra]\nname=extra\nbaseurl=file:///srv/extra\n' >"$ROOT/etc/secep/extra"
        echo "ExtraSource=/etc/secep/extra" >"$ROOT/etc/secep/one"
        sed 's/^/ExtraSource=/' "$ROOT/etc/secep/extra" >"$ROOT/etc/secep/two"
        for source in one two; do
                cp "$ROOT/etc/secep/$source" "$ROOT/etc/secep/secep.conf"
                before=$(rpm_traces)
                fault11
                exited 0
                is .changed true
                diff <(rpm_traces) - <<<"$before"
                repair_plain --undo "$(json .run)"
                exited 0
                diff <(rpm_traces) - <<<"$before"
        done
}

rpm_traces() {
        find "$ROOT"/etc/yum.repos.d "$ROOT"/etc/dnf "$ROOT"/var/cache/dnf "$ROOT"/run "$ROOT"/tmp -printf '%p\n' | grep -v -e lock -e '/test-\|/test\.' | sort
}

@test "ExtraSource=: still gone is blocked with the releases of both, unsigned is refused" {
        mkdir -p "$ROOT/srv/extra" "$ROOT/etc/secep"
        rpm_headers "$ROOT/srv/repo" 5.14.0-503.1.1.el9_5.x86_64 kernel-devel " "
        rpm_index
        rpm_headers "$ROOT/srv/extra" 5.14.0-570.1.1.el9_6.x86_64 kernel-devel " "
        createrepo_c --quiet "$ROOT/srv/extra"
        printf '[extra]\nname=extra\nbaseurl=file:///srv/extra\ngpgcheck=1\n' | sed 's/^/ExtraSource=/' >"$ROOT/etc/secep/secep.conf"
        fault11
        exited 4
        is '.faults[0].cause' package-gone
        [[ $(json '.faults[0].why') == *5.14.0-570.1.1.el9_6.x86_64*reboot* ]]
        [[ $(json '.faults[0].evidence[-1].found') == *5.14.0-503.1.1.el9_5.x86_64*5.14.0-570.1.1.el9_6.x86_64* ]]
        rpm_headers "$ROOT/srv/extra" "$RELEASE" kernel-devel " "
        createrepo_c --quiet "$ROOT/srv/extra"
        fault11
        exited 1
        [[ $(snapshot_rpms) != *"${RELEASE%.x86_64}"* ]]
}

# One byte of the payload is another: the header and the size are right.
spoil() {
        python3 - "$1" <<'PY'
import sys
f = open(sys.argv[1], "r+b")
f.seek(-40, 2)
b = f.read(1)
f.seek(-40, 2)
f.write(bytes([b[0] ^ 0xff]))
PY
}

@test "a wrong digest: in the repository and from --offline, nothing is installed" {
        local before
        before=$(snapshot_rpms)
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel " "
        spoil "$ROOT"/srv/repo/kernel-devel*.rpm
        rpm_index
        fault11
        exited 1
        [[ $(json '.faults[0].why') == *kernel-devel* ]]
        [[ $(snapshot_rpms) == "$before" ]]
        fault11 --offline "$ROOT/srv/repo"
        exited 1
        [[ $(json '.faults[0].why') == *kernel-devel*digest* ]]
        [[ $(snapshot_rpms) == "$before" && ! -e $ROOT/usr/src/kernels ]]
}

@test "--offline: only what is needed, the newer ones and the strangers stay out" {
        mkdir "$COPY/rpms"
        rpm_dep "$COPY/rpms"
        rpm_headers "$COPY/rpms" "$RELEASE" kernel-devel
        rpm_headers "$COPY/rpms" 5.14.0-503.1.1.el9_5.x86_64 kernel-devel
        printf 'Requires: no-such-thing\n%%files\n/usr/share/stranger\n' >"$COPY/spec.in"
        rpm_make "$COPY/rpms" stranger 1 1 'mkdir -p %{buildroot}/usr/share/stranger'
        fault11 --offline "$COPY/rpms" --plan
        is '.faults[0].steps[0].kind' install-package
        fault11 --offline "$COPY/rpms"
        exited 0
        [[ $(snapshot_rpms) == "kernel-devel-${RELEASE%.x86_64}.x86_64"$'\n'"secep-test-dep-1-1.x86_64" ]]
        rm "$ROOT/usr/src/kernels/$RELEASE/Module.symvers"
        fault11 --offline "$COPY/rpms"
        exited 0
        is '.faults[0].steps[0].kind' reinstall-package
        repair_plain --undo "$(json .run)"
        exited 0
}

@test "--offline: cut off, no package, unsigned where dnf.conf asks for signatures, a need unmet, none" {
        mkdir "$COPY/rpms" "$COPY/none"
        local before
        before=$(snapshot_rpms)
        rpm_headers "$COPY/rpms" "$RELEASE" kernel-devel
        fault11 --offline "$COPY/rpms"
        exited 1
        [[ $(json '.faults[0].why') == *"secep-test-dep is needed by kernel-devel"* ]]
        rpm_dep "$COPY/rpms"
        echo localpkg_gpgcheck=1 >>"$ROOT/etc/dnf/dnf.conf"
        fault11 --offline "$COPY/rpms"
        exited 1
        [[ $(json '.faults[0].why') == *"signature"* ]]
        sed -i /localpkg/d "$ROOT/etc/dnf/dnf.conf"
        truncate -s -300 "$COPY"/rpms/kernel-devel*.rpm
        fault11 --offline "$COPY/rpms"
        exited 1
        [[ $(snapshot_rpms) == "$before" ]]
        truncate -s 50 "$COPY"/rpms/kernel-devel*.rpm
        fault11 --offline "$COPY/rpms"
        exited 1
        [[ $(json '.faults[0].why') == *"$COPY/rpms/kernel-devel"*"no rpm package"* ]]
        fault11 --offline "$COPY/none"
        exited 4
        is '.faults[0].cause' package-gone
        [[ $(snapshot_rpms) == "$before" ]]
}

@test "no space in the middle of the transaction: told, and tried again" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks private mounts (run by make check)"
        repo_with_devel "Requires: secep-test-dep
%pre -p <lua>
local f = io.open('/usr/src/fill', 'w')
for i = 1, 32 do f:write(string.rep('x', 65536)) end
f:close()"
        mkdir -p "$ROOT/usr/src"
        mount -t tmpfs -o size=1m tmpfs "$ROOT/usr/src"
        fault11
        exited 1
        is '.faults[0].steps[0].state' failed
        [[ $(json '.faults[0].why') == *"unpacking rpm package kernel-devel"* ]]
        [[ $(snapshot_rpms) != *kernel-devel* ]]
        umount "$ROOT/usr/src"
        fault11
        exited 0
        chroot "$ROOT" rpm -V kernel-devel
}

@test "broken metadata of the repository: told, nothing installed" {
        repo_with_devel "Requires: secep-test-dep"
        local before file
        before=$(snapshot_rpms)
        for file in "$ROOT"/srv/repo/repodata/*primary.xml.gz "$ROOT/srv/repo/repodata/repomd.xml"; do
                head -c 3000 /dev/urandom >"$file"
                rm -rf "$ROOT"/var/cache/dnf/*
                fault11
                exited 1
                is '.faults[0].cause' repository-unreachable
                [[ $(snapshot_rpms) == "$before" ]]
        done
}

@test "a repository that never answers ends at --timeout" {
        python3 -c '
import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(8)
print(s.getsockname()[1], flush=True); time.sleep(60)' >"$COPY/port" 3>&- &
        HOLDER=$!
        while [[ ! -s $COPY/port ]]; do sleep 0.02; done
        printf '[test]\nname=test\nbaseurl=http://127.0.0.1:%s/\nenabled=1\n' "$(<"$COPY/port")" >"$ROOT/etc/yum.repos.d/test.repo"
        SECONDS=0
        fault11 --timeout 3
        exited 1
        is '.faults[0].cause' repository-unreachable
        ((SECONDS < 50))
        [[ -z $(pgrep -f "installroot|bin/dnf install kernel-devel" || true) ]]
}

@test "kill -9 of the program alone and with its children: a plain re-run ends well" {
        repo_with_devel "Requires: secep-test-dep"
        local before tenths run
        before=$(snapshot_rpms)
        for tenths in {1..6}; do
                setsid "$BUILD/secep-repair" --root "$ROOT" --fault 11 --kernel "$RELEASE" >/dev/null 2>&1 3>&- &
                run=$!
                sleep "0.$tenths"
                if ((tenths % 2)); then
                        kill -9 "$run" 2>/dev/null || true
                else
                        process_tree "$run" | xargs -r kill -9 2>/dev/null || true
                fi
                wait "$run" 2>/dev/null || true
                fault11 --timeout 60
                exited 0
                chroot "$ROOT" rpm -V kernel-devel secep-test-dep
                chroot "$ROOT" rpm -e kernel-devel secep-test-dep
                [[ $(snapshot_rpms) == "$before" ]]
        done
}

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

# SUSE: dnf is not there, and the package's release has a suffix that uname -r lacks.
zypper_root() {
        rm "$ROOT"/usr/bin/dnf*
        printf 'ID="sles"\nID_LIKE="suse"\nVERSION_ID="15.5"\n' >"$ROOT/etc/os-release"
        mkdir -p "$ROOT/etc/zypp/repos.d"
        printf '[test]\nname=test\nbaseurl=%s\nenabled=1\ngpgcheck=0\n' "${1:-file:///srv/repo}" >"$ROOT/etc/zypp/repos.d/test.repo"
        RELEASE=5.14.21-150500.55.73-default
}

# kernel-default-devel of VERSION-RELEASE, whose tree is that of $RELEASE.
suse_headers() { # DIR PACKAGE-RELEASE
        local tree="%{buildroot}/usr/src/linux-obj" modules="%{buildroot}/usr/lib/modules/$RELEASE"
        printf 'Requires: secep-test-dep\n%%files\n/usr\n' >"$COPY/spec.in"
        rpm_make "$1" kernel-default-devel 5.14.21 "$2" "mkdir -p $tree/include/generated $tree/scripts/mod $modules
echo '#define UTS_RELEASE \"$RELEASE\"' >$tree/include/generated/utsrelease.h
echo x | tee $tree/Makefile $tree/Module.symvers $tree/include/generated/autoconf.h >$tree/scripts/mod/modpost
ln -s /usr/src/linux-obj $modules/build"
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
        fault11 --offline "$ROOT/srv/repo"
        exited 0
}

@test "rpm's lock: released after 3 s it is waited for, else the holder is named" {
        repo_with_devel "Requires: secep-test-dep"
        touch "$ROOT/var/lib/rpm/.rpm.lock"
        hold_lock "$ROOT/var/lib/rpm/.rpm.lock" 60
        fault11 --timeout 3
        exited 1
        is '.faults[0].cause' packages-locked
        [[ $(json '.faults[0].why') == *"rival-apt (pid $HOLDER)"* ]]
        kill "$HOLDER"
        wait "$HOLDER" || true
        hold_lock "$ROOT/var/lib/rpm/.rpm.lock" 3
        fault11 --timeout 60
        exited 0
}

@test "a host without libapt-pkg repairs its rpm roots; one without librpm says what to run" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks private mounts (run by make check)"
        repo_with_devel "Requires: secep-test-dep"
        hide librpm.so
        fault11 --check
        exited 1
        fault11
        unhide
        exited 1
        [[ $(json '.faults[0].why') == *"dnf install kernel-devel-${RELEASE%.x86_64}"* ]]
        sed -i 's/^ID=.*/ID="sles"/; /ID_LIKE/d' "$ROOT/etc/os-release"
        RELEASE=5.14.21-150500.55.73-default
        hide librpm.so
        fault11
        unhide
        [[ $(json '.faults[0].why') == *"zypper install kernel-default-devel="*"begins with"*5.14.21-150500.55.73* ]]
        printf 'ID="rhel"\n' >"$ROOT/etc/os-release"
        RELEASE=5.14.0-427.13.1.el9_4.x86_64
        hide libapt-pkg.so
        fault11
        unhide
        exited 0
}
