#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on rpm roots: packages from --offline and from ExtraSource=.
load ../lib/headers_rpm

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
        sums_make "$ROOT/srv/repo"
        fault11 --offline "$ROOT/srv/repo" --offline-sums "$COPY/sums"
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
        sums_make "$COPY/rpms"
        fault11 --offline "$COPY/rpms" --offline-sums "$COPY/sums" --plan
        is '.faults[0].steps[0].kind' install-package
        fault11 --offline "$COPY/rpms" --offline-sums "$COPY/sums"
        exited 0
        [[ $(snapshot_rpms) == "kernel-devel-${RELEASE%.x86_64}.x86_64"$'\n'"secep-test-dep-1-1.x86_64" ]]
        rm "$ROOT/usr/src/kernels/$RELEASE/Module.symvers"
        fault11 --offline "$COPY/rpms" --offline-sums "$COPY/sums"
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
        sums_make "$COPY/rpms"
        fault11 --offline "$COPY/rpms" --offline-sums "$COPY/sums"
        exited 1
        [[ $(json '.faults[0].why') == *"secep-test-dep is needed by kernel-devel"* ]]
        rpm_dep "$COPY/rpms"
        sums_make "$COPY/rpms"
        echo localpkg_gpgcheck=1 >>"$ROOT/etc/dnf/dnf.conf"
        fault11 --offline "$COPY/rpms" --offline-sums "$COPY/sums"
        exited 1
        [[ $(json '.faults[0].why') == *"signature"* ]]
        sed -i /localpkg/d "$ROOT/etc/dnf/dnf.conf"
        truncate -s -300 "$COPY"/rpms/kernel-devel*.rpm
        sums_make "$COPY/rpms"
        fault11 --offline "$COPY/rpms" --offline-sums "$COPY/sums"
        exited 1
        [[ $(snapshot_rpms) == "$before" ]]
        truncate -s 50 "$COPY"/rpms/kernel-devel*.rpm
        sums_make "$COPY/rpms"
        fault11 --offline "$COPY/rpms" --offline-sums "$COPY/sums"
        exited 1
        [[ $(json '.faults[0].why') == *"$COPY/rpms/kernel-devel"*"no rpm package"* ]]
        fault11 --offline "$COPY/none"
        exited 4
        is '.faults[0].cause' package-gone
        [[ $(snapshot_rpms) == "$before" ]]
}

@test "a FIFO among the files of rpm and dnf is named, and nobody waits for it" {
        local path
        repo_with_devel
        for path in /var/lib/rpm/x /etc/yum.repos.d/x.repo /etc/dnf/vars/x; do
                mkdir -p "$ROOT${path%/*}"
                mkfifo "$ROOT$path"
                SECONDS=0
                fault11
                [[ $status == [13] ]]
                [[ $(json '.faults[0].why') == *"$path: not a regular file"* ]]
                is .changed false
                ((SECONDS < 60))
                rm "$ROOT$path"
        done
        fault11
        exited 0
}
