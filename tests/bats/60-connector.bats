#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults 5, 6, 7, 16 and 18 where nothing is wrong, and by the connector's own word.
# bats file_tags=slow
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/standin

@test "a well connector: nothing to do for 6, 7 and 18" {
        boot '
                soon 20 scanner_runs
                [[ $(stat -c %U /proc/$(pgrep -x ampscansvc)) == cisco-amp-scan-svc ]]
                sleep 3.5
                repair 0 --fault 7 --fault 6 --check
                is ".faults[0].verdict" ok
                repair 0 --fault 18
                is ".faults[0].verdict" ok
                is .changed false
                # only the connector knows of 18: not counted where all are asked for, 3 where it is named
                repair 3 --fault 18 --check
                not judge_raises 7
                not judge_raises 18'
}

@test "a healthy host gives 0, at each depth, and nothing to do" {
        [[ -e /sys/kernel/btf/vmlinux ]] || skip "this machine lacks BTF in its kernel: 11 is a fault here"
        boot '
                verdicts() { jq -r "[.faults[] | \"\(.id) \(.verdict)\"] | join(\", \")" /result/json; }
                ok="5 ok, 6 ok, 7 ok, 8 ok, 9 ok, 11 ok, 16 ok"
                soon 60 scanner_runs
                soon 60 repair 0 --all --check
                [[ $(verdicts) == "$ok, 18 not-asked, 19 not-applicable" ]]
                secep-repair >/result/text
                grep -q "^1 not asked, 7 ok, 1 n/a$" /result/text
                not grep -q "do:" /result/text
                for depth in "--check --prove" --plan ""; do
                        repair 0 --all $depth
                        [[ $(verdicts) == "$ok, 18 "@(ok|not-asked)", 19 not-applicable" ]]
                        is .changed false
                done
                [[ $(secep-repair --all --check --prove) == *"8 ok, 1 n/a" ]]'
}

@test "8 and 9: without a monitor no depth says ok" {
        touch "$ROOT/opt/cisco/amp/etc/no-monitors"
        boot '
                soon 60 judge_raises 8
                for depth in --check "--check --prove" --plan; do
                        secep-repair --fault 8,9 $depth --json >/result/json || true
                        is "[.faults[].verdict] | map(select(. == \"fault\" or . == \"blocked\")) | length" 2
                done'
}

@test "5 with the connector running: planned and done with one restart at the end, cleared for both" {
        break_root scan-user:user-missing
        boot '
                soon 20 judge_raises 5
                repair 1 --fault 5 --plan
                is "[.faults[0].steps[].kind] | join(\" \")" "create-group create-user"
                is "[.closing[] | .kind, .state] | join(\" \")" "restart-service planned"
                repair 0 --fault 5
                is ".faults[0].verdict" ok
                is "[.faults[0].steps[].kind] | join(\" \")" "create-group create-user"
                is "[.closing[] | .kind, .state] | join(\" \")" "restart-service done"
                is ".faults[0].connector_says" cleared
                [[ $(stat -c %U /proc/$(pgrep -x ampscansvc)) == cisco-amp-scan-svc ]]
                not judge_raises 5
                repair 0 --fault 5
                is .changed false'
}

@test "16 by the connector's word: seen with --prove, whatever the table says; its silence is no acquittal" {
        printf '#!/bin/sh\nprintf "Status: Connected\\nFaults: 1 Critical\\nFault IDs: 16\\n"\n' >"$ROOT/opt/cisco/amp/bin/ampcli"
        chmod 0755 "$ROOT/opt/cisco/amp/bin/ampcli"
        boot '
                repair 0 --fault 16 --check
                is ".faults[0].verdict" ok
                repair 1 --fault 16 --check --prove
                is ".faults[0].cause" kernel-too-new
                jq -r ".faults[0].why" /result/json | grep -q "the connector itself reports"
                mkdir -p /etc/secep
                printf "[debian-10]\nDistribution=debian\nKernel=-0.2\n" >/etc/secep/kernel-compat.conf
                sed -i "s/Fault IDs: 16/Fault IDs: 5/" /opt/cisco/amp/bin/ampcli
                repair 1 --fault 16 --check --prove
                is ".faults[0].cause" kernel-too-new
                jq -r ".faults[0].evidence[].found" /result/json | grep -q "reports no such fault"'
}
