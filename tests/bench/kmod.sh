#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What building a module costs beside plain make and dkms of the same source, and what an event costs
# in a guest. Ratios in one run are gates, milliseconds are for reading. Median of RUNS (5).
#   tests/bench/kmod.sh [build] [events] [time]
# events counts instructions, so a busy machine gets the same answer; time is the emulator's clock.
set -euo pipefail
cd "$(dirname "$0")/../.."
export BUILD=${BUILD:-$PWD/build} RUNS=${RUNS:-5}
# shellcheck source=tests/lib/kernel-headers.bash
. tests/lib/kernel-headers.bash
. tests/bench/gates.bash
make -s all test-programs

bench_build() {
        kernel_headers 6.1
        export KERNEL_RELEASE KERNEL_ROOT
        work=$(mktemp -d)
        (cd "$work" && kernel_apt apt-get -qq download dkms/bookworm)
        with "$(cd "$work" && echo dkms_*.deb)", Linux "$KERNEL_RELEASE", make "-j$(nproc)"
        # shellcheck disable=SC2016 # expanded inside
        WORK=$work unshare -m --propagation private bash -c '
                set -euo pipefail
                . tests/lib/kernel-headers.bash
                kernel_overlay "$WORK/o"; R=$WORK/o/root
                echo "secep-build:x:64711:64711::/nonexistent:/usr/sbin/nologin" >>"$R/etc/passwd"
                mount --bind /dev "$R/dev"; mount -t proc proc "$R/proc"; mount -t tmpfs t "$R/tmp"
                dpkg -x "$WORK"/dkms_*.deb "$WORK/dkms"; cp -a "$WORK/dkms/." "$R/" 2>/dev/null || true
                src=$R/usr/src/ampfsm-1
                mount -t tmpfs t "$R/opt"; cp -r kmod-build/ampfsm "$R/opt/plain"
                mkdir -p "$R/opt/dkms-src"; cp -r kmod-build/ampfsm "$R/opt/dkms-src/ampfsm-1"
                printf "%s\n" "PACKAGE_NAME=ampfsm" "PACKAGE_VERSION=1" "BUILT_MODULE_NAME[0]=ampfsm" "DEST_MODULE_LOCATION[0]=/updates" \
                        "BUILT_MODULE_NAME[1]=ampnetworkflow" "DEST_MODULE_LOCATION[1]=/updates" \
                        "MAKE[0]=\"make -C /lib/modules/$KERNEL_RELEASE/build M=\\\$dkms_tree/ampfsm/1/build modules\"" \
                        "CLEAN=\"true\"" >"$R/opt/dkms-src/ampfsm-1/dkms.conf"
                time_of() { local s=${EPOCHREALTIME/./}; "$@" >"$WORK/out" 2>&1 || { cat "$WORK/out"; return 1; }; echo $((${EPOCHREALTIME/./} - s)); }
                tool() { "$BUILD/tests/kmod-tool" "$R" "$KERNEL_RELEASE" build ampfsm; }
                plain() { chroot "$R" make -j"$(nproc)" -C "/lib/modules/$KERNEL_RELEASE/build" M=/opt/plain modules; }
                clean() { chroot "$R" make -C "/lib/modules/$KERNEL_RELEASE/build" M=/opt/plain clean; }
                with_dkms() { chroot "$R" dkms build -m ampfsm -v 1 -k "$KERNEL_RELEASE" --sourcetree /opt/dkms-src --dkmstree /opt/dkms; }
                mkdir -p "$R/opt/dkms"
                chroot "$R" dkms add -m ampfsm -v 1 --sourcetree /opt/dkms-src --dkmstree /opt/dkms >"$WORK/out" 2>&1 || { cat "$WORK/out"; exit 1; }
                for ((i = 0; i < RUNS; i++)); do
                        clean >/dev/null 2>&1; time_of plain >>"$WORK/plain"
                        rm -rf "$R/var/lib/secep/kmod"; time_of tool >>"$WORK/build"
                        time_of tool >>"$WORK/cached"
                        rm -rf "$R/opt/dkms/ampfsm/1/$KERNEL_RELEASE" "$R/opt/dkms/ampfsm/1/build"; time_of with_dkms >>"$WORK/dkms.t"
                done'
        gate "build / make -j M=" build plain 1.1
        gate "build / dkms build" build dkms.t 0.85
        gate "cached build / dkms build" cached dkms.t 0.02
        rm -rf "$work"
}

failed=0
median() {
        sort -n "$1" | sed -n "$((RUNS / 2 + 1))p"
}
gate() { # WHAT A B LIMIT
        awk -v what="$1" -v a="$(median "$work/$2")" -v b="$(median "$work/$3")" -v limit="$4" 'BEGIN {
                ok = a / b <= limit
                printf "%-32s %9.1f ms / %9.1f ms = %6.4f (at most %s) %s\n", what, a / 1000, b / 1000, a / b, limit, ok ? "ok" : "TOO SLOW"
                exit !ok
        }' || failed=1
        rounds "$work/$2" "$work/$3" 1000 ms
}

[[ $# -gt 0 ]] || set -- build events
for part; do
        case $part in
        build) bench_build ;;
        events) tests/deps.sh vm && tests/vm/kmod.sh cost || failed=1 ;;
        time) tests/deps.sh vm && tests/vm/kmod.sh cost-time || failed=1 ;;
        *) echo "usage: tests/bench/kmod.sh [build] [events] [time]" >&2; exit 2 ;;
        esac
done
exit $failed
