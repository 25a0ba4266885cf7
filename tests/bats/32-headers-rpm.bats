#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on rpm roots: real librpm and dnf, packages made by the test.
load ../lib/headers_rpm

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

@test "undo: what dnf, dnf 5 or zypper locks by now stays, with the line that does; without it, it goes" {
        repo_with_devel "Requires: secep-test-dep"
        local before run file lock
        before=$(snapshot_rpms)
        fault11
        exited 0
        run=$(json .run)
        while IFS=' ' read -r file lock; do
                mkdir -p "$ROOT${file%/*}"
                printf '# a comment\n%s\n' "$lock" >"$ROOT$file"
                repair_plain --undo "$run"
                [[ $status != 0 && $(tr -s ' \n' ' ' <<<"$output") == *"locked by $file:2: $lock: nothing is removed"* ]] || { echo "$file: $status $output $stderr_text"; return 1; }
                chroot "$ROOT" rpm -q kernel-devel secep-test-dep
                rm "$ROOT$file"
        done <<-'LOCKS'
		/etc/dnf/plugins/versionlock.list kernel-devel-0:5.14.0-*.*
		/etc/dnf/plugins/versionlock.list secep-test-dep
		/etc/dnf/versionlock.toml name = "kernel-devel"
		/etc/zypp/locks solvable_name: kernel-*
	LOCKS
        mkdir -p "$ROOT/etc/dnf/plugins"
        printf '!kernel-devel-0:5.14.0-*\n#kernel-devel\nkernel-devel-doc\n' >"$ROOT/etc/dnf/plugins/versionlock.list"
        repair_plain --undo "$run"
        exited 0
        [[ $(snapshot_rpms) == "$before" ]]
}

@test "the plan and its installation are one session: dnf is started once" {
        repo_with_devel "Requires: secep-test-dep"
        "$STEP" -a -o "$COPY/turns" 0 "$BUILD/secep-repair" --root "$ROOT" --kernel "$RELEASE" --fault 11 >"$COPY/out" 2>&1 ||
                { cat "$COPY/out"; return 1; }
        chroot "$ROOT" rpm -q kernel-devel secep-test-dep
        grep "start of" "$COPY/turns"
        [[ $(grep -c "start of python" "$COPY/turns") == 1 ]]
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
        sums_make "$COPY/rpms"
        fault11 --offline "$COPY/rpms" --offline-sums "$COPY/sums"
        exited 0
        is .changed true
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

# The processes of dnf in this root, and in no other test's.
dnf_of_root() {
        local pid
        for pid in $(pgrep -f "installroot|dnf"); do
                [[ ! /proc/$pid/root -ef $ROOT ]] || echo "$pid"
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
        (for ((i = 0; i < 1000 && $(dnf_of_root | wc -l) == 0; i++)); do sleep 0.05; done
                dnf_of_root >"$COPY/dnf") 3>&- &
        SECONDS=0
        fault11 --timeout 3
        exited 1
        is '.faults[0].cause' repository-unreachable
        ((SECONDS < 50))
        [[ -s $COPY/dnf && -z $(dnf_of_root) ]]
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
