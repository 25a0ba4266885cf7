#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults 6, 7 and 18 with the stand-in connector under real systemd: broken by faultlab, seen by our
# probe and by the connector's own `ampcli status`, mended or BLOCKED, and cleared for both.
# What runs inside is in single quotes.
# shellcheck disable=SC2016
# bats file_tags=slow
load ../lib/roots
load ../lib/nspawn
load ../lib/cvd

setup() {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        root_copy service
        root_standin
}

teardown() { root_drop; }

break_root() {
        "$FAULTLAB" --root "$ROOT" break "$1"
        "$FAULTLAB" --root "$ROOT" check "$1"
}

# The connector, and we, forget a failure after SECONDS.
quiet_after() {
        mkdir -p "$ROOT/etc/secep" "$ROOT/var/lib/secep/monitor"
        echo "$1" >"$ROOT/opt/cisco/amp/etc/quiet-seconds"
        echo "ScanQuietSeconds=$1" >"$ROOT/etc/secep/secep.conf"
}

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

@test "7 signatures-invalid: one restart is enough when the connector drops the file" {
        break_root scan-start:signatures-kept
        boot '
                soon 20 judge_raises 7
                repair 1 --fault 7 --check
                is ".faults[0].cause" signatures-invalid
                rm /opt/cisco/amp/etc/keep-invalid
                repair 0 --fault 7
                is ".faults[0].verdict" ok
                is ".faults[0].steps[0].kind" restart-service
                is ".faults[0].connector_says" cleared
                not judge_raises 7
                not test -e /opt/cisco/amp/clamav/broken.cvd
                not test -e /var/lib/secep/quarantine
                repair 0 --fault 7
                is .changed false'
}

@test "7 signatures-invalid: quarantine where it is not dropped, and undo puts the file back" {
        break_root scan-start:signatures-kept
        chmod 0640 "$ROOT/opt/cisco/amp/clamav/broken.cvd"
        chown 7:8 "$ROOT/opt/cisco/amp/clamav/broken.cvd"
        boot '
                bad=/opt/cisco/amp/clamav/broken.cvd
                before=$(stat -c "%u:%g %a %Y" $bad; sha256sum $bad)
                soon 20 judge_raises 7
                repair 0 --fault 7
                is ".faults[0].verdict" ok
                is .changed true
                run=$(jq -r .run /result/json)
                soon 10 not judge_raises 7
                not test -e $bad
                moved=$(find /var/lib/secep/quarantine -name broken.cvd)
                [[ $(stat -c "%u:%g %a %Y" $moved) == $(head -1 <<<"$before") ]]
                [[ $(sha256sum <$moved | cut -c1-64) == $(tail -1 <<<"$before" | cut -c1-64) ]]
                repair 0 --fault 7
                is .changed false
                secep-repair --undo $run
                [[ $(stat -c "%u:%g %a %Y" $bad; sha256sum $bad) == "$before" ]]
                pkill -x ampscansvc
                soon 20 judge_raises 7'
}

@test "7 signatures-recurring: BLOCKED when a feed brings the file again, cleared without it" {
        break_root scan-start:signatures-recurring
        boot '
                soon 20 judge_raises 7
                repair 0 --fault 7
                soon 10 not judge_raises 7
                systemctl start faultlab-feed
                soon 20 judge_raises 7
                repair 4 --fault 7
                is ".faults[0].cause" signatures-recurring
                is .changed false
                [[ $(jq -r ".faults[0].do.text" /result/json) == "report "*" support" ]]
                rm /opt/cisco/amp/clamav/broken.cvd
                soon 20 not judge_raises 7
                soon 10 repair 0 --fault 7
                is .changed false'
}

@test "7 signatures-unloadable: the log names a list that is no .cvd: BLOCKED with its line, gone without it" {
        break_root scan-start:signatures-unloadable
        boot '
                soon 60 judge_raises 7
                soon 60 cause_is 7 signatures-unloadable
                repair 4 --fault 7
                is ".faults[0].verdict" blocked
                is .changed false
                [[ $(jq -r ".faults[0].why" /result/json) == *"/clamav/broken.ndb: "*"Malformed database"* ]]
                repair 4 --fault 7 --check --prove
                is ".faults[0].cause" signatures-unloadable
                rm /opt/cisco/amp/clamav/broken.ndb
                soon 60 scanner_runs
                soon 60 repair 0 --fault 7
                not judge_raises 7'
}

@test "7 signatures-unloadable: a .cvd whole by its sums: one restart, then moved away" {
        break_root scan-start:signatures-unloadable-cvd
        boot '
                soon 60 judge_raises 7
                soon 60 cause_is 7 signatures-unloadable
                repair 1 --fault 7 --timeout 20
                is "[.closing[].kind] | join(\" \")" restart-service
                is "[.faults[0].steps[].kind] | join(\" \")" ""
                test -e /opt/cisco/amp/clamav/broken.cvd
                repair 0 --fault 7
                is "[.faults[0].steps[].kind] | join(\" \")" "move-file"
                not test -e /opt/cisco/amp/clamav/broken.cvd
                soon 60 not judge_raises 7
                repair 0 --fault 7
                is .changed false'
}

@test "7 not-started: the connector gave up, restarted once, cleared" {
        break_root scan-start:not-started
        boot '
                soon 10 judge_raises 7
                soon 30 cause_is 7 not-started
                repair 0 --fault 7
                is ".faults[0].verdict" ok
                is "[.faults[0].steps[]] | length" 0
                is "[.closing[] | .kind, .state] | join(\" \")" "restart-service done"
                is ".faults[0].connector_says" cleared
                scanner_runs
                not judge_raises 7
                repair 0 --fault 7
                is .changed false'
}

@test "7 service-failed: restarted once, cleared" {
        break_root scan-start:service-failed
        boot '
                soon 60 eval "[[ \$(systemctl is-failed cisco-amp) == failed ]]"
                soon 60 cause_is 7 service-failed
                repair 1 --fault 7 --check --prove
                is ".faults[0].cause" service-failed
                repair 0 --fault 7
                is ".faults[0].verdict" ok
                is ".faults[0].connector_says" cleared
                scanner_runs
                not judge_raises 7'
}

@test "7 service-failed: not enabled and failed is no n/a; BLOCKED with its journal where a restart does not help" {
        break_root scan-start:service-failing
        boot '
                systemctl start cisco-amp || true
                soon 60 eval "[[ \$(systemctl is-failed cisco-amp) == failed ]]"
                soon 60 cause_is 7 service-failed
                [[ $(jq -r ".faults[0].why" /result/json) == *"exit-code, status 27"* ]]
                repair 1 --fault 7 --plan
                is ".faults[0].cause" service-failed
                repair 4 --fault 7
                is ".closing[0].kind" restart-service
                is ".faults[0].verdict" blocked
                repair 4 --fault 7
                is ".faults[0].cause" service-failed
                is ".faults[0].steps | length" 0
                is .changed false
                jq -r ".faults[0].evidence[].found" /result/json | grep -x "faultlab says why"
                [[ $(jq -r ".faults[0].do.text" /result/json) == *"journalctl -u cisco-amp.service"* ]]
                # every depth says the same
                repair 4 --fault 7 --check
                is ".faults[0].cause" service-failed
                repair 4 --fault 7 --check --prove
                repair 4 --fault 7 --plan
                code=0; secep-repair --check --fault 7 >/result/text || code=$?
                grep -F "cisco-amp.service: failed (exit-code, status 27)" /result/text
                systemctl stop cisco-amp
                systemctl reset-failed cisco-amp
                soon 60 repair 0 --fault 7 --check
                is ".faults[0].verdict" not-applicable'
}

@test "7 memory-low: BLOCKED with what is there, what is needed and who holds it" {
        cvd_copy "$ROOT/opt/cisco/amp/clamav" || skip "no signed .cvd: $CVD_LACKS"
        break_root scan-start:memory-low
        boot '
                soon 10 judge_raises 7
                repair 4 --fault 7
                is ".faults[0].cause" memory-low
                [[ $(jq -r ".faults[0].why" /result/json) == *"MiB of memory"*systemd* ]]
                is .changed false
                umount /proc/meminfo
                soon 10 not judge_raises 7
                soon 10 repair 0 --fault 7
                is ".faults[0].verdict" ok
                is .changed false'
}

@test "7 disk-low: BLOCKED, and gone with room for it" {
        break_root scan-start:disk-low
        boot '
                soon 10 judge_raises 7
                repair 4 --fault 7
                is ".faults[0].cause" disk-low
                is .changed false
                mount -o remount,size=3g /opt/cisco
                soon 10 not judge_raises 7
                soon 10 repair 0 --fault 7
                is ".faults[0].verdict" ok
                is .changed false'
}

@test "7 program-missing: BLOCKED, and gone with the program back" {
        break_root scan-start:program-missing
        boot '
                soon 20 judge_raises 7
                repair 4 --fault 7
                is ".faults[0].cause" program-missing
                is .changed false
                chmod 0755 /opt/cisco/amp/bin/ampscansvc
                soon 10 scanner_runs
                soon 10 repair 0 --fault 7
                soon 10 not judge_raises 7'
}

@test "7: a stopped and disabled service is left alone" {
        boot '
                soon 20 scanner_runs
                systemctl disable --now cisco-amp
                repair 0 --fault 7
                is ".faults[0].verdict" not-applicable
                is .changed false'
}

@test "7: nothing is restarted while a directory above is writable by others" {
        break_root scan-start:service-failed
        boot '
                sleep 1
                chmod 0777 /opt/cisco/amp
                repair 4 --fault 7
                not scanner_runs
                [[ $(jq -r ".faults[0].why" /result/json) == *"/opt/cisco/amp is writable"* ]]'
}

@test "7: nothing is restarted when a program is not as shipped" {
        break_root scan-start:service-failed
        boot '
                sleep 1
                printf x >>/opt/cisco/amp/bin/ampcli
                repair 4 --fault 7
                not scanner_runs
                [[ $(jq -r ".faults[0].why" /result/json) == *"ampcli is not what package"* ]]'
}

@test "7: ampcli is not asked when the restart left another one" {
        break_root scan-start:service-failed
        printf '[Service]\nExecStartPost=/bin/sh -c "printf x >>/opt/cisco/amp/bin/ampcli"\n' \
                >"$ROOT/etc/systemd/system/cisco-amp.service.d/other.conf"
        boot '
                repair 0 --fault 7
                is ".closing[0].state" "done"
                is ".faults[0].connector_says" null
                grep -q "could not be asked: /opt/cisco/amp/bin/ampcli is not what package" /result/json'
}

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
