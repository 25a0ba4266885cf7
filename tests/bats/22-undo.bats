#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Undo of what others changed since: each step is told as put back, already so, left alone with the
# reason, or failed, and the machine is as told.
# bats file_tags=slow
bats_require_minimum_version 1.5.0
load ../lib/roots

NAME=cisco-amp-scan-svc

setup() {
        root_copy small
        root_connector
}

teardown() { root_drop; }

with_account() {
        groupadd --root "$ROOT" -r "$NAME"
        useradd --root "$ROOT" -r -g "$NAME" -M -d /nonexistent -s /usr/sbin/nologin "$NAME"
}

repaired() { # STEPS
        repair --fault 5
        exited 0
        is '[.faults[0].steps[] | select(.state == "done") | .kind] | join(" ")' "$1"
}

# Undo says STATES, one a step, the newest first, and ends with STATUS.
undone_as() { # STATUS STATES
        repair --undo last
        exited "$1"
        is '[.steps[].state] | join(" ")' "$2"
        [[ $1 != 0 || -z $stderr_text ]]
}

entries() { grep "^$NAME:" "$ROOT"/etc/{passwd,group,shadow,gshadow}; }

@test "a user that was given a shell stays, and so does its group" {
        repaired "create-group create-user"
        usermod --root "$ROOT" -s /bin/bash "$NAME"
        before=$(entries)
        undone_as 1 "left left"
        [[ $(json '.steps[0].why') == *"changed since"* ]]
        [[ $(json '.steps[1].why') == *"primary group of user $NAME"* ]]
        is .changed false
        [[ $stderr_text == *"create user $NAME: left alone: "*$'\n'*"create group $NAME: left alone: "* ]]
        [[ $(entries) == "$before" ]]
        undone_as 1 "left left" # and is told again
}

@test "a user whose comment, age or password was edited stays" {
        local edit
        for edit in "usermod -c edited" "chage -M 90" "usermod -p \$6\$abcdefgh\$0123456789012345678901234567890"; do
                repaired "create-group create-user"
                read -ra words <<<"$edit"
                "${words[0]}" --root "$ROOT" "${words[@]:1}" "$NAME"
                before=$(entries)
                undone_as 1 "left left"
                [[ $(entries) == "$before" ]]
                userdel --root "$ROOT" "$NAME"
                rm -rf "$ROOT/var/lib/secep"
                [[ ! $(entries) ]]
        done
}

@test "a group that somebody joined stays; the user nobody touched goes" {
        repaired "create-group create-user"
        usermod --root "$ROOT" -a -G "$NAME" daemon
        undone_as 1 "undone left"
        run ! grep -q "^$NAME:" "$ROOT/etc/passwd"
        grep -q "^$NAME:.*daemon" "$ROOT/etc/group"
}

@test "a group that became the primary one of another user stays" {
        repaired "create-group create-user"
        useradd --root "$ROOT" -r -g "$NAME" other
        undone_as 1 "undone left"
        [[ $(json '.steps[1].why') == *"primary group of user other"* ]]
        grep -q "^$NAME:" "$ROOT/etc/group"
}

@test "user and group that are gone already are told so" {
        repaired "create-group create-user"
        userdel --root "$ROOT" "$NAME"
        groupdel --root "$ROOT" "$NAME" 2>/dev/null || true
        undone_as 0 "already already"
        is .changed false
        repair_plain --undo last
        exited 0
        [[ $output == *"nothing to put back"* ]]
}

@test "an undo that was cut off between passwd and shadow, group and gshadow, is ended by the next" {
        repaired "create-group create-user"
        sed -i "/^$NAME:/d" "$ROOT/etc/passwd" "$ROOT/etc/group"
        grep -q "^$NAME:" "$ROOT/etc/shadow"
        touch "$ROOT/etc/.secep-0123ab" # what it had not renamed yet
        undone_as 0 "undone undone"
        run -1 grep "^$NAME:" "$ROOT"/etc/{passwd,shadow,group,gshadow}
        [[ ! -e $ROOT/etc/.secep-0123ab ]]
        repaired "create-group create-user"
        sed -i "/^$NAME:/d" "$ROOT/etc/passwd"
        sed -i "s/^$NAME:\([^:]*\):[0-9]*:/$NAME:\1:12345:/" "$ROOT/etc/shadow" # somebody's own since
        undone_as 1 "left undone"
        grep -q "^$NAME:" "$ROOT/etc/shadow"
}

@test "a directory that is gone, changed again, put back by hand, or mounted over" {
        with_account
        chmod 0700 "$ROOT/opt/cisco/amp/"{etc,bin}
        mkdir -m 0700 "$ROOT/opt/cisco/amp/"{a,b,c,d}
        root_owns
        repair --fault 5
        exited 0
        rmdir "$ROOT/opt/cisco/amp/a"
        chmod 0711 "$ROOT/opt/cisco/amp/b"
        chmod 0700 "$ROOT/opt/cisco/amp/c"
        [[ ${SECEP_TEST_MOUNTS:-} != private ]] || mount -t tmpfs -o mode=0755 tmpfs "$ROOT/opt/cisco/amp/d"
        repair --undo last
        exited 1
        state_of() { json ".steps[] | select(.target == \"/opt/cisco/amp/$1\") | .state"; }
        why_of() { json ".steps[] | select(.target == \"/opt/cisco/amp/$1\") | .why"; }
        [[ $(state_of a) == left && $(why_of a) == *"No such file"* ]]
        [[ $(state_of b) == left && $(why_of b) == "it is 0711 now" ]]
        [[ $(state_of c) == already && $(why_of c) == null ]]
        [[ $(state_of etc) == undone && $(stat -c %a "$ROOT/opt/cisco/amp/etc") == 700 ]]
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/b") == 711 ]]
        if [[ ${SECEP_TEST_MOUNTS:-} == private ]]; then
                [[ $(state_of d) == left && $(stat -c %a "$ROOT/opt/cisco/amp/d") == 755 ]]
                umount "$ROOT/opt/cisco/amp/d"
        fi
}

@test "an immutable directory is told, and the others are put back" {
        with_account
        chmod 0700 "$ROOT/opt/cisco/amp/"{etc,bin}
        repair --fault 5
        exited 0
        chattr +i "$ROOT/opt/cisco/amp/etc" 2>/dev/null || skip "this file system has no immutable flag"
        repair --undo last
        status_was=$status states=$(json '[.steps[].state] | sort | join(" ")')
        chattr -i "$ROOT/opt/cisco/amp/etc"
        [[ $status_was == 4 && $states == "failed undone" ]]
}

@test "a password that was changed since it was locked is not opened" {
        with_account
        usermod --root "$ROOT" -p '$6$abcdefgh$0123456789012345678901234567890' "$NAME"
        repaired lock-password
        usermod --root "$ROOT" -p '!$6$abcdefgh$another89012345678901234567890' "$NAME"
        before=$(entries)
        undone_as 1 left
        [[ $(entries) == "$before" ]]
}

@test "an id that somebody else has now is not given back" {
        with_account
        sed -i "s/^\($NAME:x\):[0-9]*:/\1:0:/" "$ROOT/etc/group"
        sed -i "s/^\($NAME:x:[0-9]*\):[0-9]*:/\1:0:/" "$ROOT/etc/passwd"
        repaired "renumber-group set-primary-group"
        gid=$(grep "^$NAME:" "$ROOT/etc/group" | cut -d: -f3)
        useradd --root "$ROOT" -r -g "$gid" other
        undone_as 1 "undone left"
        [[ $(grep "^$NAME:" "$ROOT/etc/group" | cut -d: -f3) == "$gid" ]]
}

@test "a signature file that came back since stays, and so does the one in quarantine" {
        with_account
        bad=$ROOT/opt/cisco/amp/clamav/broken.cvd
        mkdir -p "${bad%/*}"
        install -m 0755 "$ROOT/opt/cisco/amp/bin/ampdaemon" "$ROOT/opt/cisco/amp/bin/ampscansvc"
        echo "no signatures at all" >"$bad"
        repair --fault 7
        exited 0
        [[ ! -e $bad ]]
        echo "another" >"$bad"
        undone_as 1 left
        [[ $(<"$bad") == another && -n $(find "$ROOT/var/lib/secep/quarantine" -name broken.cvd) ]]
        rm "$bad"
        undone_as 0 undone
        [[ $(<"$bad") == "no signatures at all" ]]
}

@test "a restart is not called put back" {
        with_account
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        repaired set-mode
        run=$(json .run)
        sed -i '/"event":"end"/d' "$ROOT/var/lib/secep/runs/$run.jsonl"
        cat >>"$ROOT/var/lib/secep/runs/$run.jsonl" <<-EOF
		{"event":"intent","step":2,"fault":5,"kind":"restart-service","target":"cisco-amp.service","key":"","value":"","undo":{"main_pid":1}}
		{"event":"done","step":2}
		{"event":"end","exit":0}
	EOF
        repair_plain --undo last
        exited 0
        grep -q '^  no way back *restart service cisco-amp.service$' <<<"$output"
        grep -q '^  put back *set the mode of /opt/cisco/amp/etc$' <<<"$output"
        [[ $output == *"1 of 2 steps put back"* ]]
}
