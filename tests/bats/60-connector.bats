#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults 5, 6, 7, 16 and 18 where nothing is wrong, and by the connector's own word.
# bats file_tags=slow,waits
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

# What only the connector knows (8, 9 and 18) is not asked by a look, and counts for nothing where all are looked at.
@test "a healthy host gives 0, at each depth, and nothing to do" {
        [[ -e /sys/kernel/btf/vmlinux ]] || skip "this machine lacks BTF in its kernel: 11 is a fault here"
        boot '
                verdicts() { jq -r "[.faults[] | select(.id != 18) | \"\(.id) \(.verdict)\"] | join(\", \")" /result/json; }
                soon 60 scanner_runs
                soon 60 repair 0 --all --check
                [[ $(verdicts) == "5 ok, 6 ok, 7 ok, 8 "@(ok|not-asked)", 9 "@(ok|not-asked)", 11 ok, 16 ok, 19 not-applicable" ]]
                secep-repair >/result/text
                grep -E "^[0-9]+ not asked, [0-9]+ ok, 1 n/a$" /result/text
                not grep -qE "do:|FAULT|BLOCKED|UNKNOWN" /result/text
                for depth in "--check --prove" --plan ""; do
                        repair 0 --all $depth
                        is "[.faults[] | select(.verdict == \"fault\" or .verdict == \"blocked\" or .verdict == \"could-not-tell\")] | length" 0
                        is .changed false
                done
                repair 0 --all --check --prove
                [[ $(verdicts) == "5 ok, 6 ok, 7 ok, 8 ok, 9 ok, 11 ok, 16 ok, 19 not-applicable" ]]
                is "[.faults[].verdict | select(. == \"ok\")] | length" 8
                [[ $(secep-repair --all --check --prove) == *"8 ok, 1 n/a" ]]'
}

@test "8 and 9: without a monitor no depth says ok" {
        touch "$ROOT/opt/cisco/amp/etc/no-monitors"
        boot '
                soon 60 judge_raises 8
                for depth in --check "--check --prove" --plan; do
                        secep-repair --fault 8,9 $depth --json >/result/json || true
                        is "[.faults[].verdict | select(. == \"ok\" or . == \"not-applicable\")] | length" 0
                done
                secep-repair --fault 8,9 --check --prove --json >/result/json || true
                is "[.faults[].verdict | select(. == \"fault\" or . == \"blocked\")] | length" 2'
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

# signalled SIGNAL WORDS STATUS OPTION...: in the middle of WORDS (of stderr) or of a program (pgrep -x), the
# repair is asked to stop; what it took is the last line of /result/took.
SIGNALLED='
signalled() {
        local signal=$1 words=$2 expected=$3 found=0 from
        shift 3
        : >/result/err
        env --default-signal secep-repair --json "$@" >/result/json 2>/result/err &
        soon 60 eval "grep -q \"$words\" /result/err || pgrep -x \"$words\"" || { cat /result/json /result/err; return 1; }
        from=${EPOCHREALTIME/./}
        kill -$signal $!
        wait $! || found=$?
        echo $((${EPOCHREALTIME/./} - from)) >>/result/took
        cat /result/json /result/err
        [[ $found == "$expected" ]]
}
within_a_second() { cat /result/took; [[ $(sort -n /result/took | head -1) -lt 1000000 && $(sort -n /result/took | tail -1) -lt 30000000 ]]; }
'

@test "asked to stop while the service restarts, and while ampcli is asked: ended within a second, told" {
        mkdir -p "$ROOT/etc/systemd/system/cisco-amp.service.d"
        # its word is a pipe that nobody writes to; the second start of a boot takes for ever
        printf '[Service]\nTimeoutStartSec=infinity\nExecStart=\nExecStartPre=/bin/sh -c "test ! -e /run/slow || exec sleep 100000"\nExecStart=/bin/sleep 100000\n' \
                >"$ROOT/etc/systemd/system/cisco-amp.service.d/slow.conf"
        boot "$SIGNALLED"'
                mkdir -p /run/cisco-amp
                mkfifo /run/cisco-amp/status
                for signal in INT TERM HUP QUIT; do
                        chmod 0700 /opt/cisco/amp/etc
                        signalled $signal ampcli 3 --fault 5 --allow again
                        grep -q "interrupted while ampcli status was asked" /result/json
                        is "[.closing[] | .kind, .state] | join(\" \")" "restart-service done"
                        not pgrep -x ampcli
                        [[ $(stat -c %a /opt/cisco/amp/etc) == 755 ]]
                done
                within_a_second
                mv /result/took /result/took-ampcli
                touch /run/slow
                for signal in INT TERM HUP QUIT; do
                        rm /run/slow
                        systemctl restart cisco-amp
                        touch /run/slow
                        chmod 0700 /opt/cisco/amp/etc
                        signalled $signal "waiting for the restart of cisco-amp.service, .* s at most" 3 --fault 5 --allow again
                        grep -q "stops after this step" /result/err
                        is "[.closing[] | .kind, .state] | join(\" \")" "restart-service failed"
                        [[ $(jq -r ".closing[0].why" /result/json) == *"interrupted while cisco-amp.service was restarted"* ]]
                done
                within_a_second'
        echo "# ampcli: $(tr '\n' ' ' <"$ROOT/result/took-ampcli")us, restart: $(tr '\n' ' ' <"$ROOT/result/took")us" >&3
}

@test "7: a restart that takes long, and one that does not cure: ended by --timeout, status 1, told" {
        break_root scan-start:service-failed
        boot '
                soon 60 eval "[[ \$(systemctl is-failed cisco-amp) == failed ]]"
                mkdir -p /etc/systemd/system/cisco-amp.service.d
                printf "[Service]\nTimeoutStartSec=infinity\nExecStartPre=/bin/sleep 100000\n" >/etc/systemd/system/cisco-amp.service.d/slow.conf
                systemctl daemon-reload
                SECONDS=0
                repair 1 --fault 7 --timeout 4 2>/result/err
                cat /result/err
                ((SECONDS >= 4 && SECONDS < 60))
                grep -q "waiting for the restart of cisco-amp.service, .* s at most" /result/err
                [[ $(jq -r ".closing[0].why" /result/json) == *"cisco-amp.service: the restart was not over after 4 s"* ]]
                [[ $(jq -r ".faults[0].why" /result/json) == *"the restart was not over after 4 s"* ]]
                is ".faults[0].verdict" fault
                # it starts, and its scan process still does not
                printf "[Service]\nExecStart=\nExecStart=/bin/sleep 100000\n" >/etc/systemd/system/cisco-amp.service.d/slow.conf
                systemctl daemon-reload
                systemctl restart cisco-amp
                rm -r /var/lib/secep/runs # else it is known to be tried in vain
                SECONDS=0
                repair 1 --fault 7 --timeout 8 2>/result/err
                cat /result/err
                ((SECONDS < 60))
                is ".closing[0].state" "done"
                is ".faults[0].verdict" fault'
}
