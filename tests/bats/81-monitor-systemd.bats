#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# secep-monitord as its unit runs it, under real systemd: sandboxed, with self-repair and the catalog.
# What runs inside is in single quotes.
# shellcheck disable=SC2016
# bats file_tags=slow
load ../lib/roots
load ../lib/nspawn

setup() {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        root_copy service
        make -s -C "$TOP" BUILD="$BUILD" DESTDIR="$ROOT" install
        mkdir -p "$ROOT/result" "$ROOT/etc/secep"
}

teardown() { root_drop; }

INSIDE='
is5() { [[ $(jq -r ".faults[] | select(.id == 5) | .condition" /run/secep/faults.json) == "$1" ]]; }
account() { groupadd -r cisco-amp-scan-svc; useradd -r -g cisco-amp-scan-svc -s /usr/sbin/nologin -M -d /nonexistent cisco-amp-scan-svc; }
systemctl start secep-monitord
'

@test "the unit: sandboxed, raised and cleared in the journal with an explanation, over a restart" {
        boot "$INSIDE"'
                is5 raised
                account
                soon 60 is5 cleared
                systemctl restart secep-monitord
                is5 cleared
                userdel -f cisco-amp-scan-svc
                soon 60 is5 raised
                [[ $(jq -r "select(.fault == 5) | .event" /var/log/secep/events.jsonl | paste -sd " ") == "raised cleared raised" ]]
                journalctl --update-catalog
                journalctl --sync
                journalctl -q -x SECEP_FAULT=5 SECEP_EVENT=raised | tee /result/explained
                grep "Fault 5 raised" /result/explained
                journalctl -q -o json SECEP_FAULT=5 SECEP_EVENT=cleared | jq -r .MESSAGE_ID | grep -x 5ecefa0500c14c0e9d1b6a7f3c2e8d05
                # what it may not
                pid=$(systemctl show -P MainPID secep-monitord)
                grep "^CapEff:.*0000000000080004$" /proc/$pid/status
                grep "^NoNewPrivs:.*1$" /proc/$pid/status
                grep "^Seccomp:.*2$" /proc/$pid/status
                kill -KILL $pid
                soon 60 systemctl is-active secep-monitord
                is5 raised
                [[ $(jq -r "select(.fault == 5) | .event" /var/log/secep/events.jsonl | wc -l) == 3 ]]'
}

@test "self-repair: off by default, on where Repair= names the fault, and one that is not named is only checked" {
        boot "$INSIDE"'
                systemctl start secep-repair-pending.path
                is5 raised
                [[ -z $(ls /var/lib/secep/pending/new) ]]
                echo "Repair=5" >/etc/secep/secep.conf
                account
                soon 60 is5 cleared
                userdel -f cisco-amp-scan-svc
                soon 60 getent passwd cisco-amp-scan-svc
                soon 60 is5 cleared
                soon 60 not systemctl is-active secep-repair-pending.service
                [[ $(jq .cleared /var/lib/secep/pending/results.json) == 1 ]]
                soon 60 test -z "$(ls /var/lib/secep/pending/new)"
                systemctl is-active secep-repair-pending.path
                # the server reads Repair= itself
                rm /etc/secep/secep.conf
                runs=$(ls /var/lib/secep/runs | wc -l)
                userdel -f cisco-amp-scan-svc
                soon 60 is5 raised
                touch /var/lib/secep/pending/new/5
                soon 60 test ! -e /var/lib/secep/pending/new/5
                soon 60 not systemctl is-active secep-repair-pending.service
                not getent passwd cisco-amp-scan-svc
                [[ $(ls /var/lib/secep/runs | wc -l) == "$runs" ]]'
}

# How late the machine itself is in waking a process goes with each change: what is above the limit on a
# busy machine and not above it by more than that is no fault of the daemon. The best of three series counts.
@test "latency: raised and cleared within 100 ms of the change, 95 of 100 times" {
        boot "$INSIDE"'
                account
                soon 60 is5 cleared
                cp -p /etc/passwd /root/with
                grep -v cisco-amp-scan-svc /root/with >/root/without
                now() { echo $((${EPOCHREALTIME/./} / 1000)); }
                change() { # TO CONDITION
                        local begun
                        begun=$(now); sleep 0.05; echo $(($(now) - begun - 50)) >>/root/late
                        cp -p /root/$1 /etc/passwd.new
                        begun=$(now)
                        mv /etc/passwd.new /etc/passwd
                        until is5 $2; do sleep 0.02; done       # boot has the limit
                        echo $(($(tail -1 /var/log/secep/events.jsonl | jq .time) - begun)) >>/root/ms
                }
                p95() { sort -n $1 | sed -n 95p; }
                set +x
                for series in 1 2 3; do
                        rm -f /root/ms /root/late
                        for i in {1..50}; do change without raised; change with cleared; done
                        echo "$(p95 /root/ms) $(p95 /root/late)" >>/result/p95
                        (($(p95 /root/ms) > 100 + $(p95 /root/late))) || break
                done
                [[ $(jq -r "select(.fault == 5) | .event" /var/log/secep/events.jsonl | wc -l) -ge 101 ]]'
        local ms late best=1
        while read -r ms late; do
                echo "p95: $ms ms; the machine woke a sleeper $late ms late" >&3
                ((ms > 100 + late)) || best=0
        done <"$ROOT/result/p95"
        return $best
}

@test "beside the stand-in connector: its processes and unit are events, its own word is heard" {
        root_standin
        boot "$INSIDE"'
                state() { [[ $(jq -r ".faults[] | select(.id == $1) | .condition" /run/secep/faults.json) == "$2" ]]; }
                soon 60 scanner_runs
                soon 60 state 7 cleared
                systemctl start secep-ampcli.service
                soon 60 test -e /run/secep/connector/word.json
                soon 60 state 18 cleared
                # many changes in a row do not end the path unit
                systemctl start secep-ampcli.path
                quiet() { not systemctl is-active secep-ampcli.service; }
                for i in {1..8}; do soon 60 quiet; rm -f /run/secep/connector/word.json; : >/run/secep/ask-connector; soon 60 test -e /run/secep/connector/word.json; done
                systemctl is-active secep-ampcli.path
                systemctl stop secep-ampcli.path
                [[ $(jq -r ".connector.ids | type" /run/secep/faults.json) == array ]]
                # stopped it stays so; systemd alone cannot end a scan process where it may not read its own cgroup
                systemctl stop cisco-amp.service
                pkill -KILL -x ampscansvc || true
                soon 60 state 7 raised
                systemctl reset-failed cisco-amp.service || true
                systemctl restart cisco-amp.service
                soon 60 scanner_runs
                soon 60 state 7 cleared
                # each new scan process under a living daemon is a line of the history
                n=$(wc -l </var/lib/secep/monitor/scan-starts)
                pkill -KILL -x ampscansvc
                grew() { [[ $(wc -l </var/lib/secep/monitor/scan-starts) -gt $n ]]; }
                soon 60 grew
                tail -1 /var/lib/secep/monitor/scan-starts | grep -E "^[0-9]+ [0-9]+ [0-9]+ [0-9]+ [0-9]+$"'
}
