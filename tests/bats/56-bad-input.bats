#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What cannot be read, written or followed: one line that names it, and nothing lost.
# bats file_tags=cli
load ../lib/cli

# bats test_tags=fast
@test "login.defs that cannot be read is named, and nothing changes" {
        head -c 4096 /dev/urandom >"$ROOT/etc/login.defs"
        printf '\0\0' >>"$ROOT/etc/login.defs"
        before
        repair --fault 5
        [[ $status != 0 ]]
        complains login.defs
        unchanged
        rm "$ROOT/etc/login.defs"
        mkdir "$ROOT/etc/login.defs"
        before
        repair --fault 5
        [[ $status != 0 ]]
        complains login.defs
        unchanged
}

# bats test_tags=fast
@test "passwd with malformed lines is named, and no line of it is lost" {
        printf 'no colons here\n' >>"$ROOT/etc/passwd"
        before
        repair --fault 5
        [[ $status != 0 ]] || grep -q 'no colons here' "$ROOT/etc/passwd"
        if [[ $status != 0 ]]; then
                complains passwd
                unchanged
        fi
}

# bats test_tags=fast
@test "a symlink in /opt/cisco that leads out of the root is not followed" {
        healthy_account
        mkdir -m 0700 "$COPY/outside"
        ln -s "$COPY/outside" "$ROOT/opt/cisco/amp/out"
        ln -s ../../../../../../../../../../../../"$COPY/outside" "$ROOT/opt/cisco/amp/up"
        repair --fault 5
        [[ $(stat -c %a "$COPY/outside") == 700 ]]
        rm -r "$ROOT/opt/cisco/amp"
        ln -s "$COPY/outside" "$ROOT/opt/cisco/amp"
        repair --fault 5
        [[ $(stat -c %a "$COPY/outside") == 700 ]]
        rm "$ROOT/opt/cisco/amp"
        rmdir "$ROOT/opt/cisco"
        ln -s "$COPY/outside" "$ROOT/opt/cisco"
        repair --fault 5
        [[ $(stat -c %a "$COPY/outside") == 700 ]]
}

# bats test_tags=fast
@test "global.xml that is not XML is named with its line; headers are asked for as of an unknown version" {
        printf 'this is\nnot XML <<<\n' >"$ROOT/opt/cisco/amp/etc/global.xml"
        repair --fault 11 --kernel 6.1.0-1-amd64 --check
        exited 1
        is '.faults[0].cause' headers-missing
        [[ $(json '.faults[0].notes[0]') == *"global.xml:1: "* ]]
        repair --fault 16 --kernel 6.1.0-1-amd64 --check
        exited 3
        complains global.xml
        is '.faults[0].verdict' could-not-tell
}

@test "a full disk: one line, exit 1, nothing lost" {
        local disk=$COPY/disk.img
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "no private mount namespace (run make check)"
        truncate -s 2M "$disk"
        mke2fs -q -t ext4 -O ^has_journal "$disk"
        mkdir "$COPY/small"
        mount -o loop "$disk" "$COPY/small" 2>/dev/null || mount -t tmpfs -o size=512k tmpfs "$COPY/small"
        cp -a "$ROOT/." "$COPY/small/"
        dd if=/dev/zero of="$COPY/small/fill" bs=4k 2>/dev/null || true
        local kept=$ROOT
        ROOT=$COPY/small
        before
        repair --fault 5
        [[ $status == 1 || $status == 3 ]]
        [[ -n $stderr_text ]]
        unchanged
        rm "$ROOT/fill"
        umount "$ROOT"
        ROOT=$kept
}

@test "a read-only root: one line, nothing changed" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "no private mount namespace (run make check)"
        mount --bind "$ROOT" "$ROOT"
        mount -o remount,bind,ro "$ROOT"
        repair --fault 5
        [[ $status == 1 || $status == 3 || $status == 4 ]]
        complains secep-repair
        umount "$ROOT"
        before
        unchanged
}

# bats test_tags=fast
@test "a run log that is corrupt is named with its line" {
        mkdir -p "$ROOT/var/lib/secep/runs"
        printf 'garbage\n{"event":"intent","step":1}\n' >"$ROOT/var/lib/secep/runs/20200101-000000-000001-abcd.jsonl"
        repair --fault 5
        [[ $stderr_text == *20200101-000000-000001-abcd.jsonl:1:*"is skipped"* ]]
        repair --history
        exited 2
        complains 20200101-000000-000001-abcd.jsonl
        repair --undo 20200101-000000-000001-abcd
        exited 2
        repair_plain --fault 5 --check
        exited 0
}

# bats test_tags=fast
@test "another run at work is named and waited for no longer than --timeout" {
        mkdir -p "$ROOT/var/lib/secep"
        before
        exec 8>>"$ROOT/var/lib/secep/lock"
        flock -n 8
        local begun=$SECONDS
        repair --fault 5 --timeout 1
        exec 8>&-
        [[ $status == 1 || $status == 3 ]]
        complains lock
        ((SECONDS - begun <= 20))
        unchanged
}

@test "who waits for another run says for whom, and then does its work" {
        mkdir -p "$ROOT/var/lib/secep"
        flock "$ROOT/var/lib/secep/lock" sleep 3 &
        until ! flock -n "$ROOT/var/lib/secep/lock" true; do sleep 0.02; done
        repair --fault 5 --timeout 60
        exited 0
        complains "waiting for the lock held by "
        is '.changed' true
}

@test "an immutable passwd or login.defs: exit 4, nothing changed" {
        chattr +i "$ROOT/etc/passwd" 2>/dev/null || skip "no chattr +i on the file system of $COPY"
        before
        repair --fault 5
        exited 4
        complains passwd
        unchanged
        chattr -i "$ROOT/etc/passwd"
}
