#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults 8 and 9 on a root that is not running: an overlay of this machine with a Debian kernel's
# headers, whose configuration says no eBPF on kprobes, so that a module is needed.

# The bodies are expanded inside.
# shellcheck disable=SC2016
load ../lib/kernel-headers.bash

setup() {
        export BUILD=${SECEP_BUILD:-$PWD/build}
        kernel_headers 6.1
        export KERNEL_RELEASE KERNEL_ROOT
}

inside() {
        BODY=$1 unshare -m --propagation private bash -c '
                set -e
                . tests/lib/kernel-headers.bash
                T=$BATS_TEST_TMPDIR/o
                kernel_overlay "$T"; R=$T/root
                rm -f "$R"/boot/config-* ; sed -i /secep-build/d "$R/etc/passwd" "$R/etc/group"
                rm -rf "$R/var/lib/secep" "$R/opt/cisco" "$R/etc/secep"
                conf=usr/src/linux-headers-$KERNEL_RELEASE/include/generated/autoconf.h
                sed "/CONFIG_BPF_EVENTS/d" "$R/$conf" >"$T/autoconf.h"
                no_ebpf() { mount --bind "$T/autoconf.h" "$R/$conf"; }
                # FAULT STATUS VERDICT CAUSE PATTERN [OPTION...]
                expect() {
                        local f=$1 status=$2 verdict=$3 cause=$4 pattern=$5 got=0
                        shift 5
                        "$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --fault "$f" --json "$@" >"$T/j" 2>"$T/e" || got=$?
                        if [[ $got != "$status" || $(jq -r .faults[0].verdict "$T/j") != "$verdict" ||
                              $(jq -r .faults[0].cause "$T/j") != "$cause" ]] || ! jq -r .faults[0].why "$T/j" | grep -qE "$pattern"; then
                                echo "got $got"; cat "$T/j" "$T/e"; exit 1
                        fi
                }
                installed=$R/lib/modules/$KERNEL_RELEASE/updates/secep
                eval "$BODY"'
}

policy() { # FILE NETWORK
        cat <<X
<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Object><config><agent><driver><protmode><file>$1</file></protmode></driver><nfm><enable>$2</enable></nfm></agent></config></Object></Signature>
X
}

@test "eBPF in the kernel's configuration is enough" {
        run inside '
                expect 8 0 ok null "can work by eBPF" --check
                expect 9 0 ok null "can work by eBPF" --check'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "the policy option off: not applicable, with its name" {
        policy 0 1 >"$BATS_TEST_TMPDIR/p"
        run inside '
                mkdir -p "$R/opt/cisco/amp/etc"; cp "$BATS_TEST_TMPDIR/p" "$R/opt/cisco/amp/etc/policy.xml"
                expect 8 0 not-applicable null "Monitor File Copies and Moves is off" --check
                expect 9 0 ok null "eBPF" --check'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "no eBPF: the module is built as a user made for it, a second run does nothing, undo takes all back" {
        run inside '
                no_ebpf
                for f in 8 9; do
                        [[ $f == 8 ]] && m=ampfsm || m=ampnetworkflow
                        expect $f 1 fault module-missing "there is no module $m" --check
                        expect $f 0 ok null "the module $m fits"
                        [[ $(jq .changed "$T/j") == true ]]
                        run=$(jq -r .run "$T/j")
                        grep -q ^secep-build: "$R/etc/passwd"
                        [[ -e $installed/$m.ko ]]
                        expect $f 0 ok null "the module $m fits"
                        [[ $(jq .changed "$T/j") == false ]]
                done
                "$BUILD/secep-repair" --root "$R" --undo "$run"
                [[ ! -e $installed/ampnetworkflow.ko && -e $installed/ampfsm.ko ]]
                expect 9 1 fault module-missing "there is no module ampnetworkflow" --check'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a stale module is replaced, and undo brings that one back" {
        run inside '
                no_ebpf
                mkdir -p "$installed"
                expect 8 0 ok null fits
                sed -i "s/modversions /modversionx /" "$installed/ampfsm.ko"
                old=$(sha256sum <"$installed/ampfsm.ko")
                expect 8 1 fault module-stale "its vermagic says" --check
                expect 8 0 ok null fits
                [[ $(sha256sum <"$installed/ampfsm.ko") != "$old" ]]
                "$BUILD/secep-repair" --root "$R" --undo "$(jq -r .run "$T/j")"
                [[ $(sha256sum <"$installed/ampfsm.ko") == "$old" ]]'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "what only a person ends is blocked for its reason" {
        run inside '
                no_ebpf
                echo "blacklist ampfsm" >"$R/etc/modprobe.d/site.conf"
                expect 8 4 blocked module-blacklisted "site.conf:1: blacklist ampfsm.*turn off Monitor File" --check
                rm "$R/etc/modprobe.d/site.conf"
                # the connector is there: ours could not be talked to by it
                mkdir -p "$R/opt/cisco/amp/bin" "$R/opt/cisco/amp/etc"; : >"$R/opt/cisco/amp/bin/ampdaemon"
                expect 8 4 blocked module-missing "name its own module.s sources with --module-source" --check
                mkdir "$T/src"; printf "obj-m := ampfsm.o\n" >"$T/src/Kbuild"
                printf "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\n" >"$T/src/ampfsm.c"
                expect 8 4 blocked connector-too-old "1.16.0 or newer" --check --module-source "$T/src"
                printf "<config><version>1.24.1</version></config>" >"$R/opt/cisco/amp/etc/global.xml"
                "$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --fault 8 --check --module-source "$T/src" || true
                echo "int x = y;" >>"$T/src/ampfsm.c"
                rm -rf "$R/opt/cisco"
                "$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --fault 8 --module-source "$T/src" && exit 1
                expect 8 4 blocked module-missing "ampfsm.c:3:9: error.*not tried again" --check --module-source "$T/src"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "missing headers and a missing compiler are told apart" {
        run inside '
                no_ebpf
                rm -f "$R"/usr/bin/{gcc,gcc-*,x86_64-linux-gnu-gcc*}
                expect 8 1 fault build-tools-missing "asks for the compiler" --check
                rm "$R/lib/modules/$KERNEL_RELEASE/build"
                expect 8 3 could-not-tell null "neither a configuration in /boot nor a header tree" --check
                echo "CONFIG_X=y" >"$R/boot/config-$KERNEL_RELEASE"
                expect 8 1 fault module-missing "cannot be built: there is no header tree.*fault 11" --check'
        echo "$output"
        [ "$status" -eq 0 ]
}
