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

# repair STATUS ARGS...: secep-repair --json ends so; its answer in /result/json.
repair() {
        local expected=$1 found=0
        shift
        secep-repair --json "$@" >/result/json || found=$?
        cat /result/json
        [[ $found == "$expected" ]]
}

# The answer to a jq question about the last run.
is() {
        [[ $(jq -r "$1" /result/json) == "$2" ]]
}
