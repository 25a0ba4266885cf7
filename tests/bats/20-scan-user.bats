#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 5 on real roots: every cause is seen, planned, repaired, found well, and brought back by undo.
# bats file_tags=slow
bats_require_minimum_version 1.5.0
load ../lib/scan_user

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
