#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Run logs that are long, broken or from earlier versions: no check is dearer or blind for them, and
# undo and history still work.
# bats file_tags=slow
bats_require_minimum_version 1.5.0
load ../lib/roots

RUN=20260101-000000-000000-0001

setup() {
        root_tiny
        root_connector
        healthy_account
        RUNS=$ROOT/var/lib/secep/runs
        install -d -m 0700 "$RUNS"
}

teardown() { root_drop; }

# A log of STEPS steps, begun just now, each of which set the mode of its directory; VALUE pads it.
write_log() { # RUN STEPS [VALUE]
        awk -v run="$1" -v steps="$2" -v value="${3:-0755}" -v now="$(date +%s)" 'BEGIN {
                printf "{\"event\":\"begin\",\"run\":\"%s\",\"time\":%d,\"version\":\"1\",\"argv\":[]}\n", run, now
                for (i = 1; i <= steps; i++) {
                        printf "{\"event\":\"intent\",\"step\":%d,\"fault\":5,\"kind\":\"set-mode\",\"target\":\"/opt/cisco/amp/d%d\",\"key\":\"\",\"value\":\"%s\",\"undo\":{\"was\":\"0700\"}}\n", i, i, value
                        printf "{\"event\":\"done\",\"step\":%d}\n", i
                }
                print "{\"event\":\"end\",\"exit\":0}"
        }' >"$RUNS/$1.jsonl"
}

# The least of 15 checks, in microseconds.
check_time() {
        local i from took least=999999999
        for ((i = 0; i < 15; i++)); do
                from=${EPOCHREALTIME/./}
                "$BUILD/secep-repair" --root "$ROOT" --fault 5 --check >/dev/null 2>&1 || true
                took=$((${EPOCHREALTIME/./} - from))
                ((took >= least)) || least=$took
        done
        echo "$least"
}

# Is a check now at most 5 ms dearer than BEFORE?
no_dearer() { # BEFORE
        local after
        after=$(check_time)
        echo "# without: $1 us, with: $after us" >&3
        [[ -n ${SECEP_COUNTED:-} ]] || ((after <= $1 + 5000)) # make coverage: the counters are dearer, too
}

@test "a million steps, a broken log, one of 70 MiB: a check costs what it did" {
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        local bare
        bare=$(check_time)
        write_log "$RUN" 1000000
        no_dearer "$bare"
        echo rubbish >"$RUNS/20260101-000000-000000-0002.jsonl"
        no_dearer "$bare"
        write_log 20260101-000000-000000-0003 170000 "$(printf '%0300d' 0)"
        (($(stat -c %s "$RUNS/20260101-000000-000000-0003.jsonl") > 70 << 20))
        no_dearer "$bare"

        # None of them blinds it, and each is named.
        repair --fault 5 --check
        exited 1
        is '.faults[0].cause' directory-mode
        is '[.faults[0].notes[] | select(test("0001.jsonl: too long for a look"))] | length' 1
        is '[.faults[0].notes[] | select(test("0002.jsonl:1: not a run log record"))] | length' 1
        is '[.faults[0].notes[] | select(test("0003.jsonl: too long for a look"))] | length' 1
}

@test "the history of a million steps" {
        write_log "$RUN" 1000000
        timeout 120 "$BUILD/secep-repair" --root "$ROOT" --history >"$BATS_TEST_TMPDIR/history"
        [[ $(wc -l <"$BATS_TEST_TMPDIR/history") -eq 1000001 ]]
        grep -q 'd1000000 ' "$BATS_TEST_TMPDIR/history"
}

@test "a log of 70 MiB of an earlier version is undone, and goes on in a new file" {
        write_log "$RUN" 25000 0755
        # What pads it is a key that the earlier version did not read either.
        awk -v pad="$(printf '%03000d' 0)" '/"intent"/ { sub(/^\{/, "{\"pad\":\"" pad "\",") } { print }' \
                "$RUNS/$RUN.jsonl" >"$RUNS/x" && mv "$RUNS/x" "$RUNS/$RUN.jsonl"
        (($(stat -c %s "$RUNS/$RUN.jsonl") > 70 << 20))
        mkdir -m 0755 "$ROOT"/opt/cisco/amp/d{1,9000,25000}
        repair --undo "$RUN"
        [[ $(stat -c %a "$ROOT"/opt/cisco/amp/d{1,9000,25000} | sort -u) == 700 ]]
        [[ -s $RUNS/$RUN.2.jsonl ]]
        repair --history
        exited 0
        is '.runs | length' 1
}

@test "a hundred wrong directories beside logs of 5000 steps" {
        write_log "$RUN" 5000
        write_log 20260101-000000-000000-0002 5000
        local i from took
        for ((i = 10001; i <= 10100; i++)); do
                mkdir -m 0700 "$ROOT/opt/cisco/amp/d$i"
        done
        mkdir -m 0700 "$ROOT/opt/cisco/amp/d4999"
        root_owns
        from=${EPOCHREALTIME/./}
        repair --fault 5 --check
        took=$((${EPOCHREALTIME/./} - from))
        echo "# $took us" >&3
        ((took < 1000000))
        exited 1
        is '[.faults[0].evidence[] | select(.found | test("corrected by run"))] | length' 1
}

@test "a broken log is named, and a repair goes on" {
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        printf 'garbage\n' >"$RUNS/$RUN.jsonl"
        repair --fault 5
        exited 0
        complains "$RUN.jsonl:1" "is skipped"
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/etc") == 755 ]]
        repair --undo last
        exited 0
        [[ $(stat -c %a "$ROOT/opt/cisco/amp/etc") == 700 ]]
}
