#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs each fuzzer of DIR for RUNS executions: run.sh DIR RUNS NAME...
set -uo pipefail
dir=$1 runs=$2
shift 2
failed=0
for name; do
        corpus=$(mktemp -d)
        begun=$SECONDS
        log=$dir/$name.log
        seeds=tests/fuzz/corpus/$name
        [[ -d $seeds ]] || seeds=
        # What is new goes to a folder that is thrown away: the committed corpus stays small.
        if "$dir/fuzz_$name" -runs="$runs" -max_len=8192 -timeout=25 -rss_limit_mb=2048 -artifact_prefix="$dir/$name-" \
                "$corpus" ${seeds:+"$seeds"} >"$log" 2>&1; then
                printf 'ok   %-14s %s executions without a finding, %d s\n' "$name" "$runs" $((SECONDS - begun))
        else
                failed=1
                tail -30 "$log"
                printf 'FAIL %-14s see %s\n' "$name" "$log"
        fi
        rm -rf "$corpus"
done
exit $failed
