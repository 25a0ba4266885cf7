#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults 5, 7, 8, 9, 11 and 19 at once, in a guest as a RHEL 7 host is: made, and seen by the connector,
# by witnesses that are none of our code, and by secep-repair. Prints TAP.   tests/vm/six.sh
set -u
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
BUILD=${BUILD:-$PWD/build}
VM_TIMEOUT=${VM_TIMEOUT:-1500}
. tests/lib/kernel-headers.bash
. tests/lib/roots.bash
. tests/lib/selinux.bash
. tests/lib/nspawn.bash
. tests/vm/vm.bash
. tests/vm/guest.bash
work=$(mktemp -d)
trap 'root_drop; rm -rf "$work"' EXIT
tap_n=0 tap_failed=0

guest_made "$work" || exit 1
guest_tap "$work" six-seen
echo "1..$tap_n"
exit $tap_failed
