#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Hooks where they cannot do their work: status 0 always, one line that says why, under 50 ms.
# What runs inside is in single quotes.
# shellcheck disable=SC2016
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/nspawn
load ../lib/ourpackages

HOOKS=("postinst configure" "postinst triggered /opt/cisco/amp/bin" "post 1" "connector-changed"
        "prerm upgrade 9" "preun 0" "kernels-changed" "kernel-added 6.1.0-9-amd64" "kernel-removed 6.1.0-9-amd64")
LIMIT_MS=50
[[ -z ${SECEP_COUNTED:-} ]] || LIMIT_MS=1000 # make coverage: each run writes its counters at its end

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make check)"
        root_copy service
        cp "$BUILD/secep-installer" "$BUILD/secep-repair" "$ROOT/usr/sbin/"
        mkdir -p "$ROOT"/var/lib/secep "$ROOT/lib/modules/6.1.0-9-amd64/kernel"
        touch "$ROOT/lib/modules/6.1.0-9-amd64/modules.builtin"
        root_connector
        root_owns
}

teardown() { root_drop; }

# Each hook, given CONDITION done before in a namespace of its own: status 0, at most one line, and the
# quickest of up to ten runs within the limit. Prints the lines.
hooks_under() { # CONDITION
        local hook before=${#said}
        for hook in "${HOOKS[@]}"; do
                run inside bash -c "$1"'
                        rm -f /run/said
                        best=999999
                        for try in 1 2 3 4 5 6 7 8 9 10; do
                                before=${EPOCHREALTIME/[.,]/}
                                secep-installer '"$hook"' >/run/out 2>&1 </dev/null
                                status=$?
                                took=$(( ${EPOCHREALTIME/[.,]/} - before ))
                                [[ $took -ge $best ]] || best=$took
                                [[ $status == 0 && $(wc -l </run/out) -le 1 ]] || { echo "status $status"; cat /run/out; exit 1; }
                                cat /run/out >>/run/said
                                [[ $best -ge '$LIMIT_MS'000 ]] || break
                        done
                        sort -u /run/said
                        echo "best: $best us, '"$hook"'"
                        [[ $best -lt '$LIMIT_MS'000 ]]'
                echo "$hook: $output"
                [[ $status == 0 ]]
                said+=$output$'\n'
        done
        grep -o 'best: .*' <<<"${said:before}" | sort -t' ' -k2,2n | tail -1 | sed 's/^best:/# slowest hook at its best:/' >&3
}

@test "no state directory to be had: a file, a full disk, read-only, a link to elsewhere" {
        local condition said
        for condition in 'rm -rf /var/lib/secep; echo >/var/lib/secep' \
                'mount -t tmpfs -o nr_inodes=1 tmpfs /var/lib/secep' \
                'mount -t tmpfs -o ro tmpfs /var/lib/secep' \
                'rm -rf /var/lib/secep; ln -s /srv/elsewhere /var/lib/secep; mkdir -p /srv/elsewhere' \
                'mount -t tmpfs -o ro tmpfs /var'; do
                said=""
                hooks_under "$condition; "
                [[ $said == *"the check of the connector could not be queued: /var/lib/secep"*"run later: secep-repair --all"* ]]
                [[ $said == *"modules for kernel 6.1.0-9-amd64 could not be queued: /var/lib/secep"*"run later: secep-repair --all --kernel 6.1.0-9-amd64"* ]]
                rm -rf "$ROOT/var/lib/secep" && mkdir "$ROOT/var/lib/secep"
        done
}

@test "no /proc, nor /sys, /dev and /run; databases locked; a run at work; standard error full or closed" {
        local condition said=""
        for condition in 'umount /proc' \
                'umount /proc; mount -t tmpfs -o ro,mode=0 tmpfs /proc' \
                'mount -t tmpfs -o ro tmpfs /etc' 'rm -f /etc/os-release /etc/passwd' \
                'exec 8>/var/lib/dpkg/lock-frontend 9>/var/lib/dpkg/lock; flock 8; flock 9' \
                'mkdir -p /run/secep; exec 8>/run/secep/lock; flock 8'; do
                hooks_under "$condition; "
                rm -rf "$ROOT/var/lib/secep" && mkdir "$ROOT/var/lib/secep"
        done
}

@test "outputs that are closed or full: status 0, and the note is empty" {
        local hook redirect
        for hook in "${HOOKS[@]}"; do
                for redirect in '>/dev/full 2>&1' '<&- >&- 2>&-'; do
                        rm -rf "$ROOT/var/lib/secep"
                        inside bash -c "secep-installer $hook $redirect"
                        [[ -z $(find "$ROOT/var/lib/secep" -type f -size +0 2>/dev/null) ]]
                done
        done
        [[ $hook == kernel-removed* ]]
}

@test "a journal that hangs is not waited for, one that listens has one line" {
        local said="" pid
        python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
c = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
c.setblocking(False)
try:
    while True:
        c.sendto(b"x", sys.argv[1])
except BlockingIOError:
    print("full", flush=True)
sys.stdin.read()' "$ROOT/dev/log" < <(exec tail -f /dev/null --pid=$$) >"$COPY/full" 3>&- &
        pid=$!
        until grep -qx full "$COPY/full"; do kill -0 $pid && read -rt 0.05 <> <(:) || :; done
        hooks_under ''
        [[ $said == *"a check of the connector is queued"* ]]
        kill $pid
        wait $pid || :
        rm -rf "$ROOT/var/lib/secep"
        with_journal inside secep-installer connector-changed
        [[ $(grep -c "a check of the connector is queued" "$COPY/journal") == 1 && $(wc -l <"$COPY/journal") == 2 ]]
        with_journal inside secep-installer connector-changed
        [[ $(wc -l <"$COPY/journal") == 1 ]] # it waits already
        [[ -e $ROOT/var/lib/secep/pending/new/5 ]]
}
