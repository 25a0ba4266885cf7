#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# secep-monitord for those who ask: --once, --until-clear, metrics, and secep-repair --wait and --watch.
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/monitor

@test "--until-clear ends when they are cleared, with the status of a check before" {
        inside '
                found=0; $M --until-clear 5 --timeout 1 >/tmp/out 2>/tmp/err || found=$?
                [[ $found == 1 ]]
                grep -q "fault 5 is not cleared" /tmp/err
                $M --until-clear 5 --timeout 60 >/tmp/out 2>/tmp/err & PID=$!
                soon grep -q "fault 5 raised" /tmp/out
                account
                wait $PID
                grep -q "fault 5 cleared" /tmp/out
                [[ ! -e $STATE && ! -e $LOG ]]
                $M --until-clear 5'
}

@test "in Portuguese for a person, in English for programs" {
        inside '
                cp -r /b/locale/. /usr/share/locale/
                export LANG=pt_BR.UTF-8
                unset LC_ALL LC_MESSAGES LANGUAGE
                $M --help | grep -x "Uso: secep-monitord .*"
                [[ $($M --help | LC_ALL=C.UTF-8 wc -L) -le 80 ]]
                ($M --until-clear 4 2>&1 || true) | grep "essa falha não existe"
                ($M --until-clear 5 --timeout 1 2>/tmp/why || true) | grep "^falha 5 surgiu: "
                grep "a falha 5 não foi eliminada: " /tmp/why
                start; soon is 5 raised
                jq -r ".faults[] | select(.id == 5) | .why" $NOW | grep "is missing\|are missing"
                grep "are missing\|is missing" $LOG
                stop TERM'
}

@test "--once is a check: table and exit status; wrong words are 2" {
        inside '
                a=0 b=0
                $M --once >/tmp/a || a=$?
                /b/secep-repair --check --all >/tmp/b || b=$?
                [[ $a == "$b" ]]
                diff /tmp/a /tmp/b
                for words in --oncee "--once --until-clear 5" "--until-clear 4" "--timeout 5" "--until-clear 5 --timeout x" word; do
                        found=0; $M $words 2>/tmp/err || found=$?
                        [[ $found == 2 && -s /tmp/err ]]
                done'
}

@test "the metrics are what promtool reads, and say what the state says" {
        inside '
                start; soon is 5 raised
                f=/run/secep/metrics/secep.prom
                grep -qx "secep_fault{id=\"5\",slug=\"scan-user\"} 1" $f
                grep -q "^secep_fault_info{id=\"5\",slug=\"scan-user\",cause=\".*\"} 1$" $f
                grep -qx "secep_fault_transitions_total{id=\"5\",event=\"raised\"} 1" $f
                grep -q "^secep_probe_seconds_bucket{id=\"5\",le=\"+Inf\"}" $f
                if command -v promtool; then promtool check metrics <$f; fi
                stop TERM'
}

@test "secep-repair --wait follows the monitor until it says that the fault is cleared" {
        inside '
                found=0; /b/secep-repair --fault 5 --wait 20 >/tmp/out 2>/tmp/why || found=$?
                cat /tmp/out /tmp/why
                [[ $found == 3 ]]                       # repaired, and nobody says so
                grep -q "no secep-monitord" /tmp/why
                userdel -f cisco-amp-scan-svc
                start; soon is 5 raised
                /b/secep-repair --fault 5 --wait 20
                is 5 cleared
                kill -STOP $PID
                userdel -f cisco-amp-scan-svc
                found=0; /b/secep-repair --fault 5 --wait 1 || found=$?
                cat $NOW | jq -r ".faults[] | select(.id == 5) | .condition"
                kill -CONT $PID
                stop TERM
                found=0; /b/secep-repair --fault 5 --check --wait 5 2>/dev/null || found=$?
                [[ $found == 2 ]]'
}

@test "secep-repair --watch shows it live: a line a change, in place on a terminal, and ends as a check" {
        cp "$TOP/tests/lib/on_terminal.py" "$LIVE/root/"
        inside '
                mount -t devpts -o ptmxmode=0666 devpts /dev/pts
                found=0; /b/secep-repair --watch 2>/tmp/why || found=$?
                [[ $found == 3 ]]
                grep -q "no secep-monitord runs" /tmp/why
                for words in "--watch --json" "--watch --check" "--watch --wait 5"; do
                        found=0; /b/secep-repair $words 2>/dev/null || found=$?
                        [[ $found == 2 ]]
                done
                start; soon is 5 raised
                /b/secep-repair --watch --fault 5 >/tmp/out & watcher=$!
                TERM=xterm LC_ALL=C python3 /root/on_terminal.py 80 /b/secep-repair --watch >/tmp/live & terminal=$!
                soon grep -q "scan-user *FAULT" /tmp/out
                live() { pid=$(pgrep -f "^/b/secep-repair --watch$"); }
                soon live
                soon grep -q "scan-user.*FAULT" /tmp/live
                account
                soon grep -q "scan-user *ok" /tmp/out
                kill -INT $watcher; found=0; wait $watcher || found=$?
                [[ $found == 0 ]]
                userdel -f cisco-amp-scan-svc; soon is 5 raised
                /b/secep-repair --watch --fault 5 >/tmp/out & watcher=$!
                soon grep -q "scan-user *FAULT" /tmp/out
                stop TERM
                soon grep -q "NO secep-monitord RUNS" /tmp/out
                kill -INT $watcher; found=0; wait $watcher || found=$?
                [[ $found == 1 ]]
                # on the terminal: ten lines, drawn over
                soon grep -q "scan-user.*ok" /tmp/live
                soon grep -q "NO secep-monitord RUNS" /tmp/live
                kill -INT $pid; found=0; wait $terminal || found=$?
                [[ $found == 1 ]]
                cat -v /tmp/live >/tmp/drawn
                grep -F "^[[10A^[[J" /tmp/drawn
                grep "scan-user.*FAULT" /tmp/drawn
                grep "scan-user.*ok" /tmp/drawn
                grep "NO secep-monitord RUNS" /tmp/drawn'
}
