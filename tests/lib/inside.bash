# SPDX-License-Identifier: GPL-2.0-or-later
# Runs inside the booted root, before the test's own lines: every one of them must succeed.
# shellcheck shell=bash
set -eo pipefail

# The second judge: does the connector itself report fault ID?
judge_raises() {
        /opt/cisco/amp/bin/ampcli status | grep -q "^ID $1 "
}

# soon SECONDS COMMAND...: it succeeds within that time.
soon() {
        local end=$((SECONDS + $1))
        shift
        until "$@"; do
                [[ $SECONDS -lt $end ]] || return 1
                sleep 0.2
        done
}

not() {
        ! "$@"
}

scanner_runs() {
        pgrep -x ampscansvc >/dev/null
}

# What a monitor keeps of the scan process, each once; in the background.
history_keep() {
        local pid last='' d
        start() { echo $(($(cut -d" " -f22 "/proc/$1/stat" || echo 0) * 10)); }
        while sleep 0.05; do
                pid=$(pgrep -nx ampscansvc || true) d=$(pgrep -ox ampdaemon || true)
                [[ $pid && $d && $pid != "$last" ]] || continue
                last=$pid
                # shifted by a minute: what starts with the daemon does not count
                echo "$(date +%s) $pid $(($(start "$pid") + 61000)) $d $(start "$d")" >>/var/lib/secep/monitor/scan-starts || true
        done
}

# cause_is ID CAUSE [--prove]: what a check finds.
cause_is() {
        secep-repair --json --fault "$1" --check "${@:3}" >/result/json || true
        is ".faults[0].cause" "$2"
}

# repair STATUS ARGS...: secep-repair --json ends so; its answer in /result/json.
repair() {
        local expected=$1 found=0
        shift
        secep-repair --json "$@" >/result/json || found=$?
        cat /result/json
        [[ $found == "$expected" ]] || return # where it is asked again and again, no line ends it
        # what is left to a person says what to do
        jq -e '[.faults[]? | select(.verdict == "blocked" and (.do.text // "") == "")] | length == 0' /result/json >/dev/null
}

# The answer to a jq question about the last run.
is() {
        [[ $(jq -r "$1" /result/json) == "$2" ]]
}
