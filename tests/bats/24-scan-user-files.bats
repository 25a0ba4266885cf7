#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 5, the account files: torn, locked, immutable, on a full disk.
# bats file_tags=slow
bats_require_minimum_version 1.5.0
load ../lib/scan_user

@test "a malformed line of the account: could not tell, the line is named, nothing changed" {
        edit passwd "/^$NAME:/d"
        echo "$NAME:x:one:2:::" >>"$ROOT/etc/passwd"
        before=$(state)
        repair --fault 5
        exited 3
        complains "/etc/passwd:$(wc -l <"$ROOT/etc/passwd"):"
        [[ $(state) == "$before" ]]
}

@test "a binary login.defs, or none that can be read: could not tell" {
        edit passwd "/^$NAME:/d"
        before=$(sha256sum "$ROOT/etc/passwd")
        printf '\x7fELF\0\0' >"$ROOT/etc/login.defs"
        repair --fault 5
        exited 3
        complains "/etc/login.defs: not a text file"
        rm "$ROOT/etc/login.defs"
        mkfifo "$ROOT/etc/login.defs"
        repair --fault 5
        exited 3
        complains "/etc/login.defs: not a regular file"
        [[ $(sha256sum "$ROOT/etc/passwd") == "$before" ]]
}

@test "chattr +i: exit 4, the file is named, nothing changed" {
        edit passwd "/^$NAME:/d"
        for file in passwd shadow group; do
                before=$(state)
                chattr +i "$ROOT/etc/$file" 2>/dev/null || true
                ! touch "$ROOT/etc/$file" 2>/dev/null || skip "chattr +i on this file system"
                repair --fault 5
                chattr -i "$ROOT/etc/$file" 2>/dev/null || true
                exited 4
                complains "/etc/$file" chattr
                [[ $(state) == "$before" ]]
        done
}

@test "a stale lock is named; the lock of a dead process does not stand in the way" {
        edit passwd "/^$NAME:/d"
        edit shadow "/^$NAME:/d"
        for text in '' 'garbage' $'999999\n'; do
                printf '%s' "$text" >"$ROOT/etc/passwd.lock"
                before=$(state)
                repair --fault 5
                exited 4
                complains "/etc/passwd.lock" "remove it"
                [[ $(state) == "$before" ]]
        done
        printf '999999' >"$ROOT/etc/passwd.lock"
        repair --fault 5
        exited 0
}

@test "a lock that is held is waited for" {
        edit passwd "/^$NAME:/d"
        edit shadow "/^$NAME:/d"
        coproc python3 -c '
import fcntl, sys
f = open(sys.argv[1] + "/etc/.pwd.lock", "w")
fcntl.lockf(f, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()' "$ROOT"
        holder=$COPROC_PID
        exec {ask}>&"${COPROC[1]}"
        read -r _ <&"${COPROC[0]}"
        repair --fault 5 --timeout 1
        exited 1
        complains "/etc/.pwd.lock is held by process $holder"
        (sleep 2 && echo go >&"$ask") &
        repair --fault 5 --timeout 60
        exited 0
        exec {ask}>&-
}

# The pid of a lock file in a root that is not running says nothing: it is of another pid namespace.
@test "a lock file that names a process of this machine is not waited for" {
        edit passwd "/^$NAME:/d"
        edit shadow "/^$NAME:/d"
        printf '%s' $$ >"$ROOT/etc/passwd.lock"
        SECONDS=0
        repair --fault 5 --timeout 60
        exited 0
        [[ ! -e $ROOT/etc/passwd.lock && $SECONDS -lt 50 ]]
}

@test "a read-only root and a full disk: one line, nothing changed" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "mounts of our own (SECEP_TEST_MOUNTS=private)"
        edit passwd "/^$NAME:/d"
        before=$(state)
        mount -o remount,bind,ro "$ROOT" 2>/dev/null || mount -o remount,ro "$ROOT"
        repair --fault 5
        exited 4
        complains "Read-only file system"
        [[ $(state) == "$before" ]]
        mount -o remount,bind,rw "$ROOT" 2>/dev/null || mount -o remount,rw "$ROOT"
        small=$COPY/small
        mkdir "$small"
        mount -t tmpfs -o size=256k tmpfs "$small"
        cp -a "$ROOT"/etc/{passwd,group,shadow,gshadow,login.defs} "$small"
        mount --bind "$small" "$ROOT/etc"
        dd if=/dev/zero of="$small/fill" bs=4k 2>/dev/null || true
        before=$(state)
        repair --fault 5
        exited 1
        complains "space"
        [[ $(state) == "$before" ]]
}

@test "a number before a carriage return: a note with the key, and an id that is the system's to every shadow" {
        local id
        edit passwd "/^$NAME:/d"
        edit group "/^$NAME:/d"
        edit login.defs '/^#*SYS_[UG]ID_MAX/d'
        printf 'SYS_UID_MAX 300\r\nSYS_GID_MAX 300\r\n' >>"$ROOT/etc/login.defs"
        cp "$ROOT/etc/login.defs" "$COPY/login.defs"
        repair --fault 5
        exited 0
        id=$(awk -F: -v n="$NAME" '$1 == n { print $3 }' "$ROOT/etc/passwd")
        ((id >= 101 && id <= 300))
        repair --fault 5 --check
        exited 0
        [[ $(json '.faults[0].notes[]') == *"SYS_UID_MAX in /etc/login.defs ends in a carriage return"* ]]
        cmp "$COPY/login.defs" "$ROOT/etc/login.defs"
}
