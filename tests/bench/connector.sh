#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Figures of the connector's room: the sampler of fault 18 on this kernel and on a guest's, the wall
# time of --fault 18 beside its window, and a signature file of 200 MB judged beside md5sum in the
# same run (median of five each).   tests/bench/connector.sh
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
. tests/lib/kernel-headers.bash
. tests/lib/roots.bash
. tests/lib/nspawn.bash
. tests/vm/vm.bash
bench=$BUILD/tests/bench_connector
work=$(mktemp -d)
trap 'root_drop; rm -rf "$work"' EXIT
status=0

"$bench" events || status=1

# The same program in a guest, where the emulator makes every figure but the ratio meaningless.
guest() {
        local lacks=""
        command -v qemu-system-x86_64 >/dev/null || lacks="QEMU (qemu-system-x86)"
        command -v busybox >/dev/null || lacks="busybox (busybox-static)"
        [[ -z $lacks ]] || { echo "sampler in a guest: skipped, this machine lacks $lacks" && return; }
        kernel_image 6.1 >/dev/null && vm_root "$work/guest" || return 1
        vm_add "$work/guest" /test "$bench"
        printf 'exec /test/bench_connector events\n' >"$work/guest/test/run"
        vm_pack "$work/guest" "$work/guest.img"
        vm_run "$KERNEL_ROOT/boot/vmlinuz-$KERNEL_RELEASE" "$work/guest.img" "" >"$work/console" || true
        grep -a '^sampler:' "$work/console" | sed "s/^sampler:/sampler in a guest, Linux $KERNEL_RELEASE:/" ||
                { tail -5 "$work/console"; return 1; }
}
guest || status=1

# In a container, whose pids are not the kernel's: counted by /proc.
overload() {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || { echo "--fault 18: skipped, this machine lacks $lacks" && return; }
        root_copy service && root_standin && "$FAULTLAB" --root "$ROOT" break event-overload:busy-verified >/dev/null || return 1
        # shellcheck disable=SC2016
        boot 'soon 30 judge_raises 18
                begun=${EPOCHREALTIME/./}
                repair 4 --fault 18
                echo $(((${EPOCHREALTIME/./} - begun) / 1000)) >/result/ms' || return 1
        echo "--fault 18: window 4000 ms, wall $(cat "$ROOT/result/ms") ms with its questions to ampcli and dpkg"
        root_drop
}
overload || status=1

folder=$work/opt/cisco/amp/clamav
mkdir -p "$folder"
dd if=/dev/urandom of="$work/body" bs=1M count=200 status=none
sum=$(md5sum <"$work/body" | cut -c1-32)
printf '%-512s' "ClamAV-VDB:bench:1:1:1:$sum:sig:bench:1" | cat - "$work/body" >"$folder/bench.cvd"
rm "$work/body"

median() { sort -n | sed -n 3p; }
md5() {
        local begun
        for _ in 1 2 3 4 5; do
                begun=$(date +%s%N)
                md5sum "$folder/bench.cvd" >/dev/null
                echo $((($(date +%s%N) - begun) / 1000000))
        done
}
ours=$("$bench" signatures "$work" | median)
theirs=$(md5 | median)
if [[ -z $ours ]]; then
        echo "signatures: could not be judged" >&2
        exit 1
fi
awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "signatures: 200 MB judged in %.0f ms, md5sum %.0f ms, ratio %.2f\n", a, b, a / b }'
exit $status
