#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/torture/run.sh BATS-ARGUMENT...: bats with mounts of its own, and the sum as the last line. Status 1 where a test
# failed, where none passed, and where not all came to their end. LIMIT seconds a test (14400); SECEP_SEED=N draws
# again what was drawn.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
[[ $(id -u) == 0 ]] || { echo "run.sh: run as root (the tests make roots of their own)" >&2; exit 2; }
said=$(mktemp)
trap 'rm -f "$said"' EXIT
SECEP_TEST_MOUNTS=private BATS_TEST_TIMEOUT=${LIMIT:-14400} \
        unshare -m --propagation private bats --tap --timing "$@" </dev/null 2>&1 | tee "$said"
status=${PIPESTATUS[0]}
skipped=$(grep -cE '^ok .* # skip' "$said")
passed=$(($(grep -c '^ok ' "$said") - skipped))
failed=$(grep -c '^not ok ' "$said")
planned=$(sed -n 's/^1\.\.//p' "$said" | head -1)
printf '%d passed, %d failed, %d skipped of %d\n' "$passed" "$failed" "$skipped" "${planned:-0}"
((status == 0 && failed == 0 && passed > 0 && passed + skipped == ${planned:-0}))
