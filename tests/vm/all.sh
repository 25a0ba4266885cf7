#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults 5, 7, 8, 9, 11 and 19 in a guest as a RHEL 7 host is. Prints TAP.   tests/vm/all.sh NAME
#   six-seen      all at once: seen by the connector, by witnesses that are none of our code, by secep-repair
#   all-program   all at once, one secep-repair --all
#   single        one by one, under the eyes of secep-monitord
#   fresh         from nothing: an empty cache, what is made in it, a boot, its state saved, a test run from it
#   shell         a root shell at this terminal
set -u
cd "$(dirname "$0")/../.." || exit 1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] || SECEP_TEST_MOUNTS=private exec unshare -m --propagation private "$0" "$@"
BUILD=${BUILD:-$PWD/build}
VM_TIMEOUT=${VM_TIMEOUT:-1500}
work=$(mktemp -d)
[[ ${1:?NAME} != fresh ]] || export SECEP_CACHE=$work/cache
. tests/vm/guest.bash
trap 'root_drop; rm -rf "$work"' EXIT
tap_n=0 tap_failed=0
GUEST_HEADERS=few

tell() { # STATUS WHAT
        tap_n=$((tap_n + 1))
        if [[ $1 == 0 ]]; then echo "ok $tap_n - $2"; else
                echo "not ok $tap_n - $2"
                tap_failed=1
        fi
}

shell() { # with this terminal as the guest's console
        guest_options "$work" shell
        vm_options "$KERNEL_ROOT/boot/vmlinuz-$KERNEL_RELEASE" "$work/initrd" "$GUEST_CMDLINE"
        qemu-system-x86_64 "${VM_OPTIONS[@]}" "${GUEST_OPTIONS[@]}" -serial mon:stdio
}

saved() {
        guest_saved "$work"
        tell $? "the guest boots and is saved, $SECONDS s after the start"
}

fresh() {
        saved
        guest_tap "$work" ready
        [[ $SECONDS -le 180 ]]
        tell $? "from nothing to a test's end in $SECONDS s; at most 180"
}

guest_made "$work" || exit 1
case $1 in
shell) shell; exit ;;
fresh) fresh ;;
*) guest_tap "$work" "$1" ;;
esac
echo "1..$tap_n"
exit $tap_failed
