#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 at SECEP_POINTS (20) turns of the repair of 6, which restarts the connector, under real systemd: the connector
# runs all the same, the plain re-run has restarted it by its end, and once the file that crashed the scanner is
# gone the fault clears, with nothing left to do.
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/standin
load ../lib/failing
load ../lib/killing

@test "fault 6: killed while it restarts the connector" {
        break_root scan-restarts:crash-loop
        quiet_after 8
        cp "$STEP" "$ROOT/usr/bin/step"
        echo "SEED=$SEED POINTS=$POINTS" >"$ROOT/root/draw"
        { declare -f draw; } >>"$ROOT/root/draw"
        BOOT_LIMIT=7200 boot '
                . /root/draw
                set +x; history_keep & set -x
                poison=/var/spool/amp-queue/poison.bin
                running() { systemctl show -p MainPID --value cisco-amp; }
                crashing() { cause_is 6 crash-loop; }
                cp $poison /root/poison
                # as it was before any run of ours, crashing
                again() {
                        rm -rf /var/lib/secep/runs
                        cp /root/poison $poison
                        soon 120 judge_raises 6
                        soon 120 crashing
                }
                again
                step -a -o /root/turns 0 secep-repair --fault 6 >/root/said 2>&1 && status=0 || status=$?
                [[ $status == 1 ]]
                total=$(wc -l </root/turns)
                draw "$total"
                n=0
                for k in "${DRAWN[@]}"; do
                        again
                        before=$(running)
                        how=()
                        ((n % 2 == 0)) || how=(-m)
                        step -a "${how[@]}" -o /root/turns "$k" secep-repair --fault 6 >/root/said 2>&1 && status=0 || status=$?
                        tail -1 /root/turns
                        [[ $status == 137 || $(wc -l </root/turns) -lt $k ]]
                        soon 60 systemctl -q is-active cisco-amp
                        status=0
                        secep-repair --json --fault 6 >/result/json || status=$?
                        cat /result/json
                        [[ $status == 1 || $status == 4 ]]
                        soon 60 systemctl -q is-active cisco-amp
                        [[ $(running) != "$before" ]]
                        rm -f $poison
                        soon 120 not judge_raises 6
                        soon 60 secep-repair --fault 6 --check
                        repair 0 --fault 6
                        is .changed false
                        n=$((n + 1))
                done
                echo "killed at $n of $total turns" >/result/counts'
        echo "#   seed $SEED: $(cat "$ROOT/result/counts")" >&3
}
