#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults 6 and 18 with the stand-in connector under real systemd: broken by faultlab, seen by our
# probe and by the connector's own `ampcli status`, mended or BLOCKED, and cleared for both.
# bats file_tags=slow,waits
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/standin

@test "6 crash-loop: seen by history, file named by the log, one restart, then BLOCKED, then cleared" {
        break_root scan-restarts:crash-loop
        quiet_after 20
        boot '
                set +x; history_keep & set -x
                soon 30 judge_raises 6
                soon 10 eval "[[ \$(wc -l </var/lib/secep/monitor/scan-starts) -ge 4 ]]"
                repair 1 --fault 6 --check
                is ".faults[0].cause" crash-loop
                repair 1 --fault 6 --plan
                is ".changed" false
                grep -q "named by the scan log.*/var/spool/amp-queue/poison.bin" /result/json
                repair 1 --fault 6
                is "[.faults[0].steps[]] | length" 0
                is ".closing[0].kind" restart-service
                is .changed true
                sleep 8
                soon 20 judge_raises 6
                repair 4 --fault 6
                is ".faults[0].cause" crash-loop
                is .changed false
                grep -q "path exclusion for /var/spool/amp-queue/poison.bin" /result/json
                rm /var/spool/amp-queue/poison.bin
                soon 40 not judge_raises 6
                soon 30 secep-repair --fault 6 --check'
}

@test "6 crash-loop: by the entries of systemd-coredump, which name the file" {
        break_root scan-restarts:crash-loop
        quiet_after 30
        touch "$ROOT/opt/cisco/amp/etc/core-by-hand"
        mv "$ROOT"/var/spool/amp-queue/{,.}poison.bin
        boot '
                soon 20 scanner_runs
                for pid in 101 102 103; do # as anybody may
                        printf "MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1\nCOREDUMP_EXE=%s\nCOREDUMP_PID=$pid\nMESSAGE=x\n" \
                                /opt/cisco/amp/bin/ampscansvc | runuser -u nobody -- logger --journald
                done
                soon 10 eval "journalctl -q MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1 COREDUMP_PID=103 | grep -q ."
                repair 0 --fault 6 --check --prove
                plugin=$(find / -xdev -name secep-systemd.so | head -1) # nobody to ask the journal
                mv "$plugin" "$plugin.away"
                repair 3 --fault 6 --check --prove
                grep -q "\"why\":\"journal: " /result/json
                mv "$plugin.away" "$plugin"
                mv /var/spool/amp-queue/{.,}poison.bin
                soon 30 judge_raises 6
                repair 1 --fault 6 --check # the scan log tells of it, too
                soon 10 cause_is 6 crash-loop --prove
                grep -q "\"journal entry\"" /result/json
                rm /var/log/cisco/ampscansvc.log
                repair 1 --fault 6 --plan
                grep -q "open when it crashed.*/var/spool/amp-queue/poison.bin" /result/json
                grep -q "path exclusion for /var/spool/amp-queue/poison.bin" /result/json'
}

@test "6 settling: nothing to do but wait, and it says until when; cleared" {
        break_root scan-restarts:settling
        quiet_after 8
        boot '
                set +x; history_keep & set -x
                soon 30 judge_raises 6
                soon 20 cause_is 6 settling
                repair 1 --fault 6
                is .changed false
                [[ $(jq -r ".faults[0].why" /result/json) == *"cleared at "* ]]
                soon 20 not judge_raises 6
                soon 10 repair 0 --fault 6
                is .changed false'
}

@test "18 busy-verified: BLOCKED, the program named with its package, an exclusion proposed; it clears" {
        break_root event-overload:busy-verified
        boot '
                soon 30 judge_raises 18
                repair 3 --fault 18 --check
                repair 4 --fault 18
                is ".faults[0].cause" busy-verified
                is .changed false
                grep -q "propose in the console: a process exclusion, path /usr/bin/grep" /result/json
                grep -q "unit busy.service, package grep, as shipped" /result/json
                systemctl stop busy
                soon 20 not judge_raises 18
                repair 0 --fault 18'
}

@test "18 busy-unverified: investigate, nothing proposed" {
        break_root event-overload:busy-unverified
        boot '
                soon 30 judge_raises 18
                repair 4 --fault 18 --check --prove
                is ".faults[0].cause" busy-unverified
                grep -q "investigate /opt/tool/indexer" /result/json
                not grep -q "propose in the console: a process exclusion, path /opt/tool" /result/json
                systemctl stop busy
                soon 20 not judge_raises 18
                repair 0 --fault 18'
}

@test "18 busy-spread: the machine is too small" {
        break_root event-overload:busy-spread
        boot '
                soon 30 judge_raises 18
                repair 4 --fault 18
                is ".faults[0].cause" busy-spread
                [[ $(jq -r ".faults[0].why" /result/json) == *"the machine is too small"* ]]
                systemctl stop "busy*"
                soon 20 not judge_raises 18
                repair 0 --fault 18'
}

@test "18 short-burst: gone when it was measured" {
        break_root event-overload:short-burst
        boot '
                soon 20 scanner_runs
                systemctl start --no-block burst
                soon 10 judge_raises 18
                { sleep 0.7; systemctl kill -s KILL burst; } & # asked once by then, not yet twice
                repair 0 --fault 18
                is ".faults[0].verdict" ok
                [[ $(jq -r ".faults[0].why" /result/json) == *"short burst"* ]]'
}

@test "18 --allow throttle: a CPU limit the kernel does not take is said and taken back" {
        break_root event-overload:busy-verified
        boot '
                soon 30 judge_raises 18
                code=0
                secep-repair --json --fault 18 --allow throttle >/result/json || code=$?
                cat /result/json
                is ".faults[0].steps[0].kind" set-cpu-quota
                is ".faults[0].steps[0].target" busy.service
                quota=$(systemctl show -p CPUQuotaPerSecUSec --value busy)
                if [[ $(jq -r ".faults[0].steps[0].state" /result/json) == done ]]; then
                        [[ $quota == 200ms ]]
                        secep-repair --undo $(jq -r .run /result/json)
                        [[ $(systemctl show -p CPUQuotaPerSecUSec --value busy) == infinity ]]
                else
                        [[ $code == 1 && $quota == infinity ]]
                        grep -qE "this kernel does not limit the CPU|the kernel did not" /result/json
                fi'
}
