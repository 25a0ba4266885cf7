#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The installer's verbs where a changing call of ours fails (tests/step -e), on a copy of this machine: it ends with
# the connector as it was or as it was to be, its words say when it is not done, login.defs is byte for byte what
# it was, and the plain same command ends well. Of the calls every SECEP_INSTALLER_STRIDE'th (29).

load ../lib/roots
load ../lib/live
load ../lib/signed

ERRORS=${SECEP_ERRORS:-ENOSPC EIO EROFS EMFILE ENOMEM EINTR}
STRIDE=${SECEP_INSTALLER_STRIDE:-29}

setup_file() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || return 0
        local version
        keys_begin
        export FPR
        FPR=$(key_make vendor)
        for version in 1.25.0.1 1.26.0.1; do
                STANDIN_VERSION=$version "$TOP/tests/connector/pack.sh" deb "$BUILD/tests/standin" "$BATS_FILE_TMPDIR/$version.deb"
                deb_sign "$BATS_FILE_TMPDIR/$version.deb" vendor
        done
}

teardown_file() { keys_end; }

setup() {
        [[ $(uname -m) == x86_64 ]] || skip "this machine is no x86_64, and tests/step fails calls there only"
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks mounts of our own (run by make torture)"
}

teardown() { live_drop; }

# A copy with the connector of VERSION ("": none), installed by us.
host() { # VERSION
        live_copy
        mkdir -p "$LIVE/etc/secep" "$LIVE/srv"
        cp "$KEYS/vendor.gpg" "$LIVE/etc/secep/vendor-key.gpg"
        echo "VendorKey=$FPR" >"$LIVE/etc/secep/secep.conf"
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB\tno/' "$LIVE/etc/login.defs"
        cp "$LIVE/etc/login.defs" "$LIVE_AT/login.defs"
        cp "$BATS_FILE_TMPDIR"/*.deb "$LIVE/srv/"
        [[ -z $1 ]] || live /b/secep-installer install "/srv/$1.deb" >"$LIVE_AT/log" 2>&1 || :
        [[ -z $1 || $(installed) == "$1" ]] || { cat "$LIVE_AT/log"; return 1; }
}

# The connector's version where it is whole, "" where there is none, else how dpkg has it.
installed() {
        local status
        # shellcheck disable=SC2016
        status=$(live dpkg-query -Wf '${db:Status-Abbrev}${Version}' ciscoampconnector 2>/dev/null || :)
        case $status in
        "ii "*) echo "${status#ii }" ;;
        "" | "un "* | "rc "*) ;;
        *) echo "half: $status" ;;
        esac
}

say_wrong() {
        wrong=$((wrong + 1))
        printf '%s: %s\n' "$turn" "$1"
        sed 's/^/    /' "$LIVE_AT/said"
}

# The verb's K-th call fails with ERROR. 1: there is no such call.
verb_failing() { # BEFORE AFTER ERROR K VERB [FILE]
        local before=$1 after=$2 error=$3 k=$4 now status
        shift 4
        host "$before"
        live /b/tests/step -e "$error" -x .so -o /srv/turns "$k" /b/secep-installer "$@" >"$LIVE_AT/said" 2>&1 && status=0 || status=$?
        turn="$error, $* at turn $(grep "^$k " "$LIVE/srv/turns")" || { live_drop; return 1; }
        now=$(installed)
        cmp -s "$LIVE/etc/login.defs" "$LIVE_AT/login.defs" || say_wrong "login.defs is another"
        [[ $status != 0 || $now == "$after" ]] || say_wrong "status 0, and the connector is \"$now\""
        [[ $now == "$after" || $now == "$before" || -s $LIVE_AT/said ]] || say_wrong "\"$now\" without a word"
        [[ $status == 0 || -s $LIVE_AT/said ]] || say_wrong "status $status without a word"
        live /b/secep-installer "$@" >"$LIVE_AT/said" 2>&1 && status=0 || status=$?
        [[ $status == "$WELL" && $(installed) == "$after" ]] || say_wrong "the plain re-run: status $status, \"$(installed)\""
        cmp -s "$LIVE/etc/login.defs" "$LIVE_AT/login.defs" || say_wrong "login.defs is another after the re-run"
        [[ -z $(find "$LIVE/etc" "$LIVE/opt" "$LIVE/var/lib/secep" -name '.secep-*') ]] || say_wrong "left behind: $(find "$LIVE" -xdev -name '.secep-*')"
        live_drop
}

# WELL: the status of the verb where nothing fails, by the faults that this machine has.
each_error() { # BEFORE AFTER VERB [FILE]
        local error k n r wrong=0 turn=
        local -a counts=()
        host "$1"
        live /b/secep-installer "${@:3}" >"$LIVE_AT/said" 2>&1 && WELL=0 || WELL=$?
        [[ $(installed) == "$2" ]] || { cat "$LIVE_AT/said"; return 1; }
        live_drop
        for error in $ERRORS; do
                for ((k = 1, n = 0; ; k += STRIDE, n++)); do
                        r=0
                        verb_failing "$1" "$2" "$error" "$k" "${@:3}" || r=$?
                        [[ $r == 0 ]] || break
                done
                ((n > 0)) || { wrong=$((wrong + 1)) && echo "$error: no call failed"; }
                counts+=("$error $n")
        done
        echo "#   ${counts[*]}: $wrong ended badly" >&3
        [[ $wrong == 0 ]]
}

@test "install: changing calls fail" {
        each_error "" 1.26.0.1 install /srv/1.26.0.1.deb
}

@test "upgrade: changing calls fail" {
        each_error 1.25.0.1 1.26.0.1 upgrade /srv/1.26.0.1.deb
}

@test "reinstall: changing calls fail" {
        each_error 1.26.0.1 1.26.0.1 reinstall /srv/1.26.0.1.deb
}

# It writes nothing: dpkg does. What can fail are descriptors, memory and waiting.
@test "remove: calls fail" {
        ERRORS=${SECEP_ERRORS:-EMFILE ENOMEM EINTR} STRIDE=${SECEP_INSTALLER_STRIDE:-7}
        each_error 1.26.0.1 "" remove
}
