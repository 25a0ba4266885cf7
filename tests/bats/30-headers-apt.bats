#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on dpkg roots: real libapt-pkg, real dpkg; the last tests with Debian's own headers.
load ../lib/headers_apt

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
        rm -rf "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/cache/apt/*.bin # as images are made small
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

@test "to be reinstalled, without lists, and no repository to be reached: that is what is said" {
        repo_with_headers
        fault11
        exited 0
        rm -rf "$ROOT/usr/src/linux-headers-$RELEASE/Module.symvers" "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/cache/apt/*.bin
        echo "deb [trusted=yes] http://127.0.0.1:9/ ./" >"$ROOT/etc/apt/sources.list"
        fault11
        exited 1
        is '.faults[0].cause' repository-unreachable
        [[ $(json '.faults[0].why') == *127.0.0.1:9* ]]
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
