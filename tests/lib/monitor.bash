# SPDX-License-Identifier: GPL-2.0-or-later
# secep-monitord in a copy of this machine, and what the scripts inside are written with.
# shellcheck shell=bash
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/roots
load ../lib/live

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make check)"
        live_copy
}

teardown() { live_drop; }

# Helpers of the scripts inside.
INSIDE='
set -euo pipefail
M=/b/secep-monitord LOG=/var/log/secep/events.jsonl NOW=/run/secep/faults.json STATE=/var/lib/secep/state.json
soon() { local end=$((SECONDS + 120)); until "$@"; do ((SECONDS < end)) || { echo "never: $*"; cat $NOW /tmp/err; return 1; }; sleep 0.05; done; } 2>&1
is() { [[ $(jq -r ".faults[] | select(.id == $1) | .condition" $NOW 2>/dev/null) == "$2" ]]; }
of() { jq -c "select(.fault == $1) | .event" $LOG | tr -d "\"" | paste -sd " "; }
start() { $M 2>>/tmp/err & PID=$!; soon running; }
running() { [[ $(jq -r .pid $NOW 2>/dev/null) == "$PID" ]]; }
stop() { kill -"$1" $PID; wait $PID || true; }
account() { groupadd -r cisco-amp-scan-svc && useradd -r -g cisco-amp-scan-svc -s /usr/sbin/nologin -M -d /nonexistent cisco-amp-scan-svc; }
'

inside() {
        live timeout 600 bash -c "$INSIDE$1"
}
