#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What fault 19 costs on Debian's whole policy, beside the bare libraries in the same run: the three
# ratios are gates, the milliseconds are for reading. Median of RUNS (9).
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib/roots.bash
. tests/lib/roots.bash
# shellcheck source=tests/lib/selinux.bash
. tests/lib/selinux.bash
RUNS=${RUNS:-9}
MODULE=$TOP/selinux/cisco-secure-bpf.cil

make -s all
work=$(mktemp -d /tmp/secep-bench.XXXXXX)
trap 'rm -rf "$work"' EXIT
cc -O2 -o "$work/bare-semanage" tests/bench/bare-semanage.c -lsemanage
cc -O2 -o "$work/bare-sepol" tests/bench/bare-sepol.c -lsepol
base=$(selinux_base full)

microseconds() { # COMMAND...: its time, whatever its status
        local start=${EPOCHREALTIME/./}
        "$@" >"$work/out" 2>&1 || true
        echo $((${EPOCHREALTIME/./} - start))
}

fresh() {
        rm -rf "$work/root"
        cp -a "$base" "$work/root"
        sync -f "$work"
}

median() {
        sort -n "$1" | sed -n "$((RUNS / 2 + 1))p"
}

for ((i = 0; i < RUNS; i++)); do
        microseconds "$work/bare-sepol" "$base/$POLICY_DIR/policy.33" >>"$work/sepol"
        microseconds "$BUILD/secep-repair" --root "$base" --fault 19 --check >>"$work/check"
done
for ((i = 0; i < RUNS; i++)); do
        fresh
        microseconds "$work/bare-semanage" "$work/root" "$MODULE" >>"$work/bare"
        cmp -s "$work/root/$POLICY_DIR/policy.33" "$base/$POLICY_DIR/policy.33" && exit 1
        fresh
        microseconds "$BUILD/secep-repair" --root "$work/root" --fault 19 >>"$work/repair"
        grep -q cleared "$work/out"
        fresh
        microseconds semodule -n -p "$work/root" -s default -X 200 -i "$MODULE" >>"$work/semodule"
done

failed=0
gate() { # WHAT A B LIMIT
        local a b
        a=$(median "$work/$2") b=$(median "$work/$3")
        awk -v what="$1" -v a="$a" -v b="$b" -v limit="$4" 'BEGIN {
                ok = a / b <= limit
                printf "%-48s %9.1f ms / %9.1f ms = %6.4f (at most %s) %s\n", what, a / 1000, b / 1000, a / b, limit, ok ? "ok" : "TOO SLOW"
                exit !ok
        }' || failed=1
}
gate "check / semodule -i of the same module" check semodule 0.01
gate "check / bare libsepol read of the policy" check sepol 1.5
gate "repair / bare libsemanage transaction" repair bare 1.10
exit $failed
