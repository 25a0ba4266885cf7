#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 on dpkg roots: transactions that somebody left half-way, that fail, that are killed.
load ../lib/headers_apt

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

@test "dpkg killed when its journal alone says that the headers are gone: one repair, and undo knows of all" {
        repo_with_headers
        local before name n=0
        before=$(snapshot_packages)
        fault11
        exited 0
        cp "$ROOT/var/lib/dpkg/status" "$COPY/status"
        repair --undo last
        exited 0
        cp "$COPY/status" "$ROOT/var/lib/dpkg/status"
        for name in secep-test-kbuild "linux-headers-$RELEASE"; do
                printf 'Package: %s\nStatus: purge ok not-installed\nArchitecture: amd64\n' "$name" >"$ROOT/var/lib/dpkg/updates/000$n"
                n=$((n + 1))
        done
        fault11
        exited 0
        repair --undo last
        exited 0
        [[ $(snapshot_packages) == "$before" ]]
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

@test "a failing postinst is reported, undone, and tried again" {
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

@test "no room: reported before anything is unpacked" {
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

@test "a FIFO among the files of dpkg and apt is named, and nobody waits for it" {
        local path
        repo_with_headers
        for path in /var/lib/dpkg/triggers/File /var/lib/dpkg/info/passwd.list /etc/apt/apt.conf.d/01x /etc/dpkg/dpkg.cfg.d/x; do
                mkdir -p "$ROOT${path%/*}" "$COPY/kept"
                [[ ! -e $ROOT$path ]] || mv "$ROOT$path" "$COPY/kept/"
                mkfifo "$ROOT$path"
                SECONDS=0
                fault11
                [[ $status == [13] ]] # 3 where the look reads it itself
                is .changed false
                [[ $(json '.faults[0].why') == *"$path: not a regular file"* ]]
                ((SECONDS < 60))
                rm "$ROOT$path"
                [[ ! -e $COPY/kept/${path##*/} ]] || mv "$COPY/kept/${path##*/}" "$ROOT$path"
        done
        mkfifo "$ROOT/etc/fifo"
        ln -s ../fifo "$ROOT/etc/apt/preferences"
        fault11
        exited 1
        [[ $(json '.faults[0].why') == *"not a regular file"* ]]
        rm -f "$ROOT/etc/fifo" "$ROOT/etc/apt/preferences"
        fault11
        exited 0
}
