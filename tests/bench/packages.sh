#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 11 by libapt-pkg beside apt-get, and by rpm beside dnf, on the same root and repository in the
# same run. Ratios are gates, milliseconds are for reading. Median of RUNS.
# Argument: apt or dnf, for one of the two.
set -euo pipefail
cd "$(dirname "$0")/../.."
RUNS=${RUNS:-9}
if [[ -z ${SECEP_TEST_MOUNTS:-} ]]; then
        SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
fi
make -s programs plugins
# shellcheck source=tests/lib/roots.bash
. tests/lib/roots.bash
# shellcheck source=tests/lib/packages.bash
. tests/lib/packages.bash
# shellcheck source=tests/lib/rpms.bash
. tests/lib/rpms.bash
. tests/bench/gates.bash
failed=0

ms() { # FILE COMMAND...: appends its milliseconds
        local file=$1 begun=${EPOCHREALTIME/./}
        shift
        "$@" >"$COPY/out" 2>&1 || { cat "$COPY/out"; exit 1; }
        echo $(((${EPOCHREALTIME/./} - begun) / 1000)) >>"$file"
}

median() {
        sort -n "$1" | sed -n "$((RUNS / 2 + 1))p"
}

gate() { # WHAT OURS THEIRS LIMIT
        awk -v what="$1" -v a="$(median "$2")" -v b="$(median "$3")" -v limit="$4" 'BEGIN {
                printf "%-36s %6d ms / %6d ms = %.2f (at most %s) %s\n", what, a, b, a / b, limit, a / b <= limit ? "ok" : "TOO SLOW"
                exit a / b > limit
        }' || failed=1
        rounds "$2" "$3" 1 ms
}

ours() {
        "$BUILD/secep-repair" --root "$ROOT" --fault 11 --kernel "$RELEASE"
}

bench_apt() {
        root_copy full
        root_connector 1.24.1.1013
        RELEASE=$(root_release "$ROOT")
        mount -t proc proc "$ROOT/proc"
        local i
        purge() { chroot "$ROOT" dpkg --purge "linux-headers-$RELEASE" >/dev/null; }
        theirs() { chroot "$ROOT" env DEBIAN_FRONTEND=noninteractive apt-get -y -q install "linux-headers-$RELEASE"; }
        with "$(chroot "$ROOT" apt-get --version | head -1)"
        # once beforehand, so that both find the package files downloaded
        theirs >/dev/null 2>&1
        for ((i = 0; i < RUNS; i++)); do
                purge
                ms "$COPY/theirs" theirs
                purge
                ms "$COPY/ours" ours
        done
        gate "fault 11 / apt-get install" "$COPY/ours" "$COPY/theirs" 1.1
        umount "$ROOT/proc"
        root_drop
}

bench_dnf() {
        RELEASE=5.14.0-427.13.1.el9_4.x86_64
        rpm_root
        root_connector 1.24.1.1013
        rpm_dep "$ROOT/srv/repo"
        rpm_headers "$ROOT/srv/repo" "$RELEASE"
        rpm_index
        local i
        with dnf "$(chroot "$ROOT" dnf --version | head -1)"
        theirs() { chroot "$ROOT" dnf -y -q install "kernel-devel-${RELEASE%.x86_64}"; }
        for ((i = 0; i < RUNS; i++)); do
                ms "$COPY/theirs" theirs
                chroot "$ROOT" rpm -e kernel-devel secep-test-dep
                ms "$COPY/ours" ours
                chroot "$ROOT" rpm -e kernel-devel secep-test-dep
        done
        gate "fault 11 / dnf install" "$COPY/ours" "$COPY/theirs" 1.1
        root_drop
}

[[ ${1:-} == dnf ]] || bench_apt
[[ ${1:-} == apt ]] || bench_dnf
exit "$failed"
