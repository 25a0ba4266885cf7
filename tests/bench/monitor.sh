#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Figures of secep-monitord as its unit runs it, under real systemd beside the stand-in connector: how long
# after a change each fault is raised and cleared, and what it costs in ten idle minutes, beside monit as
# Debian configures it with one file to check, and prometheus-node-exporter, scraped each minute, in the same
# run.   tests/bench/monitor.sh [ROUNDS [IDLE-SECONDS]]
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
. tests/lib/roots.bash
. tests/lib/nspawn.bash
rounds=${1:-100} idle=${2:-600}
lacks=$(nspawn_lacks)
[[ -z $lacks ]] || { echo "monitor: skipped, this machine lacks $lacks" && exit 0; }

ROOT_PACKAGES[watched]="${ROOT_PACKAGES[service]} monit prometheus-node-exporter"
root_copy watched && trap root_drop EXIT
. tests/bench/gates.bash
# shellcheck disable=SC2016
with "$(chroot "$ROOT" dpkg-query -W -f '${Package} ${Version}, ' monit prometheus-node-exporter)"
root_standin || exit 1
make -s -C "$TOP" BUILD="$BUILD" DESTDIR="$ROOT" install
cp tests/trees/kernel-headers-off/root/opt/cisco/amp/etc/policy.xml "$ROOT/root/off"
printf 'check file accounts with path /etc/passwd\n  if changed timestamp then alert\n' >"$ROOT/etc/monit/conf.d/accounts"
printf '%s %s\n' "$rounds" "$idle" >"$ROOT/root/sizes"

# Inside: single quotes.
# shellcheck disable=SC2016
BOOT_LIMIT=$((600 + rounds * 12 + idle)) boot '
        set +x
        read -r ROUNDS IDLE </root/sizes
        LOG=/var/log/secep/events.jsonl NOW=/run/secep/faults.json
        is() { [[ $(jq -r ".faults[] | select(.id == $1) | .condition" $NOW) == "$2" ]]; }
        now() { echo $((${EPOCHREALTIME/./} / 1000)); }
        account() { groupadd -r cisco-amp-scan-svc; useradd -r -g cisco-amp-scan-svc -s /usr/sbin/nologin -M -d /nonexistent cisco-amp-scan-svc; }
        getent passwd cisco-amp-scan-svc || account
        systemctl start secep-monitord
        soon 60 scanner_runs
        soon 60 is 5 cleared
        : >>$LOG                                        # nothing may have been told yet

        # A change is a file that is replaced: FAULT FILE WITH WITHOUT
        one() { # FAULT FILE CONTENT CONDITION
                local begun end=$((SECONDS + 60)) n
                n=$(wc -l <$LOG)
                if [[ $3 == none ]]; then begun=$(now); rm -f $2
                else cp -Pp $3 ${2%/*}/.new; begun=$(now); mv ${2%/*}/.new $2; fi
                until is $1 $4; do ((SECONDS < end)) || { echo "fault $1 not $4"; jq -c ".faults[] | select(.id == $1)" $NOW; return 1; }; sleep 0.02; done
                echo $(($(tail -n +$((n + 1)) $LOG | jq "select(.fault == $1) | .time" | tail -1) - begun)) >>/root/ms.$1
        }
        latency() { # FAULT FILE RAISES CLEARS
                local i
                one $1 $2 $3 raised; one $1 $2 $4 cleared
                rm /root/ms.$1
                for ((i = 0; i < ROUNDS; i++)); do one $1 $2 $3 raised; one $1 $2 $4 cleared; done
                sort -n /root/ms.$1 | awk -v f=$1 "{ v[NR] = \$1 } END { printf \"fault %d: raised and cleared after %d ms, 95 of 100 within %d ms\\n\", f, v[int((NR + 1) / 2)], v[int(NR * 0.95)] }" >>/result/latency
        }
        cp -p /etc/passwd /root/with; grep -v cisco-amp-scan-svc /root/with >/root/without
        latency 5 /etc/passwd /root/without /root/with
        # a connector before CO-RE needs headers
        global=/opt/cisco/amp/etc/global.xml
        cp -p $global /root/newer
        sed "s/1\.26\.0\.1/1.15.0.1/" /root/newer >/root/older
        latency 11 $global /root/older /root/newer
        mkdir -p /etc/secep
        printf "[debian-10]\nDistribution=debian\nKernel=-1.1\n" >/root/rows
        latency 16 /etc/secep/kernel-compat.conf /root/rows none
        # Not running: whose monitors work only a running connector knows, and a scan process is believed once
        # it is three seconds old, so that its start is no measure of events. Enabled or not is a change of a file.
        systemctl stop cisco-amp.service; pkill -KILL -x ampscansvc || true
        systemctl reset-failed cisco-amp.service || true
        wants=/etc/systemd/system/multi-user.target.wants/cisco-amp.service
        mv $wants /root/wants
        soon 60 is 7 cleared
        latency 7 $wants /root/wants none
        cp -P /root/wants $wants
        # without a policy all is monitored, of which this kernel is not capable; the other wants nothing
        cp -p /root/off /opt/cisco/amp/etc/policy.xml
        for fault in 8 9; do latency $fault /opt/cisco/amp/etc/policy.xml none /root/off; done
        rm /opt/cisco/amp/etc/policy.xml
        systemctl start cisco-amp.service
        soon 60 scanner_runs
        soon 60 is 7 cleared

        # Idle.
        for unit in monit prometheus-node-exporter; do systemctl start $unit; done
        pids() { echo "secep-monitord $(systemctl show -P MainPID secep-monitord)"
                 echo "monit $(pgrep -x monit)"
                 echo "node-exporter $(systemctl show -P MainPID prometheus-node-exporter)"; }
        figures() { # PID: wake-ups, microseconds of processor, KiB private
                echo "$(cat /proc/$1/task/*/status | awk "/^voluntary_ctxt/ { n += \$2 } END { print n }")" \
                        "$(cat /proc/$1/task/*/schedstat | awk "{ n += \$1 } END { printf \"%d\", n / 1000 }")" \
                        "$(awk "/^Private_/ { n += \$2 } END { print n }" /proc/$1/smaps_rollup)"
        }
        pgrep -x monit || systemctl status monit || true
        sleep 75                                        # young processes are looked at more often
        looks=$(jq .looks $NOW)
        pids | while read -r name pid; do echo "$name $(figures $pid)"; done >/root/before
        for ((end = SECONDS + IDLE; SECONDS < end;)); do
                exec 3<>/dev/tcp/127.0.0.1/9100 && printf "GET /metrics HTTP/1.0\r\n\r\n" >&3 && cat <&3 >/root/scraped; exec 3>&-
                ((SECONDS >= end)) || sleep $((end - SECONDS < 60 ? end - SECONDS : 60))
        done
        pids | while read -r name pid; do echo "$name $(figures $pid)"; done >/root/after
        paste -d" " /root/before /root/after | awk -v s=$IDLE "
                { printf \"%-16s %5d wake-ups%s, %8.1f ms of processor, %6d KiB private in %d idle seconds\\n\", \$1, \$6 - \$2, NR == 1 ? sprintf(\" (%d allowed)\", s / 20) : \"\", (\$7 - \$3) / 1000, \$8, s
                  w[NR] = \$6 - \$2; c[NR] = \$7 - \$3; m[NR] = \$8 }
                END { for (i = 2; i <= 3; i++) printf \"ratio to %s: wake-ups %.2f, processor %.2f, memory %.2f\\n\", i == 2 ? \"monit\" : \"node-exporter\", w[1] / w[i], c[1] / c[i], m[1] / m[i] }" >/result/idle
        echo "looks: $(($(jq .looks $NOW) - looks))" >>/result/idle' || { cat "$ROOT/result/latency" 2>/dev/null; exit 1; }
sed 's/^/monitor: /' "$ROOT/result/latency" "$ROOT/result/idle"
