#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on dpkg roots: packages from --offline and from ExtraSource=.
load ../lib/headers_apt

@test "--offline: files of the operator, and nothing else" {
        repo_init
        : >"$ROOT/etc/apt/sources.list"
        mkdir "$COPY/debs"
        plain_deb "$COPY/debs" secep-test-kbuild
        headers_deb "$COPY/debs" "$RELEASE" secep-test-kbuild
        sums_make "$COPY/debs"
        fault11 --offline "$COPY/debs" --offline-sums "$COPY/sums"
        exited 0
        is .changed true
        [[ ! -e $ROOT/run/secep-offline ]]
}

@test "--offline: a folder and files that only root may read are planned with, too" {
        repo_init
        : >"$ROOT/etc/apt/sources.list"
        mkdir "$COPY/debs"
        plain_deb "$COPY/debs" secep-test-kbuild
        headers_deb "$COPY/debs" "$RELEASE" secep-test-kbuild
        sums_make "$COPY/debs"
        local mode
        for mode in "0700 0644" "0755 0600"; do
                chmod "${mode% *}" "$COPY/debs"
                chmod "${mode#* }" "$COPY/debs"/*
                fault11 --offline "$COPY/debs" --offline-sums "$COPY/sums" --plan
                exited 1
                is '.faults[0].verdict' fault
                is '[.faults[0].steps[0].packages[].name] | sort | join(" ")' "linux-headers-$RELEASE secep-test-kbuild"
        done
}

@test "--offline: a dependency that is not there is named" {
        repo_init
        mkdir "$COPY/debs"
        headers_deb "$COPY/debs" "$RELEASE" secep-test-kbuild
        sums_make "$COPY/debs"
        fault11 --offline "$COPY/debs" --offline-sums "$COPY/sums"
        exited 1
        [[ $(json '.faults[0].why') == *secep-test-kbuild* ]]
}

@test "--offline: a truncated file, one that is not a package, an empty folder" {
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
