#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# secep-installer with-usergroups, and what fault 5 asks of a running system, on a copy of this one.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/live

NAME=cisco-amp-scan-svc

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "mounts of our own (SECEP_TEST_MOUNTS=private)"
        live_copy
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB\tno/' "$LIVE/etc/login.defs"
        DEFS=$(defs)
}

teardown() { live_drop; }

defs() {
        sha256sum <"$LIVE/etc/login.defs"
        stat -c '%a %u:%g' "$LIVE/etc/login.defs"
}

with() { live /b/secep-installer with-usergroups -- "$@"; }

# Without CAP_SYS_ADMIN no namespace can be made, as in many containers.
with_on_disk() {
        live setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin \
                /b/secep-installer with-usergroups -- "$@"
}

own_group() { grep -q "^$1:" "$LIVE/etc/group"; }

# The words of the last run log.
logged() { cat "$LIVE"/var/lib/secep/runs/*.jsonl; }

@test "in a namespace: plain useradd makes its own group, nothing on disk changes" {
        run -7 with sh -c 'grep ^USERGROUPS_ENAB /etc/login.defs; useradd -r probe && exit 7'
        [[ $output == *yes* ]]
        own_group probe
        [[ $(defs) == "$DEFS" && ! -e $LIVE/var/lib/secep ]]
}

@test "in a namespace: the copy has the owner and mode of the file, and no mount is left" {
        chmod 0640 "$LIVE/etc/login.defs"
        run -0 with stat -c '%a %u:%g' /etc/login.defs
        [[ $output == "640 0:0" ]]
        run -0 live grep -c login.defs /proc/mounts || true
        [[ $output == 0 ]]
}

@test "in a namespace: kill -9 leaves nothing" {
        live sh -c '/b/secep-installer with-usergroups -- sh -c "touch /tmp/begun; sleep 100" & sleep 0.1
                until [ -e /tmp/begun ]; do sleep 0.1; done; kill -9 $!; wait' || true
        [[ $(defs) == "$DEFS" && ! -e $LIVE/var/lib/secep ]]
}

@test "on disk: the very same bytes are put back, and the run is logged" {
        run -9 with_on_disk sh -c 'grep ^USERGROUPS_ENAB /etc/login.defs; useradd -r probe && exit 9'
        [[ $output == *yes* ]]
        own_group probe
        [[ $(defs) == "$DEFS" ]]
        [[ $(logged) == *'"kind":"set-usergroups"'*'"event":"undone"'*'"event":"end"'* ]]
}

@test "on disk: an edit made meanwhile stays, only our key goes back" {
        run -0 with_on_disk sed -i '1i MAIL_DIR /elsewhere' /etc/login.defs
        [[ $(head -1 "$LIVE/etc/login.defs") == "MAIL_DIR /elsewhere" ]]
        sed -i 1d "$LIVE/etc/login.defs"
        [[ $(defs) == "$DEFS" ]]
        run -0 with_on_disk sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB   no/' /etc/login.defs
        grep -q '^USERGROUPS_ENAB   no$' "$LIVE/etc/login.defs"
}

@test "on disk: INT, TERM and HUP reach the command, and the file is put back" {
        for signal in INT TERM HUP; do
                # shellcheck disable=SC2016
                run -42 live bash -c 'setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin \
                        /b/secep-installer with-usergroups -- \
                        bash -c "trap \"exit 42\" '$signal'; grep -c ^USERGROUPS_ENAB.*yes /etc/login.defs >/tmp/begun; while :; do sleep 0.05; done" &
                        until [ -s /tmp/begun ]; do sleep 0.05; done; kill -'$signal' $!; wait $!; s=$?; rm /tmp/begun; exit $s'
                [[ $(defs) == "$DEFS" ]]
        done
        run -143 with_on_disk sh -c 'kill -TERM $$'
        [[ $(defs) == "$DEFS" ]]
}

@test "a signal that is ignored (nohup) is ignored by the command too" {
        for caps in -all,+sys_admin,+chown,+fowner,+dac_override -sys_admin; do
                # shellcheck disable=SC2016
                run -0 live bash -c 'trap "" HUP; setpriv --bounding-set='$caps' --inh-caps=-sys_admin \
                        /b/secep-installer with-usergroups -- \
                        bash -c "touch /tmp/begun; sleep 1; exit 0" &
                        until [ -e /tmp/begun ]; do sleep 0.05; done; rm /tmp/begun; kill -HUP $! $(pgrep -P $!); wait $!'
                [[ $(defs) == "$DEFS" ]]
        done
}

@test "another run at work is no hindrance in a namespace" {
        live groupadd -r "$NAME"
        live useradd -r -g "$NAME" -M "$NAME"
        mkdir -p "$LIVE/var/lib/secep/runs"
        echo '{"event":"begin","run":"20260101-000000","time":1}' >"$LIVE/var/lib/secep/runs/20260101-000000.jsonl"
        run -0 live timeout 20 flock /var/lib/secep/lock /b/secep-installer with-usergroups -- grep -c '^USERGROUPS_ENAB.*yes' /etc/login.defs
        [[ $(defs) == "$DEFS" ]]
}

@test "on disk: kill -9 is put back by the next start of either program" {
        for next in "/b/secep-installer with-usergroups -- true" "/b/secep-repair --fault 5"; do
                # shellcheck disable=SC2016
                live sh -c 'setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin \
                        /b/secep-installer with-usergroups -- sh -c "touch /tmp/begun; sleep 1000" &
                        until [ -e /tmp/begun ]; do sleep 0.05; done; kill -9 $!; rm /tmp/begun' || true
                grep -q "^USERGROUPS_ENAB.*yes" "$LIVE/etc/login.defs"
                # shellcheck disable=SC2086
                live $next || true
                [[ $(defs) == "$DEFS" ]]
                [[ $(logged) == *'"state":"reverted"'* ]]
        done
}

@test "with the toggle on already nothing is laid over the file" {
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB yes/' "$LIVE/etc/login.defs"
        run -0 with grep -c login.defs /proc/mounts || true
        [[ $output == 0 ]]
}

@test "no login.defs at all: it is made for the command and taken away again" {
        rm "$LIVE/etc/login.defs"
        run -0 with grep ^USERGROUPS_ENAB /etc/login.defs
        [[ $output == "USERGROUPS_ENAB yes" && ! -e $LIVE/etc/login.defs ]]
}

@test "one of user and group is there: the other is made first, and undone" {
        live groupadd -r "$NAME"
        before=$(cat "$LIVE"/etc/{passwd,group,shadow,gshadow})
        run -0 with sh -c "id -gn $NAME"
        [[ $output == "$NAME" ]]
        run -0 live /b/secep-repair --undo "$(basename "$LIVE"/var/lib/secep/runs/*.jsonl .jsonl)"
        [[ $(cat "$LIVE"/etc/{passwd,group,shadow,gshadow}) == "$before" ]]
        sed -i "/^$NAME:/d" "$LIVE"/etc/{group,gshadow}
        live useradd -r -g users "$NAME"
        run -0 with sh -c "id -gn $NAME"
        [[ $output == "$NAME" ]]
}

@test "neither is there: plain useradd of a vendor's scriptlet makes both" {
        run -0 with sh -c "useradd -r $NAME && id -gn $NAME"
        [[ $output == "$NAME" ]]
        run -0 live /b/secep-repair --fault 5 --check
}

@test "the command's own status, 126 and 127 as env(1), 2 for usage" {
        run -0 with true
        run -3 with sh -c 'exit 3'
        run -137 with sh -c 'kill -9 $$'
        run -127 with nosuchcommand
        [[ $output == *nosuchcommand* ]]
        run -127 with /no/such/path
        run -126 with /etc/passwd
        run -126 with_on_disk /etc
        [[ $(defs) == "$DEFS" ]]
        run -0 with sh -c 'echo "$#"' x "a b" ""
        [[ $output == 2 ]]
        for bad in "" "--" "true" "-x -- true"; do
                # shellcheck disable=SC2086
                run -2 live /b/secep-installer with-usergroups $bad
                [[ $output == usage:* ]]
        done
        run -2 live /b/secep-installer no-such-verb
        run -2 live setpriv --reuid 65534 --clear-groups /b/secep-installer with-usergroups -- true
        [[ $output == *root* ]]
}

@test "the command has our folder, input and environment" {
        # shellcheck disable=SC2016
        run -0 live sh -c 'cd /usr/share && echo in | A=1 /b/secep-installer with-usergroups -- sh -c "pwd; echo \$A; cat"'
        [[ $output == $'/usr/share\n1\nin' ]]
}

@test "a binary login.defs: 3, named, the command is not run" {
        printf 'A\0B' >"$LIVE/etc/login.defs"
        run -3 with touch /tmp/ran
        [[ $output == *"/etc/login.defs: not a text file"* && ! -e $LIVE/tmp/ran ]]
}

@test "chattr +i: no hindrance in a namespace; on disk 4, named, the command is not run" {
        chattr +i "$LIVE/etc/login.defs" 2>/dev/null || true
        ! touch "$LIVE/etc/login.defs" 2>/dev/null || skip "chattr +i on this file system"
        run -0 with grep -q '^USERGROUPS_ENAB.*yes' /etc/login.defs
        run -4 with_on_disk touch /tmp/ran
        chattr -i "$LIVE/etc/login.defs" 2>/dev/null || true
        [[ $output == *"/etc/login.defs"*chattr* && ! -e $LIVE/tmp/ran ]]
        [[ $(defs) == "$DEFS" ]]
}

@test "account-elsewhere: blocked, the source is named, nothing changed" {
        command -v gcc >/dev/null || skip "gcc, to build a name service"
        gcc -shared -fPIC -o "$LIVE/usr/lib/libnss_elsewhere.so.2" "$TOP/tests/lib/nss_elsewhere.c"
        live ldconfig
        sed -i 's/^\(passwd\|group\):.*/\1: files elsewhere/' "$LIVE/etc/nsswitch.conf"
        live id "$NAME"
        before=$(cat "$LIVE"/etc/{passwd,group,shadow,gshadow})
        run -4 --separate-stderr live /b/secep-repair --fault 5 --json
        is '.faults[0].cause' account-elsewhere
        is '.changed' false
        [[ $output == *"elsewhere (/etc/nsswitch.conf, group)"* ]]
        [[ $(cat "$LIVE"/etc/{passwd,group,shadow,gshadow}) == "$before" ]]
        # Directories are mended all the same.
        mkdir -p "$LIVE/opt/cisco/amp" && chmod 0700 "$LIVE/opt/cisco/amp"
        run -4 --separate-stderr live /b/secep-repair --fault 5 --json
        is '.changed' true
        [[ $(stat -c %a "$LIVE/opt/cisco/amp") == 755 ]]
}

@test "scan-as-root: the process is seen and a restart is planned" {
        mkdir -p "$LIVE/opt/cisco/amp/bin"
        cp "$(command -v sleep)" "$LIVE/opt/cisco/amp/bin/ampscansvc"
        cp "$(command -v sleep)" "$LIVE/opt/cisco/amp/bin/ampdaemon"
        live groupadd -r "$NAME"
        live useradd -r -g "$NAME" -M -s /usr/sbin/nologin "$NAME"
        run -1 live sh -c '/opt/cisco/amp/bin/ampscansvc 60 & sleep 0.2; exec /b/secep-repair --fault 5 --plan --json'
        is '.faults[0].cause' scan-as-root
        is '[.faults[0].steps[].kind] | join(" ")' ""
        is '[.closing[].kind] | join(" ")' restart-service
        # As its own user, or as somebody else's program of that name, it is well.
        run -0 live sh -c 'setpriv --reuid '"$NAME"' --regid '"$NAME"' --clear-groups /opt/cisco/amp/bin/ampscansvc 60 & sleep 0.2
                cp /opt/cisco/amp/bin/ampscansvc /tmp/ampscansvc; /tmp/ampscansvc 60 &
                exec /b/secep-repair --fault 5 --check --json'
        is '.faults[0].verdict' ok
}

@test "a check as nobody tells what it can" {
        live groupadd -r "$NAME"
        live useradd -r -g "$NAME" -M -s /usr/sbin/nologin "$NAME"
        run -3 live setpriv --reuid 65534 --clear-groups /b/secep-repair --fault 5 --check --json
        [[ $output == *"/etc/shadow: Permission denied"* ]]
        sed -i "/^$NAME:/d" "$LIVE/etc/passwd"
        run -1 live setpriv --reuid 65534 --clear-groups /b/secep-repair --fault 5 --check --json
        [[ $output == *user-missing* || $output == *usergroups-disabled* ]]
}
