#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# SECEP_TOGETHER minutes (10) of everything at once on one root: two repairs of 5, 11 and 19 in turn, checks, the
# monitor, apt, semodule, and somebody who breaks what was repaired. No run of ours ends by a signal or with
# another status than it may; afterwards login.defs is byte for byte what it was, dpkg and the module store are
# whole, one plain repair ends well, and the monitor says what a fresh look says.

load ../lib/roots
load ../lib/selinux
load ../lib/packages

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make torture-together)"
        root_copy full
        root_connector
        PIDS=()
        RELEASE=$(root_release "$ROOT")
        selinux_trim "$ROOT"
        "$FAULTLAB" --root "$ROOT" break scan-user kernel-headers selinux-policy >&2
        mkdir -p "$ROOT/srv/other" "$ROOT/b"
        plain_deb "$ROOT/srv/other" secep-test-other
        echo '(block secep_test_other (type t))' >"$COPY/secep_test_other.cil"
        cp "$ROOT/etc/login.defs" "$COPY/login.defs"
        mount --bind /dev "$ROOT/dev"
        mount -t tmpfs tmpfs "$ROOT/run"
        mkdir "$COPY/said"
}

teardown() {
        [[ -n ${MONITOR:-} ]] || { root_drop; return; }
        touch "$COPY/stop"
        kill -KILL "$MONITOR" 2>/dev/null || true
        wait "${PIDS[@]}" || true # by their ids: what bats itself started runs as long as a test may
        root_drop
}

# again NAME STATUSES COMMAND...: until it is enough; another status than those is written down.
again() {
        local name=$1 allowed=" $2 " status n=0
        shift 2
        until [[ -e $COPY/stop ]]; do
                status=0
                "$@" >"$COPY/said/$name" 2>&1 || status=$?
                n=$((n + 1))
                [[ $allowed == *" $status "* || $allowed == " any " ]] || {
                        echo "$name, run $n: status $status"
                        cat "$COPY/said/$name"
                } >>"$COPY/wrong"
        done
        echo "$name $n" >>"$COPY/counts"
}

ours() { "$BUILD/secep-repair" --root "$ROOT" --kernel "$RELEASE" --fault 5,11,19 "$@"; }

# Others pause, so that a lock is free now and then.
apt_turn() {
        sleep 0.$((RANDOM % 10))
        chroot "$ROOT" apt-get -qq -y install /srv/other/secep-test-other_*.deb && chroot "$ROOT" apt-get -qq -y purge secep-test-other
}

semodule_turn() {
        sleep 0.$((RANDOM % 10))
        semodule -n -p "$ROOT" -s default -X 300 -i "$COPY/secep_test_other.cil" && semodule -n -p "$ROOT" -s default -X 300 -r secep_test_other
}

breaking_turn() {
        sleep $((RANDOM % 3))
        case $((RANDOM % 4)) in
        0) userdel --root "$ROOT" -f cisco-amp-scan-svc ;;
        1) chmod 0700 "$ROOT/opt/cisco/amp/etc" ;;
        2) chroot "$ROOT" dpkg --purge "linux-headers-$RELEASE" ;;
        3) semodule -n -p "$ROOT" -s default -X 200 -r cisco-secure-bpf ;;
        esac
}

# In a process and mount namespace of its own, with the libraries this machine has.
monitor_start() {
        local library
        ldd "$BUILD/secep-monitord" | awk '$3 ~ /^\// { print $3 }' | while read -r library; do
                chroot "$ROOT" test -e "$library" || install -D "$library" "$ROOT$library"
        done
        cp "$BUILD"/secep-{monitord,repair} "$ROOT/b/"
        mkdir -p "$ROOT/var/log/secep"
        # shellcheck disable=SC2016
        unshare --pid --fork --kill-child --mount --propagation private \
                sh -ec 'mount -t proc proc "$0/proc"; exec chroot "$0" /b/secep-monitord' "$ROOT" >"$COPY/said/monitor" 2>&1 3>&- &
        MONITOR=$! PIDS+=($!)
        for ((i = 0; i < 600; i++)); do [[ ! -e $ROOT/run/secep/faults.json ]] || return 0; sleep 0.1; done
        echo "the monitor did not begin"
        return 1
}

fresh() {
        # shellcheck disable=SC2016
        unshare --pid --fork --kill-child --mount --propagation private \
                sh -ec 'mount -t proc proc "$0/proc"; exec chroot "$0" /b/secep-repair --json --check --fault 5' "$ROOT" | jq -r '.faults[0].verdict'
}

monitor_agrees() {
        local end=$((SECONDS + 120))
        until [[ $(jq -r '.faults[] | select(.id == 5) | .verdict' "$ROOT/run/secep/faults.json") == "$(fresh)" ]]; do
                ((SECONDS < end)) || { echo "a fresh look says $(fresh):" && jq -c '.faults[0]' "$ROOT/run/secep/faults.json" && return 1; }
                sleep 1
        done
}

@test "everything at once" {
        local i minutes=${SECEP_TOGETHER:-10}
        echo "# $minutes minutes" >&3
        monitor_start
        again repair-1 "0 1 3 4" ours --allow again & PIDS+=($!)
        again repair-2 "0 1 3 4" ours --allow again & PIDS+=($!)
        again check "0 1 3 4" ours --check & PIDS+=($!)
        again apt any apt_turn & PIDS+=($!)
        again semodule any semodule_turn & PIDS+=($!)
        again breaker any breaking_turn & PIDS+=($!)
        sleep $((minutes * 60)) # it is the length that is asked for
        touch "$COPY/stop"
        wait "${PIDS[@]:1}"
        echo "# runs: $(sort "$COPY/counts" | paste -sd,)" >&3
        [[ ! -e $COPY/wrong ]] || { cat "$COPY/wrong"; return 1; }
        kill -0 "$MONITOR" || { cat "$COPY/said/monitor"; return 1; }
        cmp "$ROOT/etc/login.defs" "$COPY/login.defs"
        chroot "$ROOT" dpkg --configure -a
        [[ -z $(chroot "$ROOT" dpkg --audit) ]]
        ours --allow again >"$COPY/log" 2>&1 || { cat "$COPY/log"; return 1; }
        ours --allow again --json >"$COPY/log" 2>&1 && [[ $(jq .changed "$COPY/log") == false ]]
        snapshot_modules | grep -q "^200 cisco-secure-bpf"
        semodule -n -p "$ROOT" -s default -B
        [[ -z $(find "$ROOT/etc" "$ROOT/opt" -name '.secep-*') ]]
        chroot "$ROOT" pwck -rq
        monitor_agrees
}
