#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/oracle/run.sh [N] [SEED]: secep-repair beside tests/oracle on N random target roots (500); as root, it
# asks as the scan account. Each disagreement is printed with the sentence of conditions.md that decides it.
# SECEP_ORACLE_VERBOSE=1 counts the answers; compare.py --only I --seed S keeps the root of state I.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${SECEP_BUILD:-build}
for program in secilc checkpolicy setfacl; do
        command -v "$program" >/dev/null || {
                echo "oracle: $program is not installed (tests/deps.sh test)" >&2
                exit 2
        }
done
exec python3 -B tests/oracle/compare.py "${1:-500}" "$build/secep-repair" ${2:+--seed "$2"} ${SECEP_ORACLE_PROVE:+--prove}
