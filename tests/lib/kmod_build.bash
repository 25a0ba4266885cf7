# SPDX-License-Identifier: GPL-2.0-or-later
# Module builds in an overlay of this machine's root: $KERNEL_RELEASE, and a shell inside.
# shellcheck shell=bash
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/kernel-headers.bash

setup() {
        export BUILD=${SECEP_BUILD:-$PWD/build}
        export TOOL=$BUILD/tests/kmod-tool
        kernel_headers "${SERIES:-6.1}"
        export KERNEL_RELEASE KERNEL_ROOT
}

# Runs the shell text of $1 with $R the overlay's root and the functions below.
inside() {
        BODY=$1 unshare -m --propagation private bash -c '
                set -e
                . tests/lib/kernel-headers.bash
                T=$BATS_TEST_TMPDIR/o
                kernel_overlay "$T"; R=$T/root
                builder=$((60000 + $$ % 5000)) # of this test alone
                echo "secep-build:x:$builder:$builder::/nonexistent:/usr/sbin/nologin" >>"$R/etc/passwd"
                tool() { "$TOOL" "$R" "$KERNEL_RELEASE" "$@"; }
                refuse() { if "$@"; then echo "worked: $*"; exit 1; fi; }
                state=$R/var/lib/secep/kmod
                installed=$R/lib/modules/$KERNEL_RELEASE/updates/secep
                eval "$BODY"'
}

builds_for() {
        kernel_headers "$1"
        export KERNEL_RELEASE KERNEL_ROOT
        run inside '
                for m in ampfsm ampnetworkflow; do
                        tool look $m | grep -x absent
                        [[ $m == ampfsm ]] && from=built || from=cached
                        tool install $m | grep "^$from"
                        tool look $m | grep -x loadable
                        grep -q "^updates/secep/$m.ko:" "$R/lib/modules/$KERNEL_RELEASE/modules.dep"
                done
                refuse grep -i warning "$R"/var/log/secep/build-*.log
                [[ -z $(ls -d "$state"/work.* 2>/dev/null) ]]'
        echo "$output"
        [ "$status" -eq 0 ]
}
