#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing latches: random sequences of break, mend, restart, kill -9, rotation, a full disk, a clock that
# steps back and forth and a daemon that is stopped for a while; after each the state is that of a fresh look, and raises and clears
# alternate. SECEP_LATCH=N sequences (50), SECEP_SEED=N repeats one run.
# What runs inside is in single quotes.
# shellcheck disable=SC2016
# bats file_tags=slow
load ../lib/roots
load ../lib/live

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make check)"
        live_copy
}

teardown() { live_drop; }

@test "nothing latches, nothing is lost, nothing is told twice" {
        local seed=${SECEP_SEED:-$RANDOM} n=${SECEP_LATCH:-50}
        echo "# seed $seed, $n sequences" >&3
        "${CC:-gcc}" -shared -fPIC -o "$LIVE/root/clock.so" "$TOP/tests/lib/clock_back.c"
        live timeout $((300 + n * 20)) bash -c '
set -euo pipefail
RANDOM=$1 N=$2 M=/b/secep-monitord LOG=/var/log/secep/events.jsonl NOW=/run/secep/faults.json
mkdir -p /var/log/secep
mount -t tmpfs -o size=256k tmpfs /var/log/secep
truth() { getent passwd cisco-amp-scan-svc >/dev/null && echo cleared || echo raised; }
now() { jq -r ".faults[] | select(.id == 5) | .condition" $NOW 2>/dev/null || true; }
soon() { local end=$((SECONDS + 120)); until "$@"; do ((SECONDS < end)) || { echo "never: $*"; cat $NOW /tmp/err; return 1; }; sleep 0.02; done; }
mine() { [[ $(jq -r .pid $NOW 2>/dev/null) == "$PID" && $(now) != unknown ]]; }
agrees() { [[ $(now) == "$(truth)" ]]; }
start() { LD_PRELOAD=/root/clock.so $M 2>>/tmp/err & PID=$!; soon mine; }
stop() { kill -CONT $PID; kill -$1 $PID; while kill -0 $PID 2>/dev/null; do wait $PID 2>/dev/null || true; done; }
mend() { [[ $(truth) == cleared ]] || { groupadd -f -r cisco-amp-scan-svc && useradd -r -g cisco-amp-scan-svc -s /usr/sbin/nologin -M -d /nonexistent cisco-amp-scan-svc; }; }
# Forced: a look that asks as the account is a process of its for a moment.
break_() { [[ $(truth) == raised ]] || userdel -f cisco-amp-scan-svc; }
# Kept is what was rotated before: once there is a new log nobody writes to the old one any more.
keep() { [[ ! -e $LOG.1 ]] || cat $LOG.1 >>/tmp/all; }
rotate() { [[ ! -e $LOG ]] || { keep; mv $LOG $LOG.1; }; }
stepped() { local off=$(($(jq .time $NOW) / 1000 - $(date +%s) - shift)); ((off > -30 && off < 30)); }
step() {
        case $((RANDOM % 10)) in
        0 | 1) break_ ;;
        2 | 3) mend ;;
        4) stop TERM; start ;;
        5) stop KILL; start ;;
        6) rotate ;;
        7) kill -STOP $PID; break_; mend; kill -CONT $PID ;;
        8) dd if=/dev/zero of=/var/log/secep/full bs=1k count=400 2>/dev/null || true; ((RANDOM % 2)) && break_ || mend; soon agrees; rm /var/log/secep/full ;;
        9) shift=$((RANDOM % 7200 - 3600)); echo $shift >/tmp/clock-step; kill -USR1 $PID; soon stepped ;;
        esac
}
# Of all nine, what a fresh look says.
verdicts() { jq -c "[.faults[] | [.id, .verdict]] | sort"; }
fresh() { kill -USR1 $PID; A=$({ /b/secep-repair --json --check --all || true; } | verdicts); B=$(verdicts <$NOW); [[ $A == "$B" ]] || { echo "check: $A"; echo "state: $B"; false; }; }
start
for ((i = 0; i < N; i++)); do
        for ((k = 0; k < 6; k++)); do step; done
        soon agrees
        soon fresh
done
settled() { [[ $(jq ".waiting | length" /var/lib/secep/state.json) == 0 ]]; }
kill -USR1 $PID; soon settled
stop TERM
keep; cat $LOG >>/tmp/all 2>/dev/null || true
jq -r "select(.fault == 5) | .event" /tmp/all >/tmp/events
[[ $(uniq -d /tmp/events | wc -l) == 0 ]] || { echo "not alternating"; cat /tmp/all; exit 1; }
[[ $(jq .seq /tmp/all | sort -n | uniq -d | wc -l) == 0 ]] || { echo "told twice"; exit 1; }
[[ $(tail -1 /tmp/events) == "$(truth)" ]] || { echo "the last event is not the truth"; exit 1; }
# none lost: the numbers have no gap
[[ $(jq .seq /tmp/all | sort -n | awk "NR > 1 && \$1 != last + 1 { n++ } { last = \$1 } END { print n + 0 }") == 0 ]] || { echo "lost"; exit 1; }
echo "events: $(wc -l </tmp/all)"' bash "$seed" "$n"
}
