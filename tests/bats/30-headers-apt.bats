#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on dpkg roots: real libapt-pkg, real dpkg; the last tests with Debian's own headers.
load ../lib/roots
load ../lib/packages

setup() {
        root_copy small
        root_connector 1.24.1.1013
}

teardown() {
        [[ -z ${HOLDER:-} ]] || kill "$HOLDER" 2>/dev/null || true
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}

@test "missing: repaired, then unchanged, then undone" {
        repo_with_headers
        local before
        before=$(snapshot_packages)
        fault11 --check
        exited 1
        is '.faults[0].cause' headers-missing
        fault11
        exited 0
        is .changed true
        is '.faults[0].before.cause' headers-missing
        is '.faults[0].steps[0].target' "linux-headers-$RELEASE"
        local run
        run=$(json .run)
        fault11
        exited 0
        is .changed false
        repair_plain --undo "$run"
        exited 0
        [[ $(snapshot_packages) == "$before" ]]
        repair_plain --undo "$run"
        [[ $(snapshot_packages) == "$before" ]]
        fault11 --check
        is '.faults[0].cause' headers-missing
}

@test "a dry run leaves the root's package cache and lists alone" {
        repo_with_headers
        local before
        before=$(find "$ROOT/var" -printf '%p %T@ %s\n' | sort)
        fault11 --plan
        is '.faults[0].steps[0].kind' install-package
        [[ $(find "$ROOT/var" -printf '%p %T@ %s\n' | sort) == "$before" ]]
}

@test "a check runs no program and opens no plug-in" {
        repo_with_headers
        strace -f -qq -e trace=execve,open,openat,openat2 -o "$COPY/trace" \
                "$BUILD/secep-repair" --root "$ROOT" --fault 11 --kernel "$RELEASE" --check || true
        [[ $(grep -c execve "$COPY/trace") == 1 ]]
        grep -q 'lib/modules' "$COPY/trace"
        [[ $(grep -cE 'secep-apt|libapt' "$COPY/trace") == 0 ]]
}

@test "undo leaves a package that somebody needs meanwhile, and says so" {
        repo_with_headers
        plain_deb "$ROOT/srv/repo" needs-it secep-test-kbuild
        repo_index
        fault11
        exited 0
        local run
        run=$(json .run)
        chroot "$ROOT" dpkg -i "/srv/repo/needs-it_1.0-1_amd64.deb" >/dev/null
        repair_plain --undo "$run"
        [[ $status != 0 ]]
        # shellcheck disable=SC2154 # set by repair_plain
        [[ "$output$stderr_text" == *needs-it* ]]
        snapshot_packages | grep -q "linux-headers-$RELEASE"
}

@test "incomplete and wrong trees are reinstalled; an unregistered package's tree is installed" {
        repo_with_headers
        fault11
        exited 0
        local tree=$ROOT/usr/src/linux-headers-$RELEASE
        rm "$tree/Module.symvers"
        fault11 --check
        is '.faults[0].cause' headers-incomplete
        fault11
        exited 0
        is '.faults[0].steps[0].kind' reinstall-package
        [[ -s $tree/Module.symvers ]]
        sed -i s/9.9.9/8.8.8/ "$tree/include/generated/utsrelease.h"
        fault11
        exited 0
        is '.faults[0].before.cause' headers-wrong
        rm -rf "$tree"
        fault11
        exited 0
        is '.faults[0].before.cause' headers-missing
        fault11
        is .changed false
}

@test "a lock held for 3 seconds is waited for" {
        repo_with_headers
        hold_lock "$ROOT/var/lib/dpkg/lock-frontend" 3
        fault11 --timeout 60
        exited 0
        is .changed true
}

@test "a lock never released: the holder's program and pid, at --timeout" {
        repo_with_headers
        local lock
        for lock in var/lib/dpkg/lock-frontend var/lib/dpkg/lock var/cache/apt/archives/lock; do
                mkdir -p "$(dirname "$ROOT/$lock")"
                hold_lock "$ROOT/$lock" 60
                fault11 --timeout 2
                exited 1
                is '.faults[0].cause' packages-locked
                [[ $(json '.faults[0].why') == *"rival-apt (pid $HOLDER)"* ]]
                kill "$HOLDER"
                wait "$HOLDER" || true
        done
        HOLDER=
}

@test "package gone: blocked, with the releases that have headers, the newest, the console" {
        repo_init
        headers_deb "$ROOT/srv/repo" 9.9.8-1-amd64
        headers_deb "$ROOT/srv/repo" 9.9.10-1-amd64
        headers_deb "$ROOT/srv/repo" 9.9.11-1-cloud-amd64
        repo_index
        fault11
        exited 4
        is '.faults[0].verdict' blocked
        is '.faults[0].cause' package-gone
        local why
        why=$(json '.faults[0].why')
        [[ $why == *9.9.10-1-amd64* && $why == *reboot* && $why != *cloud* ]]
        [[ $(json '.faults[0].notes[]') == *console* && $(json '.faults[0].do.text') == *"--offline DIR" ]]
        is .changed false
}

@test "no repository at all, and one that cannot be reached" {
        repo_init
        : >"$ROOT/etc/apt/sources.list"
        fault11
        exited 4
        is '.faults[0].cause' package-gone
        echo "deb http://127.0.0.1:9/debian bookworm main" >"$ROOT/etc/apt/sources.list"
        fault11 --timeout 20
        exited 1
        is '.faults[0].cause' repository-unreachable
        [[ $(json '.faults[0].why') == *127.0.0.1* ]]
}

@test "a repository that never answers ends at --timeout" {
        repo_init
        python3 -c '
import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(8)
print(s.getsockname()[1], flush=True); time.sleep(60)' >"$COPY/port" 3>&- &
        HOLDER=$!
        while [[ ! -s $COPY/port ]]; do sleep 0.02; done
        echo "deb http://127.0.0.1:$(<"$COPY/port")/debian bookworm main" >"$ROOT/etc/apt/sources.list"
        SECONDS=0
        fault11 --timeout 3
        exited 1
        is '.faults[0].cause' repository-unreachable
        ((SECONDS < 50))
}

@test "broken metadata: told, nothing installed" {
        repo_with_headers
        head -c 20000 /dev/urandom >"$ROOT/srv/repo/Packages"
        local before
        before=$(snapshot_packages)
        fault11
        [[ $status == 1 || $status == 4 ]]
        is .changed false
        [[ $(snapshot_packages) == "$before" ]]
}

@test "a package of the repository that is cut off" {
        repo_with_headers
        local before
        before=$(snapshot_packages)
        truncate -s -3000 "$ROOT"/srv/repo/linux-headers-*.deb
        fault11
        exited 1
        [[ $(snapshot_packages) == "$before" ]]
        [[ $(json '.faults[0].why') == *linux-headers* ]]
}

@test "a repository nobody signed is refused" {
        repo_with_headers
        echo "deb copy:/srv/repo ./" >"$ROOT/etc/apt/sources.list"
        fault11
        exited 1
        [[ $(snapshot_packages) != *"linux-headers-$RELEASE"* ]]
}

@test "--offline: files of the operator, and nothing else" {
        repo_init
        : >"$ROOT/etc/apt/sources.list"
        mkdir "$COPY/debs"
        plain_deb "$COPY/debs" secep-test-kbuild
        headers_deb "$COPY/debs" "$RELEASE" secep-test-kbuild
        fault11 --offline "$COPY/debs"
        exited 0
        is .changed true
        [[ ! -e $ROOT/run/secep-offline ]]
}

@test "--offline: a dependency that is not there is named" {
        repo_init
        mkdir "$COPY/debs"
        headers_deb "$COPY/debs" "$RELEASE" secep-test-kbuild
        fault11 --offline "$COPY/debs"
        exited 1
        [[ $(json '.faults[0].why') == *secep-test-kbuild* ]]
}

@test "--offline: a cut-off file, one that is no package, an empty folder" {
        mkdir "$COPY/debs" "$COPY/none"
        headers_deb "$COPY/debs" "$RELEASE"
        truncate -s -100 "$COPY"/debs/*.deb
        fault11 --offline "$COPY/debs"
        exited 1
        [[ $(json '.faults[0].why') == *linux-headers*"cut off"* ]]
        rm "$COPY"/debs/*
        echo hello >"$COPY/debs/x.deb"
        fault11 --offline "$COPY/debs"
        exited 1
        [[ $(json '.faults[0].why') == *"$COPY/debs/x.deb"*"not a Debian package"* ]]
        fault11 --offline "$COPY/none"
        exited 4
        is '.faults[0].cause' package-gone
}

# One-line and deb822, in the value and as a path; a package of the configured repository comes along.
@test "ExtraSource=: what no configured repository has, and nothing of it stays" {
        local before source text run
        mkdir -p "$ROOT/srv/extra" "$ROOT/etc/secep"
        repo_init
        plain_deb "$ROOT/srv/repo" secep-test-kbuild
        repo_index
        headers_deb "$ROOT/srv/extra" "$RELEASE" secep-test-kbuild
        (cd "$ROOT/srv/extra" && dpkg-scanpackages . /dev/null >Packages 2>/dev/null)
        fault11
        exited 4
        text='deb [trusted=yes] copy:/srv/extra ./'
        printf 'Types: deb\nURIs: copy:/srv/extra\nSuites: ./\nTrusted: yes\n' >"$ROOT/etc/secep/extra.sources"
        echo "$text" >"$ROOT/etc/secep/extra.list"
        for source in "$text" /etc/secep/extra.list /etc/secep/extra.sources; do
                echo "ExtraSource=$source" >"$ROOT/etc/secep/secep.conf"
                before=$(apt_traces)
                fault11
                exited 0
                is .changed true
                diff <(apt_traces) - <<<"$before"
                run=$(json .run)
                rm "$ROOT/usr/src/linux-headers-$RELEASE/Module.symvers"
                fault11
                exited 0
                is '.faults[0].steps[0].kind' reinstall-package
                repair_plain --undo "$run"
                exited 0
                diff <(apt_traces) - <<<"$before"
        done
        sed 's/^/ExtraSource=/' "$ROOT/etc/secep/extra.sources" >"$ROOT/etc/secep/secep.conf"
        rm -rf "$ROOT"/var/lib/apt/lists/*
        fault11 --plan
        is '.faults[0].steps[0].kind' install-package
}

# Sources, lists, package files: what an installation from elsewhere must not leave.
apt_traces() {
        find "$ROOT"/etc/apt "$ROOT"/var/lib/apt/lists "$ROOT"/var/cache/apt/archives "$ROOT"/run "$ROOT"/tmp \
                ! -path '*/lists/auxfiles' -printf '%p\n' | sort
}

@test "ExtraSource=: unsigned is refused, a file that is not there named, one without the release blocked" {
        mkdir -p "$ROOT/srv/extra" "$ROOT/etc/secep"
        repo_init
        headers_deb "$ROOT/srv/repo" 9.9.8-1-amd64
        repo_index
        headers_deb "$ROOT/srv/extra" 9.9.10-1-amd64
        (cd "$ROOT/srv/extra" && dpkg-scanpackages . /dev/null >Packages 2>/dev/null)
        echo "ExtraSource=/etc/secep/none.list" >"$ROOT/etc/secep/secep.conf"
        fault11
        exited 1
        [[ $(json '.faults[0].why') == *ExtraSource=/etc/secep/none.list*"No such file"* ]]
        echo "ExtraSource=deb [trusted=yes] copy:/srv/extra ./" >"$ROOT/etc/secep/secep.conf"
        fault11
        exited 4
        is '.faults[0].cause' package-gone
        [[ $(json '.faults[0].evidence[-1].found') == "9.9.8-1-amd64, 9.9.10-1-amd64" ]]
        headers_deb "$ROOT/srv/extra" "$RELEASE"
        (cd "$ROOT/srv/extra" && dpkg-scanpackages . /dev/null >Packages 2>/dev/null)
        echo "ExtraSource=deb copy:/srv/extra ./" >"$ROOT/etc/secep/secep.conf"
        fault11
        exited 1
        is .changed false
        [[ $(snapshot_packages) != *"linux-headers-$RELEASE"* ]]
}

@test "dpkg left half-configured by someone else is healed first" {
        repo_with_headers
        sed -i '/^Package: passwd$/,/^$/s/^Status: install ok installed/Status: install ok half-configured/' \
                "$ROOT/var/lib/dpkg/status"
        fault11
        exited 0
        [[ $(chroot "$ROOT" dpkg --audit) == "" ]]
}

# What a dpkg leaves that was killed while it unpacked the second of two packages.
@test "a package half unpacked below one that waits for it is finished" {
        repo_with_headers
        fault11
        exited 0
        sed -i -e "/^Package: linux-headers-$RELEASE\$/,/^$/s/^Status: .*/Status: install ok unpacked/" \
                -e '/^Package: secep-test-kbuild$/,/^$/s/^Status: .*/Status: install reinstreq half-installed/' \
                "$ROOT/var/lib/dpkg/status"
        fault11 --check
        exited 1
        fault11
        exited 0
        is .changed true
        [[ -z $(chroot "$ROOT" dpkg --audit) ]]
}

@test "a foreign package that cannot be configured does not spoil ours" {
        repo_with_headers
        headers_deb "$COPY" 7.7.7-1-amd64 "" "exit 1"
        cp "$COPY"/linux-headers-7.7.7*.deb "$ROOT/srv/bad.deb"
        chroot "$ROOT" dpkg -i /srv/bad.deb >/dev/null 2>&1 && return 1
        fault11
        exited 0
        chroot "$ROOT" dpkg --audit | grep -q 7.7.7
}

@test "a postinst that fails: told, undone, and tried again" {
        repo_with_headers 'test -e /etc/postinst-may-pass || { echo "the postinst says no" >&2; exit 1; }'
        fault11
        exited 1
        is '.faults[0].steps[0].state' failed
        [[ $(json '.faults[0].why') == *"linux-headers-$RELEASE"*post*1 ]]
        fault11
        exited 1
        is '.faults[0].before.cause' headers-incomplete
        [[ $(json '.faults[0].why') == *"linux-headers-$RELEASE"*post*1 ]]
        local run
        for run in $(find "$ROOT/var/lib/secep/runs" -name '*.jsonl' -printf '%f\n' | sort -r); do
                repair_plain --undo "${run%.jsonl}"
                exited 0
        done
        [[ -z $(chroot "$ROOT" dpkg --audit) ]]
        [[ $(snapshot_packages) != *"linux-headers-$RELEASE"* ]]
        touch "$ROOT/etc/postinst-may-pass"
        fault11
        exited 0
        is '.faults[0].steps[0].state' 'done'
}

@test "no room: told before anything is unpacked" {
        repo_with_headers
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks private mounts (run by make check)"
        sed -i "s/^Architecture: amd64/&\nInstalled-Size: 999999999/" "$ROOT/srv/repo/Packages"
        local before
        before=$(snapshot_packages)
        fault11
        exited 1
        [[ $(json '.faults[0].why') == *"MiB are needed"* ]]
        [[ $(snapshot_packages) == "$before" ]]
}

@test "Eight secep-repair --fault 11 at once: one installation, eight exits 0" {
        repo_with_headers
        local i pids=() changed=0
        for i in {1..8}; do
                "$BUILD/secep-repair" --root "$ROOT" --json --timeout 120 --fault 11 --kernel "$RELEASE" \
                        >"$COPY/out.$i" 2>&1 3>&- &
                pids+=($!)
        done
        for i in "${pids[@]}"; do wait "$i"; done
        for i in {1..8}; do
                [[ $(jq .changed "$COPY/out.$i") != true ]] || changed=$((changed + 1))
        done
        [[ $changed == 1 ]]
        [[ $(grep -c "install linux-headers-$RELEASE" "$ROOT/var/log/dpkg.log") == 1 ]]
}

@test "a release with characters that do not belong is a usage error" {
        local bad
        # shellcheck disable=SC2016
        for bad in '../../etc' '6.1;reboot' '$(id)' '-x' 'a b'; do
                repair_plain --fault 11 --check "--kernel=$bad"
                exited 2
        done
}

@test "no kernel installed and none named: could not tell" {
        rm -rf "$ROOT"/lib/modules/*
        repair --fault 11 --check
        exited 3
        [[ $(json '.faults[0].why') == *--kernel* ]]
}

@test "the newest installed kernel is asked about where none is named" {
        mkdir -p "$ROOT"/lib/modules/{6.1.0-9-amd64,6.1.0-56-amd64}/kernel "$ROOT/lib/modules/7.0.0-1-amd64"
        repair --fault 11 --check
        is '.faults[0].why' "the headers of kernel 6.1.0-56-amd64 are not installed"
}

@test "BTF and a connector of 1.25: headers are not needed; either alone: they are" {
        mkdir -p "$ROOT/boot"
        echo CONFIG_DEBUG_INFO_BTF=y >"$ROOT/boot/config-$RELEASE"
        fault11 --check
        is '.faults[0].verdict' fault
        root_connector 1.25.0.700
        fault11 --check
        exited 0
        is '.faults[0].verdict' ok
        echo '# CONFIG_DEBUG_INFO_BTF is not set' >"$ROOT/boot/config-$RELEASE"
        fault11 --check
        is '.faults[0].verdict' fault
}

@test "a link of the tree that leads out of the root is followed inside it" {
        mkdir -p "$ROOT/lib/modules/$RELEASE"
        ln -s "$COPY" "$ROOT/lib/modules/$RELEASE/build"
        fault11 --check
        is '.faults[0].cause' headers-missing
}

@test "kill -9 of the program and of its children, at every tenth of a second: a plain re-run ends well" {
        repo_with_headers
        local before tenths run
        before=$(snapshot_packages)
        for tenths in {0..24}; do
                setsid "$BUILD/secep-repair" --root "$ROOT" --fault 11 --kernel "$RELEASE" >/dev/null 2>&1 3>&- &
                run=$!
                sleep "$(printf '%d.%d' $((tenths / 10)) $((tenths % 10)))"
                if ((tenths % 2)); then
                        kill -9 "$run" 2>/dev/null || true
                else # the whole tree
                        process_tree "$run" | xargs -r kill -9 2>/dev/null || true
                fi
                wait "$run" 2>/dev/null || true
                fault11 --timeout 60
                exited 0
                # An orphaned dpkg may have come to the end of our package and not to its own.
                lock_wait "$ROOT/var/lib/dpkg/lock"
                [[ -z $(chroot "$ROOT" dpkg --audit) ]]
                chroot "$ROOT" dpkg --purge "linux-headers-$RELEASE" secep-test-kbuild >/dev/null
                [[ $(snapshot_packages) == "$before" ]]
        done
}

@test "a host without librpm repairs its dpkg roots; one without libapt-pkg says what to run" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks private mounts (run by make check)"
        repo_with_headers
        hide librpm.so.9
        fault11
        exited 0
        unhide
        chroot "$ROOT" dpkg --purge "linux-headers-$RELEASE" secep-test-kbuild
        hide libapt-pkg.so
        fault11 --check
        exited 1
        fault11
        unhide
        exited 1
        [[ $(json '.faults[0].why') == *"apt-get install linux-headers-$RELEASE"* ]]
}

@test "Debian's own linux-headers from the configured mirror" {
        root_drop
        root_copy full
        RELEASE=$(root_release "$ROOT")
        local before
        before=$(snapshot_packages)
        fault11 --timeout 300
        exited 0
        is .changed true
        local run
        run=$(json .run)
        fault11
        is .changed false
        # kbuild is another package, reached by a link of the tree
        rm -rf "$ROOT"/usr/lib/linux-kbuild-*/scripts
        fault11 --timeout 300
        exited 0
        is '.faults[0].before.cause' headers-incomplete
        repair_plain --undo "$run"
        exited 0
        [[ $(snapshot_packages) == "$before" ]]
}
