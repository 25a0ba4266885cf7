#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 7 with the stand-in connector under real systemd: broken by faultlab, seen by our probe and by
# the connector's own `ampcli status`, mended or BLOCKED, and cleared for both.
# bats file_tags=slow,waits
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/standin

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

# Fault 5 is repaired before 7, whose first try restarts the connector: is that one enough for both?
FIVE_AND_SEVEN='
starts() { journalctl -q --no-pager -u cisco-amp | grep -c "Started cisco-amp"; }
both_are_mended() { # $restarts: how often the connector was started for it
        local before
        before=$(starts)
        repair 0 --fault 5,7
        is "[.faults[].verdict] | join(\" \")" "ok ok"
        is "[.faults[].connector_says] | join(\" \")" "cleared cleared"
        [[ $(stat -c %U /proc/$(pgrep -x ampscansvc)) == cisco-amp-scan-svc ]]
        restarts=$(($(starts) - before))
}'

@test "5 and 7 at once: the restart that 7 begins with is the only one" {
        break_root scan-start:signatures-kept
        "$FAULTLAB" --root "$ROOT" break scan-user:user-missing
        boot "$FIVE_AND_SEVEN"'
                soon 20 judge_raises 7
                rm /opt/cisco/amp/etc/keep-invalid
                both_are_mended
                [[ $restarts == 1 ]]
                is "[.closing[]] | length" 0'
}

# The connector itself may have started the scan process by then, and there is nothing to restart for.
@test "5 and 7 at once: where 7 goes on after it, the run ends with another, or with a scan process that runs" {
        break_root scan-start:signatures-kept
        "$FAULTLAB" --root "$ROOT" break scan-user:user-missing
        boot "$FIVE_AND_SEVEN"'
                soon 20 judge_raises 7
                both_are_mended
                closing=$(jq -r "[.closing[] | .kind, .state] | join(\" \")" /result/json)
                [[ "$restarts $closing" == "2 restart-service done" || "$restarts $closing" == "1 " ]]'
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
