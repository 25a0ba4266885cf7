#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 5 on real roots: every cause is seen, planned, repaired, found well, and brought back by undo.
# bats file_tags=slow
bats_require_minimum_version 1.5.0
load ../lib/roots

NAME=cisco-amp-scan-svc

setup() {
        root_copy small
        root_connector
        groupadd --root "$ROOT" -r "$NAME"
        useradd --root "$ROOT" -r -g "$NAME" -M -d /nonexistent -s /usr/sbin/nologin "$NAME"
}

teardown() { root_drop; }

# Everything a repair of this fault may change.
state() {
        sha256sum "$ROOT"/etc/{passwd,group,shadow,gshadow,login.defs}
        stat -c '%n %a %u:%g' "$ROOT"/etc/{passwd,group,shadow,gshadow,login.defs}
        find "$ROOT/opt" -printf '%p %m %U:%G %l\n' | sort
}

entry() { # FILE FIELD
        grep "^$NAME:" "$ROOT/etc/$1" | cut -d: -f"$2"
}

edit() { # FILE SED-EXPRESSION
        sed -i "$2" "$ROOT/etc/$1"
}

# Seen as CAUSE, planned as KINDS, repaired, found well, put back byte for byte.
cycle() {
        local cause=$1 kinds=$2 before run
        before=$(state)
        repair --fault 5 --check
        exited 1
        is '.faults[0].verdict' fault
        is '.faults[0].cause' "$cause"
        repair --fault 5 --plan
        is '[.faults[0].steps[].kind] | join(" ")' "$kinds"
        [[ $(state) == "$before" ]]

        repair --fault 5
        exited 0
        is .changed true
        is '.faults[0].verdict' ok
        is '.faults[0].before.cause' "$cause"
        is '[.faults[0].steps[] | select(.state != "done")] | length' 0
        run=$(json .run)
        repaired=$(state)
        [[ $repaired != "$before" ]]
        repair --fault 5
        exited 0
        is .changed false
        is '.faults[0].verdict' ok
        [[ $(state) == "$repaired" ]]

        repair --undo "$run"
        exited 0
        [[ $(state) == "$before" ]] || {
                diff <(echo "$before") <(state)
                return 1
        }
        repair --fault 5 --check
        is '.faults[0].cause' "$cause"
}

@test "well: nothing to do, and nothing is written" {
        before=$(state)
        repair --fault 5
        exited 0
        is .changed false
        is '.faults[0].verdict' ok
        is '.faults[0].notes | length' 0
        [[ $(state) == "$before" && ! -e $ROOT/var/lib/secep ]]
}

@test "no connector on the root: readiness is judged, missing directories are well" {
        rm -rf "$ROOT/opt/cisco"
        repair --fault 5 --check
        exited 0
        is '.faults[0].verdict' ok
}

@test "group-missing: both are made, by the system's own rules" {
        userdel --root "$ROOT" "$NAME"
        groupdel --root "$ROOT" "$NAME" || true
        cycle group-missing "create-group create-user"
        repair --fault 5
        [[ $(entry passwd 3) -lt 1000 && $(entry passwd 3) -ge 100 ]]
        [[ $(entry passwd 4) == $(entry group 3) ]]
        [[ $(entry passwd 7) == /usr/sbin/nologin && $(entry shadow 2) == '!' ]]
        [[ ! -e $ROOT/home/$NAME && ! -e $ROOT/nonexistent ]]
}

@test "user-missing: the group is there and is used" {
        edit passwd "/^$NAME:/d"
        edit shadow "/^$NAME:/d"
        gid=$(entry group 3)
        cycle user-missing create-user
        repair --fault 5
        [[ $(entry passwd 4) == "$gid" ]]
}

@test "group-missing with the user there: the group gets the number its files have" {
        edit group "/^$NAME:/d"
        edit gshadow "/^$NAME:/d"
        gid=$(entry passwd 4)
        cycle group-missing create-group
        repair --fault 5
        [[ $(entry group 3) == "$gid" ]]
}

@test "group-missing with the user in another group" {
        edit group "/^$NAME:/d"
        edit gshadow "/^$NAME:/d"
        edit passwd "s/^\($NAME:x:[0-9]*\):[0-9]*/\1:100/"
        uid=$(entry passwd 3)
        cycle group-missing "create-group set-primary-group"
        repair --fault 5
        [[ $(entry passwd 3) == "$uid" && $(entry passwd 4) == $(entry group 3) ]]
}

@test "files without a newline at their end get it back without one" {
        userdel --root "$ROOT" "$NAME"
        groupdel --root "$ROOT" "$NAME" || true
        for file in passwd group shadow gshadow; do
                truncate -s -1 "$ROOT/etc/$file"
        done
        cycle group-missing "create-group create-user"
}

@test "usergroups-disabled: repaired without touching login.defs" {
        userdel --root "$ROOT" "$NAME"
        groupdel --root "$ROOT" "$NAME" || true
        edit login.defs 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/'
        cycle usergroups-disabled "create-group create-user"
        edit login.defs '/^USERGROUPS_ENAB/d'
        repair --fault 5 --check
        is '.faults[0].cause' usergroups-disabled
        is '[.faults[0].evidence[] | select(.what | startswith("USERGROUPS_ENAB"))][0].found' "not set, which counts as no"
}

@test "USERGROUPS_ENAB no with the account there is no fault" {
        edit login.defs 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/'
        repair --fault 5
        exited 0
        is .changed false
}

@test "user-altered: primary group" {
        edit passwd "s/^\($NAME:x:[0-9]*\):[0-9]*/\1:100/"
        cycle user-altered set-primary-group
}

@test "user-altered: usable password" {
        edit shadow "s|^$NAME:[^:]*|$NAME:\$6\$abcdefgh\$0123456789abcdef|"
        cycle user-altered lock-password
        repair --fault 5
        [[ $(entry shadow 2) == "!\$6\$abcdefgh\$0123456789abcdef" ]]
        # Undo needs no copy of a hash, so none is kept.
        run -1 grep -rq 0123456789abcdef "$ROOT/var/lib/secep"
}

@test "user-altered: no password is asked for" {
        edit shadow "s|^$NAME:[^:]*|$NAME:|"
        cycle user-altered lock-password
        edit passwd "s|^$NAME:x|$NAME:|"
        cycle user-altered lock-password
}

@test "user-altered: uid 0 gets a new id, nobody else's files change hands" {
        edit passwd "s/^\($NAME:x\):[0-9]*\(.*\):.nonexistent:/\1:0\2:\/:/"
        owners=$(find "$ROOT" -xdev \( -path "$ROOT/var/lib/secep" -o -path "$ROOT/etc" \) -prune -o -printf '%p %U:%G\n' | sort | sha256sum)
        mkdir -p "$ROOT/var/log/cisco" && touch "$ROOT/var/log/cisco/ampscansvc.log"
        repair --fault 5 --check
        is '[.faults[0].notes[] | select(test("ampscansvc.log belongs to root"))] | length' 1
        rm -r "$ROOT/var/log/cisco"
        cycle user-altered renumber-user
        repair --fault 5
        [[ $(entry passwd 3) -ge 100 && $(entry passwd 3) -lt 1000 ]]
        [[ $(find "$ROOT" -xdev \( -path "$ROOT/var/lib/secep" -o -path "$ROOT/etc" \) -prune -o -printf '%p %U:%G\n' | sort | sha256sum) == "$owners" ]]
}

@test "group-altered: gid 0 gets a new id, root's group stays" {
        edit group "s/^\($NAME:x\):[0-9]*/\1:0/"
        edit passwd "s/^\($NAME:x:[0-9]*\):[0-9]*/\1:0/"
        cycle group-altered "renumber-group set-primary-group"
        repair --fault 5
        grep -q '^root:x:0:0:' "$ROOT/etc/passwd"
        grep -q '^root:x:0:' "$ROOT/etc/group"
        [[ $(entry passwd 4) == $(entry group 3) && $(entry group 3) -ge 100 ]]
}

@test "several things at once: all are evidence, the most basic is the cause, one run mends them" {
        edit shadow "s|^$NAME:[^:]*|$NAME:\$6\$abcdefgh\$0123456789abcdef|"
        edit passwd "s/^\($NAME:x\):[0-9]*:[0-9]*/\1:0:100/"
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        chown 5:6 "$ROOT/opt/cisco/amp/lib"
        root_owns
        cycle user-altered "renumber-user set-primary-group lock-password set-mode set-owner"
        repair --fault 5 --check
        is '[.faults[0].evidence[].what] | length' 5
}

@test "a login shell, a home and an id outside the range are notes" {
        edit passwd "s|^$NAME:.*|$NAME:x:4242:$(entry group 3)::/root:/bin/sh|"
        repair --fault 5
        exited 0
        is .changed false
        is '.faults[0].verdict' ok
        is '.faults[0].notes | length' 3
}

@test "directory-mode: directories at and below, never files, never other products" {
        mkdir -p "$ROOT"/opt/cisco/amp/a/b "$ROOT"/opt/cisco/orbital
        touch "$ROOT/opt/cisco/amp/a/file"
        chmod 0600 "$ROOT/opt/cisco/amp/a/file"
        chmod 0700 "$ROOT"/opt/cisco "$ROOT"/opt/cisco/amp/a/b "$ROOT"/opt/cisco/orbital
        chmod 0777 "$ROOT/opt/cisco/amp/a"
        chown 7:8 "$ROOT/opt/cisco/amp/a"
        root_owns
        cycle directory-mode "set-mode set-owner set-mode set-mode"
        [[ $repaired == *"/amp/a/file 600 "* && $repaired == *"/orbital 700 "* ]]
        repair --fault 5 --check
        is '[.faults[0].notes[] | select(test("orbital belongs to another product"))] | length' 1
}

@test "directory-mode: KeepMode and dpkg-statoverride are honoured" {
        mkdir -p "$ROOT"/opt/cisco/amp/{kept,over} "$ROOT/etc/secep"
        root_owns
        chmod 0700 "$ROOT/opt/cisco/amp/kept"
        chmod 0710 "$ROOT/opt/cisco/amp/over"
        echo 'KeepMode=/opt/cisco/amp/kept' >"$ROOT/etc/secep/secep.conf"
        chroot "$ROOT" dpkg-statoverride --add root root 0710 /opt/cisco/amp/over
        repair --fault 5
        exited 0
        is .changed false
        chmod 0700 "$ROOT/opt/cisco/amp/over"
        repair --fault 5
        exited 0
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/over") == 710 ]]
}

@test "directory-mode-fought: changed twice within a day, blocked, named, --allow again" {
        for _ in 1 2; do # one chmod by hand, once, is no fight
                chmod 0700 "$ROOT/opt/cisco/amp/etc"
                repair --fault 5
                exited 0
        done
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        mkdir -p "$ROOT/etc/tmpfiles.d"
        echo 'd /opt/cisco/amp/etc 0700 root root -' >"$ROOT/etc/tmpfiles.d/site.conf"
        repair --fault 5
        exited 4
        is .changed false
        is '.faults[0].verdict' blocked
        is '.faults[0].cause' directory-mode-fought
        [[ $(json '.faults[0].why') == *"/etc/tmpfiles.d/site.conf:1"* ]]
        [[ $(json '.faults[0].why') =~ until\ [0-9]{4}-[0-9]{2}-[0-9]{2} ]]
        # Another directory is still put right.
        chmod 0700 "$ROOT/opt/cisco/amp/bin"
        repair --fault 5
        exited 4
        is .changed true
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/bin") == 755 ]]
        repair --fault 5 --allow again
        exited 0
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        # A day later it is a plain fault again.
        sed -i 's/"time":[0-9]*/"time":1000000000/' "$ROOT"/var/lib/secep/runs/*.jsonl
        repair --fault 5
        exited 0
}

@test "another mount below is not entered" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "mounts of our own (SECEP_TEST_MOUNTS=private)"
        mkdir "$ROOT/opt/cisco/amp/mnt"
        mount -t tmpfs -o mode=0700 tmpfs "$ROOT/opt/cisco/amp/mnt"
        repair --fault 5
        exited 0
        is .changed false
        is '[.faults[0].notes[] | select(test("mnt is another file system"))] | length' 1
}

@test "a link where a directory must be: could not tell, nothing followed" {
        mv "$ROOT/opt/cisco" "$ROOT/srv/cisco"
        ln -s /srv/cisco "$ROOT/opt/cisco"
        chmod 0700 "$ROOT/srv/cisco/amp"
        before=$(state)
        repair --fault 5
        exited 3
        complains /opt/cisco "symbolic link"
        [[ $(state) == "$before" && $(stat -c %a "$ROOT/srv/cisco/amp") == 700 ]]
}

@test "a link that leads out of the root: could not tell, nothing followed" {
        outside=$(mktemp -d)
        chmod 0700 "$outside"
        ln -s "$(realpath --relative-to "$ROOT/opt/cisco/amp" "$outside")" "$ROOT/opt/cisco/amp/out"
        repair --fault 5
        exited 3
        complains /opt/cisco/amp/out "out of the root"
        [[ $(stat -c %a "$outside") == 700 ]]
        # What can be told is mended all the same.
        chmod 0700 "$ROOT/opt/cisco/amp/bin"
        repair --fault 5
        exited 3
        is .changed true
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/bin") == 755 && $(stat -c %a "$outside") == 700 ]]
        rmdir "$outside"
}

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

@test "a stale lock is named; one of a dead process is no obstacle" {
        edit passwd "/^$NAME:/d"
        edit shadow "/^$NAME:/d"
        for text in '' 'garbage' $'999999\n'; do
                printf '%s' "$text" >"$ROOT/etc/passwd.lock"
                before=$(state)
                repair --fault 5
                exited 1
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
        exited 1
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

@test "a directory that cannot be changed stops no other" {
        for d in a b $'\xff' c; do mkdir -m 0700 "$ROOT/opt/cisco/amp/$d"; done
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        root_owns
        chattr +i "$ROOT/opt/cisco/amp/b" 2>/dev/null || skip "this file system has no immutable flag"
        repair --fault 5
        chattr -i "$ROOT/opt/cisco/amp/b"
        [[ $status != 0 ]]
        is '[.faults[0].steps[].state] | unique | join(" ")' "done failed"
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/"{a,c,etc} | sort -u) == 755 ]]
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/b") == 700 ]]
}
