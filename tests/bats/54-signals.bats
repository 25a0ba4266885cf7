#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Asked to stop: each wait ends within a second and says what it was for, whatever was inherited.
# bats file_tags=cli,waits
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/packages
load ../lib/rpms
load ../lib/selinux

setup() {
        root_tiny
        root_connector
        healthy_account
}

teardown() {
        [[ -z ${started:-} ]] || kill -KILL "$started" 2>/dev/null || true
        [[ -z ${HOLDER:-} ]] || kill "$HOLDER" 2>/dev/null || true
        root_drop
}

# Starts secep-repair in the background with default dispositions: $started.
start() {
        : >"$COPY/stderr"
        env --default-signal "$BUILD/secep-repair" --root "$ROOT" "$@" >"$COPY/stdout" 2>"$COPY/stderr" 3>&- &
        started=$!
}

# Waits until standard error has WORDS.
await_words() {
        timeout 120 tail -n +1 -F --pid="$started" "$COPY/stderr" 2>/dev/null | grep -q -m 1 -- "$1"
}

# Sends SIGNAL: the program ends, with STATUS. What it took is kept in TOOK: a busy machine may be slow
# once, so the best of the tries is held to the second.
ends_by() { # SIGNAL STATUS
        local from=${EPOCHREALTIME/./} took
        kill -"$1" "$started"
        status=0
        wait "$started" || status=$?
        took=$((${EPOCHREALTIME/./} - from))
        started=
        stderr_text=$(<"$COPY/stderr") output=$(<"$COPY/stdout")
        echo "# $1: $took us" >&3
        ((took < 30000000))
        TOOK+=("$took")
        exited "$2"
}

within_a_second() {
        (($(printf '%s\n' "${TOOK[@]}" | sort -n | head -1) < 1000000))
}

@test "the wait for our own lock: told, and ended by each signal" {
        local signal
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        mkdir -p "$ROOT/var/lib/secep"
        exec 8>>"$ROOT/var/lib/secep/lock"
        flock -n 8
        for signal in INT TERM HUP QUIT; do
                start --fault 5 --timeout 60
                await_words "waiting for the lock held by .* s at most"
                ends_by "$signal" 1
                [[ $stderr_text == *"interrupted while waiting for the lock"* ]]
                [[ $(stat -c %a "$ROOT/opt/cisco/amp/etc") == 700 ]]
        done
        within_a_second
        exec 8>&-
}

# A wait for somebody else's lock, with SECONDS said, ended by each signal.
each_signal() { # WORDS FAULT [OPTION...]
        local signal words=$1
        shift
        for signal in INT TERM HUP QUIT; do
                start --fault "$@" --timeout 60
                await_words "waiting for $words.* s at most"
                ends_by "$signal" 1
                [[ $stderr_text == *"interrupted while waiting for "* || $output == *"interrupted while waiting for "* ]]
        done
        within_a_second
}

@test "the wait for the account files" {
        sed -i '/^cisco-amp-scan-svc:/d' "$ROOT/etc/passwd" "$ROOT/etc/shadow"
        printf 'cisco-amp-scan-svc:x:0:0::/nonexistent:/usr/sbin/nologin\n' >>"$ROOT/etc/passwd"
        hold_lock "$ROOT/etc/.pwd.lock" 600
        each_signal "another program that changes users" 5
        grep -q '^cisco-amp-scan-svc:x:0:0:' "$ROOT/etc/passwd"
}

@test "the wait for dpkg's lock" {
        root_drop
        root_copy small
        root_connector 1.24.1.1013
        RELEASE=9.9.9-1-amd64
        repo_with_headers >&2
        hold_lock "$ROOT/var/lib/dpkg/lock-frontend" 600
        each_signal ".*(pid" 11 --kernel "$RELEASE"
        ! chroot "$ROOT" dpkg -s "linux-headers-$RELEASE" 2>/dev/null || false
}

@test "the wait for rpm's lock" {
        root_drop
        rpm_root
        root_connector 1.24.1.1013
        rpm_dep "$ROOT/srv/repo"
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "Requires: secep-test-dep"
        rpm_index
        hold_lock "$ROOT/var/lib/rpm/.rpm.lock" 600
        each_signal ".*(pid" 11 --kernel "$RELEASE"
        ! chroot "$ROOT" rpm -q kernel-devel || false
}

@test "the wait for the policy store's lock" {
        root_drop
        selinux_copy trimmed
        exec 8>>"$ROOT/$STORE/semanage.trans.LOCK"
        flock -n 8
        each_signal ".*which writes the SELinux policy store" 19
        exec 8>&-
}

@test "undo waits for the lock in the same way" {
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        repair --fault 5
        exited 0
        exec 8>>"$ROOT/var/lib/secep/lock"
        flock -n 8
        start --undo last --timeout 60
        await_words "waiting for the lock held by .* s at most"
        ends_by TERM 1
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/etc") == 755 ]]
        exec 8>&-
}

@test "nohup is obeyed: an ignored hangup stays ignored" {
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        mkdir -p "$ROOT/var/lib/secep"
        exec 8>>"$ROOT/var/lib/secep/lock"
        flock -n 8
        env --ignore-signal=HUP "$BUILD/secep-repair" --root "$ROOT" --fault 5 --timeout 60 \
                >"$COPY/stdout" 2>"$COPY/stderr" 3>&- 8>&- &
        started=$!
        await_words "waiting for the lock held by .* s at most"
        kill -HUP "$started"
        exec 8>&-
        wait "$started"
        started=
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/etc") == 755 ]]
}

@test "signals that the caller ignores or blocks change nothing" {
        edit_out() { sed -i '/^cisco-amp-scan-svc:/d' "$ROOT/etc/passwd" "$ROOT/etc/shadow"; }
        edit_out
        env --ignore-signal=CHLD --block-signal=CHLD,TERM,INT "$BUILD/secep-repair" --root "$ROOT" --json --fault 5 \
                >"$COPY/stdout" 2>"$COPY/stderr" && status=0 || status=$?
        output=$(<"$COPY/stdout") stderr_text=$(<"$COPY/stderr")
        exited 0
        is .changed true
        grep -q '^cisco-amp-scan-svc:' "$ROOT/etc/passwd"
}

@test "a lock left in a root that stands still is not waited for" {
        local from took
        sed -i '/^cisco-amp-scan-svc:/d' "$ROOT/etc/passwd" "$ROOT/etc/shadow"
        printf '%s' "$$" >"$ROOT/etc/passwd.lock"
        from=${EPOCHREALTIME/./}
        repair --fault 5
        took=$((${EPOCHREALTIME/./} - from))
        ((took < 10000000))
        exited 0
        grep -q '^cisco-amp-scan-svc:' "$ROOT/etc/passwd"
}
