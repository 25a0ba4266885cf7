#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --rehearse: a real repair of a throw-away copy, and nothing changed outside it.
load ../lib/roots

teardown() { root_drop; }

before() {
        snapshot_files >"$COPY/before"
}

unchanged() {
        snapshot_files | diff "$COPY/before" -
}

# The running machine's own files that a repair of fault 5 would touch.
host_state() {
        sha256sum /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/login.defs
        ls -la /var/lib/secep /run 2>&1 || true
}

# secep-repair on the running machine, in $output and $status.
repair_host() {
        COPY=$(mktemp -d "${BATS_TMPDIR:-/tmp}/secep-root.XXXXXX")
        output=$("$@" "$BUILD/secep-repair" --json --fault 5 --rehearse 2>"$COPY/stderr") && status=0 || status=$?
        export stderr_text
        stderr_text=$(<"$COPY/stderr")
}

@test "a rehearsal of fault 5 makes the account in the copy only" {
        root_copy full
        root_connector
        chmod 0700 "$ROOT/opt/cisco/amp/lib"
        root_owns
        before
        repair --fault 5 --rehearse
        exited 0
        is .rehearsal true
        is '.faults[0].verdict' ok
        is '.faults[0].before.cause' group-missing
        is '[.changes[] | select(. == "user +cisco-amp-scan-svc")] | length' 1
        is '[.changes[] | select(. == "group +cisco-amp-scan-svc")] | length' 1
        is '[.changes[] | select(startswith("changed /opt/cisco/amp/lib (0700"))] | length' 1
        unchanged
        [[ ! -e $ROOT/var/lib/secep ]]
        repair --fault 5 --check
        exited 1
}

@test "a rehearsal tells new packages by name" {
        root_copy full
        root_connector 1.24.1
        release=$(root_release "$ROOT")
        before
        repair --fault 11 --kernel "$release" --rehearse
        exited 0
        is '.faults[0].verdict' ok
        is "[.changes[] | select(startswith(\"package +linux-headers-$release \"))] | length" 1
        unchanged
}

@test "a rehearsal of the running machine leaves it alone" {
        before=$(host_state)
        repair_host env
        exited 0
        is '.faults[0].verdict' ok
        [[ $before == "$(host_state)" ]]
}

# The place of the machine's groupadd is taken by one that tells what it could have done.
@test "what a copy cannot hold back is taken from it" {
        probe=$(mktemp "${BATS_TMPDIR:-/tmp}/secep-probe.XXXXXX")
        cat >"$probe" <<'PROBE'
#!/bin/bash
                caps=$((16#$(sed -n 's/^CapEff:\s*//p' /proc/self/status)))
                for cap in 12 16 17 19 21 22 25 39; do ((caps >> cap & 1)) && echo "has capability $cap" >&2 && exit 3; done
                (echo x >/proc/sys/kernel/domainname) 2>/dev/null && echo "/proc/sys is writable" >&2 && exit 3
                (: >/sys/kernel/uevent_seqnum) 2>/dev/null && echo "/sys is writable" >&2 && exit 3
                [[ -z $(find /dev -type b) ]] || { echo "block devices in /dev" >&2; exit 3; }
                [[ -z $(ls /run) ]] || { echo "/run is not empty" >&2; exit 3; }
                grep -qx "Seccomp:.2" /proc/self/status || { echo "no filter" >&2; exit 3; }
                grep -qx "NoNewPrivs:.1" /proc/self/status || { echo "a set-uid program would get more" >&2; exit 3; }
                (($$ < 20)) || { echo "pid $$: the machine's own processes are seen" >&2; exit 3; }
                echo "held back" >&2
                exit 3
PROBE
        chmod 0755 "$probe"
        # shellcheck disable=SC2016
        repair_host unshare -m sh -c 'mount --bind "$0" "$(readlink -f "$(command -v groupadd)")" && exec "$@"' "$probe"
        rm -f "$probe"
        exited 1
        complains groupadd "held back"
}
