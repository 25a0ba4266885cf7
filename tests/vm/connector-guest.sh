# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the guest, after tests/lib/inside.bash: each test is a function whose lines must all
# succeed; TAP goes to /result/tap.
busy=/sys/fs/cgroup/system.slice/busy.service
mkdir -p /etc/secep /var/spool/amp-queue
printf 'ScanQuietSeconds=150\n' >/etc/secep/secep.conf
n=0 failed=0

# What systemd-coredump's own sysctl file sets.
cores_to_systemd() {
        echo 16 >/proc/sys/kernel/core_pipe_limit
        echo '|/lib/systemd/systemd-coredump %P %u %g %s %t %c %h' >/proc/sys/kernel/core_pattern
}

cpu_used() { sed -n 's/^usage_usec //p' "$busy/cpu.stat"; }

throttles() {
        secep-repair --json --fault 18 --allow throttle >/result/json || true
        cat /result/json
        is ".faults[0].steps[0].kind" set-cpu-quota
}

overload_throttled() {
        echo 150 >/opt/cisco/amp/etc/overload-events
        systemctl restart cisco-amp
        systemctl start busy
        soon 60 judge_raises 18
        local before begun=${EPOCHREALTIME/./}
        soon 60 repair 4 --fault 18
        echo "# --fault 18, with its window of 4 s: $(((${EPOCHREALTIME/./} - begun) / 1000)) ms" >>/result/tap
        is ".faults[0].cause" busy-verified
        grep -q "unit busy.service, package grep, as shipped" /result/json
        not grep -q "counted by /proc" /result/json
        soon 60 throttles
        is ".faults[0].steps[0].target" busy.service
        is ".faults[0].steps[0].state" "done"
        [[ $(cat "$busy/cpu.max") == "20000 100000" ]]
        before=$(cpu_used)
        sleep 4
        [[ $(($(cpu_used) - before)) -lt 1200000 ]]
        secep-repair --undo "$(jq -r .run /result/json)"
        # systemd takes the controller away from the unit when nobody needs it
        [[ ! -e $busy/cpu.max || $(cat "$busy/cpu.max") == "max 100000" ]]
        before=$(cpu_used)
        sleep 2
        [[ $(($(cpu_used) - before)) -gt 1200000 ]]
        soon 30 judge_raises 18
        systemctl stop busy
        soon 60 not judge_raises 18
        repair 0 --fault 18
}

# The scan log names nothing: the file is named by what the process had open when it crashed.
crashes_taken_down() {
        cores_to_systemd
        echo 150 >/opt/cisco/amp/etc/quiet-seconds
        mv /var/log/cisco /var/log/cisco-away
        touch /var/log/cisco
        systemctl restart cisco-amp
        mv /var/spool/amp-queue/{.,}poison.bin
        soon 150 judge_raises 6
        # a service has no core limit here: an entry of the journal and no file
        soon 60 cause_is 6 crash-loop --prove
        grep -q '"journal entry"' /result/json
        not grep -q '"core dump"' /result/json
        repair 1 --fault 6 --plan
        grep -q "open when it crashed.*/var/spool/amp-queue/poison.bin" /result/json
        # with one, but little memory in the dumps: the emulator is slow
        mkdir -p /run/systemd/system/cisco-amp.service.d
        printf '[Service]\nLimitCORE=infinity\nCoredumpFilter=0x0\n' >/run/systemd/system/cisco-amp.service.d/test.conf
        systemctl daemon-reload
        repair 1 --fault 6
        is ".closing[0].kind" restart-service
        soon 150 judge_raises 6
        soon 60 cause_is 6 crash-loop
        grep -q '"core dump"' /result/json
        repair 4 --fault 6
        is ".faults[0].cause" crash-loop
        [[ $(jq -r ".faults[0].why" /result/json) == *"with this file open: /var/spool/amp-queue/poison.bin" ]]
        is ".faults[0].do.kind" console
        [[ $(jq -r ".faults[0].do.text" /result/json) == "set a path exclusion for /var/spool/amp-queue/poison.bin, "* ]]
        rm /var/spool/amp-queue/poison.bin
        echo 5 >/opt/cisco/amp/etc/quiet-seconds
        echo ScanQuietSeconds=5 >/etc/secep/secep.conf
        systemctl restart cisco-amp
        soon 60 not judge_raises 6
        soon 60 secep-repair --fault 6 --check
}

run() { # WHAT FUNCTION
        local rc
        n=$((n + 1))
        (set -ex; "$2") >/result/trace 2>&1
        rc=$?
        if [[ $rc == 0 ]]; then
                echo "ok $n - $1" >>/result/tap
        else
                echo "not ok $n - $1" >>/result/tap
                # what is waited for repeats itself
                awk '!seen[$0]++' /result/trace | cut -c1-1000 | tail -40 | sed 's/^/# /' >>/result/tap
                failed=1
        fi
}

set +ex
grep -q case=crashes /proc/cmdline || run "18: counted by eBPF; with --allow throttle the kernel limits the named unit, undo lifts it" overload_throttled
grep -q case=overload /proc/cmdline || run "6: crashes that systemd-coredump took down; the file they had open is named" crashes_taken_down
echo "1..$n" >>/result/tap
exit $failed
