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
                kernel=$R/lib/modules/$KERNEL_RELEASE/kernel
                mkdir -p "$kernel"; mount -t tmpfs none "$kernel" # a kernel, with less to index
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
                expect 8 0 ok null "can use eBPF" --check
                expect 9 0 ok null "can use eBPF" --check'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "the policy option off: not applicable, with its name" {
        policy 0 1 >"$BATS_TEST_TMPDIR/p"
        run inside '
                mkdir -p "$R/opt/cisco/amp/etc"; cp "$BATS_TEST_TMPDIR/p" "$R/opt/cisco/amp/etc/policy.xml"
                expect 8 0 not-applicable null "turned off in the policy: Monitor File Copies and Moves" --check
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

# SLUG:CAUSE as faultlab breaks it | status, verdict, cause and words of the check | the same of the
# repair, but the cause; "-": not repaired here. A repair that cleared it has nothing to do again.
@test "each cause that faultlab can make: raised, repaired or blocked for its reason" {
        while IFS='|' read -r lab check repair; do
                export LAB=${lab##* } CHECK=$check REPAIR=$repair
                run inside '
                        [[ ! -d $BATS_TEST_TMPDIR/kept ]] || { mkdir -p "$R/var/lib/secep"; cp -a "$BATS_TEST_TMPDIR/kept" "$R/var/lib/secep/kmod"; }
                        [[ ${LAB%%:*} == file-monitor ]] && f=8 || f=9
                        "$BUILD/tests/faultlab" --root "$R" break "$LAB"
                        "$BUILD/tests/faultlab" --root "$R" check "$LAB"
                        read -r status verdict cause words <<<"$CHECK"
                        expect $f "$status" "$verdict" "$cause" "$words" --check
                        [[ $status != 4 ]] || jq -e ".faults[0].do.text | length > 0" "$T/j"
                        [[ $status != 4 ]] || jq -r ".faults[0].notes[]" "$T/j" | grep -q "turning off .* in the policy (console) clears it"
                        read -r status verdict words <<<"$REPAIR"
                        [[ $status != - ]] || { "$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --fault $f --plan | grep -q "$verdict $words"; exit 0; }
                        [[ $verdict != ok ]] || cause=null
                        expect $f "$status" "$verdict" "$cause" "$words"
                        expect $f "$status" "$verdict" "$cause" "$words"
                        [[ $verdict != ok || $(jq .changed "$T/j") == false ]]
                        [[ $verdict != ok ]] || { rm -rf "$BATS_TEST_TMPDIR/kept"; cp -a "$R/var/lib/secep/kmod" "$BATS_TEST_TMPDIR/kept"; }'
                echo "$lab: $output"
                [ "$status" -eq 0 ]
        done <<-'X'
                file-monitor:module-missing|1 fault module-missing there is no module ampfsm|0 ok the module ampfsm fits
                file-monitor:module-stale|1 fault module-stale built for kernel 4.0.0-lab|0 ok the module ampfsm fits
                file-monitor:vendor-module|4 blocked module-stale extra/ampfsm.ko is not ours|4 blocked extra/ampfsm.ko is not ours
                file-monitor:source-broken|1 fault module-missing there is no module ampfsm|4 blocked ampfsm.c:1:9: error.*not tried again
                file-monitor:module-blacklisted|4 blocked module-blacklisted lab.conf:1: blacklist ampfsm|4 blocked lab.conf:1: blacklist ampfsm
                file-monitor:headers-wrong|1 fault module-missing is of kernel 4.0.0-lab|4 blocked is of kernel 4.0.0-lab
                file-monitor:build-tools-missing|1 fault build-tools-missing requires the compiler|- install package gcc
                file-monitor:connector|4 blocked module-missing was never seen to open a module of ours|4 blocked was never seen to open a module of ours
                file-monitor:connector-too-old|4 blocked connector-too-old 1.16.0 or newer|4 blocked 1.16.0 or newer
                network-monitor:module-missing|1 fault module-missing there is no module ampnetworkflow|0 ok the module ampnetworkflow fits
                network-monitor:module-stale|1 fault module-stale built for kernel 4.0.0-lab|0 ok the module ampnetworkflow fits
                network-monitor:module-blacklisted|4 blocked module-blacklisted lab.conf:2: install ampnetworkflow|4 blocked lab.conf:2: install ampnetworkflow
                network-monitor:connector|4 blocked module-missing was never seen to open a module of ours|4 blocked was never seen to open a module of ours
X
}

@test "missing headers and a missing compiler are told apart" {
        run inside '
                no_ebpf
                rm -f "$R"/usr/bin/{gcc,gcc-*,x86_64-linux-gnu-gcc*}
                expect 8 1 fault build-tools-missing "requires the compiler" --check
                rm "$R/lib/modules/$KERNEL_RELEASE/build"
                expect 8 3 could-not-tell null "neither a configuration in /boot nor a header tree" --check
                echo "CONFIG_X=y" >"$R/boot/config-$KERNEL_RELEASE"
                expect 8 1 fault module-missing "none can be built: there is no header tree.*fault 11" --check
                for asked in 8=11,8 8,9=11,8,9; do # what is said to repair brings along what comes first
                        said=$("$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --fault "${asked%=*}" --check | tr -d "\n\\\\" | tr -s " ")
                        [[ $said == *"repair: secep-repair"*"--fault ${asked#*=}" ]] || { echo "$said"; exit 1; }
                done
                expect 8 4 blocked module-missing "fault 11" --plan
                [[ $(jq -r .faults[0].do.text "$T/j") == *"--fault 11,8" ]]
                mkdir "$T/debs"
                "$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --fault 8,11 --plan --offline "$T/debs" --json >"$T/j" || true
                cat "$T/j"; jq -e "[.faults[] | select(.id == 8).steps[].kind] | index(\"build-kmod\")" "$T/j"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "eight repairs at once: one builds, no failure" {
        run inside '
                no_ebpf
                pids=()
                for i in 1 2 3 4 5 6 7 8; do
                        "$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --fault 8 --fault 9 --json >"$T/$i.json" 2>"$T/$i.err" & pids+=($!)
                done
                for p in "${pids[@]}"; do wait "$p" || { cat "$T"/*.json "$T"/*.err; exit 1; }; done
                jq -s -e "map(select(.changed)) | length == 1" "$T"/?.json
                [[ $(ls "$R"/var/lib/secep/kmod/*.ko | wc -l) == 2 && $(ls "$R/var/lib/secep/runs" | wc -l) == 1 ]]'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a kernel written down by a hook gets its modules before it boots, and loses them with it" {
        run inside '
                no_ebpf
                mkdir -p "$R/b"; cp -r "$BUILD/secep-installer" "$BUILD/secep-repair" "$BUILD/plugins" "$R/b/"
                mount --bind /proc "$R/proc"; mount --bind /dev "$R/dev"
                mount -t tmpfs none "$R/run"
                ours() { chroot "$R" /b/secep-installer "$@"; }
                ours run-pending
                ours kernel-added "$KERNEL_RELEASE"
                ours run-pending | tee "$T/out"
                grep "file-monitor *cleared" "$T/out"; grep "network-monitor *cleared" "$T/out"
                [[ -e $installed/ampfsm.ko && -e $installed/ampnetworkflow.ko && ! -e $R/etc/modules-load.d/secep.conf ]]
                [[ -z $(ls -A "$R"/var/lib/secep/pending/{new,later} | grep -v :) ]]
                ours kernel-added "$KERNEL_RELEASE"
                ours run-pending | grep "file-monitor *ok"
                ours kernel-removed "$KERNEL_RELEASE"
                [[ ! -e $installed && -z $(ls "$R"/var/lib/secep/kmod/*.ko 2>/dev/null) ]]'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "asked to stop while a module is built: the build ends, nothing is installed, nothing remembered" {
        run inside '
                no_ebpf
                long=120.$$ # nobody else sleeps that long
                printf "#!/bin/sh\nexec sleep $long\n" >"$T/make"
                chmod 755 "$T/make"
                mount --bind "$T/make" "$R/usr/bin/make"
                best=60000000
                for signal in INT TERM HUP QUIT; do
                        env --default-signal "$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --fault 8 --json >"$T/j" 2>"$T/e" &
                        for ((i = 0; i < 1200; i++)); do
                                ! pgrep -f "^sleep $long" >/dev/null || break
                                sleep 0.1
                        done
                        from=${EPOCHREALTIME/./}
                        kill -$signal $!
                        got=0; wait $! || got=$?
                        took=$((${EPOCHREALTIME/./} - from))
                        echo "# $signal: $took us, status $got"
                        [[ $took -gt $best ]] || best=$took
                        cat "$T/e"
                        grep -q "stops after this step" "$T/e"
                        [[ $got == 1 && $(jq -r .faults[0].why "$T/j") == *"interrupted while ampfsm was built"* ]]
                        ! pgrep -f "^sleep $long" >/dev/null || exit 1
                        [[ ! -e $installed/ampfsm.ko && -z $(find "$R/var/lib/secep/kmod" -name "work.*" -o -type f ! -empty) ]] ||
                                { find "$R/var/lib/secep/kmod"; exit 1; }
                done
                ((best < 1000000))'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a signing certificate: 60 days before its end it is told, after it nothing is built" {
        run inside '
                no_ebpf
                mkdir -p "$R/etc/secep/keys" "$T/ca"
                printf "ModuleSigningKey=/etc/secep/keys/k\nModuleSigningCertificate=/etc/secep/keys/c\n" >"$R/etc/secep/secep.conf"
                (
                        cd "$T/ca"
                        printf "[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=db\nserial=sn\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n" >cnf
                        printf "[p]\ncommonName=supplied\n[e]\nsubjectKeyIdentifier=hash\n" >>cnf
                        : >db; echo 01 >sn
                        openssl req -new -nodes -newkey rsa:2048 -keyout k -subj /CN=t/ -out csr
                        openssl ca -batch -config cnf -selfsign -keyfile k -in csr -startdate 200101000000Z -enddate 210101000000Z -notext -out pem
                        openssl x509 -in pem -outform DER -out ended
                        for days in 59 61; do openssl req -new -x509 -key k -days $days -subj /CN=t/ -outform DER -out $days; done
                ) >/dev/null 2>&1
                cp "$T/ca/k" "$R/etc/secep/keys/k"
                note() { cp "$T/ca/$1" "$R/etc/secep/keys/c"; expect 8 $2 $3 $4 "$5" --check; jq -r ".faults[0].notes[]" "$T/j" >"$T/notes"; }
                note 61 1 fault module-missing "no module ampfsm"; [[ ! -s $T/notes ]]
                note 59 1 fault module-missing "no module ampfsm"; grep -E "/etc/secep/keys/c expires in 5[89] days" "$T/notes"
                note ended 4 blocked secure-boot "/etc/secep/keys/c has expired"; grep "has expired" "$T/notes"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "in vain: a compiler of that name is installed, but another: blocked, nothing installed again" {
        run inside '
                sed -i "s/\"gcc-[0-9]* (Debian [^)]*) [0-9]*/\"gcc (GCC) 99/" "$T/autoconf.h"
                no_ebpf
                for mode in --plan ""; do
                        expect 8 4 blocked build-tools-missing "package gcc, which is installed, is another" $mode
                        [[ $(jq .changed "$T/j") == false ]]
                done'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "another's sources: built as they are, or unsuitable in one sentence and not tried again" {
        run inside '
                . tests/lib/module-trees.bash
                no_ebpf
                tree_jprobes "$T/old" ampfsm
                expect 8 4 blocked source-unsuitable "its source uses jprobes, which Linux 4.15 removed" --module-source "$T/old"
                expect 8 4 blocked source-unsuitable "jprobes" --check --module-source "$T/old"
                tree_wrapping "$T/new" ampfsm
                expect 8 0 ok null "the module ampfsm fits" --module-source "$T/new"
                modinfo -F description "$installed/ampfsm.ko" | grep -x "look-alike (user-built)"'
        echo "$output"
        [ "$status" -eq 0 ]
}
