#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernel modules built for Debian kernels from their header packages, in an overlay of this
# machine's root inside a private mount namespace.
# bats file_tags=slow
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/kmod_build

@test "both modules build without a warning and fit kernel 5.10" { builds_for 5.10; }
@test "both modules build without a warning and fit kernel 6.1" { builds_for 6.1; }
@test "both modules build without a warning and fit kernel 6.12" { builds_for 6.12; }

@test "the same source gives the same bytes, and the second build is a look-up" {
        run inside '
                tool build ampfsm | tee /dev/stderr | grep ^built
                a=$(sha256sum <"$state"/*-ampfsm.ko)
                tool build ampfsm | grep ^cached
                rm -rf "$state"
                tool build ampfsm | grep ^built
                [[ $a == "$(sha256sum <"$state"/*-ampfsm.ko)" ]]'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a module of another kernel or other symbol versions is refused" {
        run inside '
                tool install ampfsm
                ko=$installed/ampfsm.ko
                old=$(sha256sum <"$ko")
                tool fits ampfsm /lib/modules/$KERNEL_RELEASE/updates/secep/ampfsm.ko
                refuse tool fits ampnetworkflow /lib/modules/$KERNEL_RELEASE/updates/secep/ampfsm.ko
                cp "$ko" "$R/etc/other.ko"
                sed -i "s/vermagic=[0-9.]*/vermagic=9.9.9/" "$R/etc/other.ko"
                refuse tool fits ampfsm /etc/other.ko
                sed -i "s/modversions /modversionx /" "$ko"
                tool look ampfsm | grep "^stale: its vermagic says"
                tool install ampfsm
                tool look ampfsm | grep -x loadable
                # another symbol version in the tree: what was built before is stale, and rebuilt
                mount -t tmpfs t "$R/mnt"
                cp "$R/usr/src/linux-headers-$KERNEL_RELEASE/Module.symvers" "$R/mnt/s"
                sed -i -E "s/^0x[0-9a-f]+(\tmisc_register\t)/0x12345678\1/" "$R/mnt/s"
                mount --bind "$R/mnt/s" "$R/usr/src/linux-headers-$KERNEL_RELEASE/Module.symvers"
                tool look ampfsm | grep "^stale: the version of symbol misc_register is"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a header tree of another release, a torn one and none are told apart" {
        run inside '
                tree=$R/lib/modules/$KERNEL_RELEASE/build
                mkdir "$R/opt/t"; cp -a "$(readlink -f "$R/usr/src/linux-headers-$KERNEL_RELEASE")/." "$R/opt/t/"
                ln -sfn /opt/t "$tree"
                tool build ampfsm >/dev/null
                mv "$R/opt/t/Module.symvers" "$R/opt/t/x"
                tool build ampfsm 2>&1 | grep "no readable Module.symvers"
                mv "$R/opt/t/x" "$R/opt/t/Module.symvers"
                sed -i "s/UTS_RELEASE .*/UTS_RELEASE \"6.1.0-1-amd64\"/" "$R/opt/t/include/generated/utsrelease.h"
                tool build ampfsm 2>&1 | grep "is of kernel 6.1.0-1-amd64"
                rm "$tree"
                tool build ampfsm 2>&1 | grep "there is no header tree"
                refuse "$TOOL" "$R" ../../etc build ampfsm'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a build that failed is remembered until an input changes, its first error is told" {
        run inside '
                mkdir "$T/src"; echo "obj-m := bad.o" >"$T/src/Kbuild"; echo "int x = y;" >"$T/src/bad.c"
                refuse tool build bad "$T/src" 2>"$T/e"
                cat "$T/e"
                grep "bad.c:1:9: error: .y. undeclared" "$T/e"; refuse grep "not tried again" "$T/e"
                grep -q "error:" "$R/var/log/secep/build-bad-$KERNEL_RELEASE.log"
                refuse tool build bad "$T/src" 2>"$T/e"; grep "not tried again until an input changes" "$T/e"
                printf "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\n" >"$T/src/bad.c"
                tool build bad "$T/src" | grep ^built
                ln -s /etc/passwd "$T/src/link"
                tool build bad "$T/src" 2>&1 | grep "link: a symlink in a source tree"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a source of the operator that makes both modules is built once, one of a single module for that" {
        run inside '
                cp -r kmod-build/ampfsm "$T/src"
                tool build ampfsm "$T/src" | grep ^built
                tool build ampnetworkflow "$T/src" | grep ^cached
                mkdir "$T/one"; echo "obj-m := ampfsm.o" >"$T/one/Kbuild"
                printf "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\n" >"$T/one/ampfsm.c"
                tool build ampfsm "$T/one" | grep ^built
                refuse tool build ampnetworkflow "$T/one" 2>"$T/e"; grep "the build made no ampnetworkflow.ko" "$T/e"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "eight at once: one build, no failure" {
        run inside '
                pids=()
                for i in 1 2 3 4 5 6 7 8; do tool build ampfsm >"$T/out.$i" 2>&1 & pids+=($!); done
                for p in "${pids[@]}"; do wait "$p"; done
                cat "$T"/out.*
                [[ $(cat "$T"/out.* | grep -c ^built) == 1 ]]
                [[ $(cat "$T"/out.* | grep -c ^cached) == 7 ]]'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "kill -9 at any time is followed by a clean re-run" {
        run inside '
                for ms in 0.4 1 2; do
                        rm -f "$state"/*.ko
                        timeout -s KILL $ms "$TOOL" "$R" "$KERNEL_RELEASE" install ampfsm || true
                        if [[ -e $installed/ampfsm.ko ]]; then tool fits ampfsm /lib/modules/$KERNEL_RELEASE/updates/secep/ampfsm.ko; fi
                done
                tool install ampfsm
                tool look ampfsm | grep -x loadable
                [[ -z $(ls -d "$state"/work.* "$installed"/.secep-* 2>/dev/null) ]]
                refuse pgrep -u "$builder"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a hostile Makefile reads no secret, writes nothing outside, reaches no network" {
        run inside '
                echo secret >"$R/etc/secret"; chmod 600 "$R/etc/secret"
                mkdir "$T/src"; cat >"$T/src/Kbuild" <<"X"
obj-m := evil.o
$(shell { id -u; cat /etc/shadow /etc/secret; ls /var/lib /root; \
        for d in / /etc /usr /usr/src /lib/modules /var /run /home /boot /dev; do touch $$d/evil && echo WROTE $$d; done; \
        echo "interfaces: $$(ls -m /sys/class/net; grep -c : /proc/net/dev)"; \
        timeout 2 bash -c "echo >/dev/tcp/127.0.0.1/$(PORT)" && echo REACHED; \
        grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status; ps ax 2>/dev/null | wc -l; \
        mount -t tmpfs x /tmp && echo MOUNTED; kill -9 1 && echo KILLED; } >/tmp/secep/told 2>&1; cp /tmp/secep/told /tmp/secep/evil.c)
X
                refuse tool build evil "$T/src" 2>"$T/e"
                cat "$T/e"
                [[ $(ls "$R"/{,etc,usr,var,run,home,boot,dev}/evil 2>/dev/null) == "" ]]
                [[ -z $(ls -d "$state"/work.* 2>/dev/null) ]]'
        echo "$output"
        [ "$status" -eq 0 ]
        # the same questions, with the answers kept: the build's own error shows them line by line
        run inside '
                mkdir "$T/src"; cat >"$T/src/Kbuild" <<"X"
obj-m := evil.o
check = $(shell if $(1); then echo BAD: $(2); fi)
X
                ask() { printf "ifneq (\$(shell if %s; then echo bad; fi),)\n\$(error ESCAPED %s)\nendif\n" "$1" "$2" >>"$T/src/Kbuild"; }
                ask "cat /etc/shadow >/dev/null 2>&1" shadow
                ask "[ \$\$(id -u) = 0 ]" root
                ask "touch /etc/x /usr/x /lib/modules/x 2>/dev/null" write
                ask "grep -qv -e lo: -e Inter -e face /proc/net/dev" network
                ask "! grep -q \"CapEff:.0000000000000000\" /proc/self/status" capabilities
                ask "! grep -q \"NoNewPrivs:.1\" /proc/self/status" nnp
                ask "[ -d /proc/$$/root ] && [ \$\$(ls -d /proc/[0-9]* | wc -l) -gt 40 ]" pids
                ask "ls /var/lib/* >/dev/null 2>&1" var
                printf "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\n" >"$T/src/evil.c"
                tool build evil "$T/src"'
        echo "$output"
        [ "$status" -eq 0 ]
        [[ $output == *built* ]]
}

@test "without the build user, the compiler or make, that is what is said" {
        run inside '
                sed -i /secep-build/d "$R/etc/passwd"
                tool build ampfsm 2>&1 | grep "there is no user secep-build"
                echo "secep-build:x:0:0::/:/bin/sh" >>"$R/etc/passwd"
                tool build ampfsm 2>&1 | grep "must not be root"
                sed -i "s/secep-build:x:0:0/secep-build:x:64711:64711/" "$R/etc/passwd"
                mv "$R/usr/bin/make" "$R/usr/bin/make.away"
                tool build ampfsm 2>&1 | grep "make is not installed"
                mv "$R/usr/bin/make.away" "$R/usr/bin/make"
                rm -f "$R"/usr/bin/{gcc,gcc-*,x86_64-linux-gnu-gcc*}
                tool build ampfsm 2>&1 | grep "requires the compiler \"gcc-12"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a key of the operator signs, a garbage certificate and an ended one are refused" {
        run inside '
                mkdir -p "$R/etc/secep/keys"; cd "$R/etc/secep/keys"
                openssl req -new -x509 -nodes -newkey rsa:2048 -days 30 -subj /CN=t/ -keyout k -outform DER -out c 2>/dev/null
                cd - >/dev/null
                printf "ModuleSigningKey=/etc/secep/keys/k\nModuleSigningCertificate=/etc/secep/keys/c\n" >"$R/etc/secep/secep.conf"
                mount --bind /dev "$R/dev"; mount --bind /proc "$R/proc"
                tool install ampfsm
                tail -c 28 "$installed/ampfsm.ko" | grep "Module signature appended"
                tool look ampfsm | grep -x loadable
                rm -rf "$state"; echo garbage >"$R/etc/secep/keys/c"
                tool build ampfsm 2>&1 | grep "is not an X.509 certificate"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "modprobe.d forbids by file and line" {
        run inside '
                tool install ampfsm
                printf "# x\nblacklist ampfsm\n" >"$R/etc/modprobe.d/site.conf"
                tool look ampfsm | grep "^blacklisted: /etc/modprobe.d/site.conf:2: blacklist ampfsm"
                echo "install ampfsm /bin/false" >"$R/etc/modprobe.d/site.conf"
                tool look ampfsm | grep "^blacklisted: /etc/modprobe.d/site.conf:1: install"
                echo "blacklist ampfsm2" >"$R/etc/modprobe.d/site.conf"
                tool look ampfsm | grep -x loadable'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a tool that fails is not remembered, a failure is for a day" {
        run inside '
                kbuild=$(ls -d "$R"/usr/lib/linux-kbuild-*)
                echo "not of this machine" >"$T/modpost"; chmod +x "$T/modpost"
                mount --bind "$T/modpost" "$kbuild/scripts/mod/modpost"
                refuse tool build ampfsm 2>"$T/e"; cat "$T/e"
                refuse ls "$state"/*.bad
                umount "$kbuild/scripts/mod/modpost"
                tool build ampfsm | grep ^built
                mkdir "$T/src"; echo "obj-m := bad.o" >"$T/src/Kbuild"; echo "int x = y;" >"$T/src/bad.c"
                refuse tool build bad "$T/src"
                refuse tool build bad "$T/src" 2>"$T/e"; grep "not tried again" "$T/e"
                touch -d "25 hours ago" "$state"/*.bad
                refuse tool build bad "$T/src" 2>"$T/e"; grep undeclared "$T/e"; refuse grep "not tried again" "$T/e"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a build is held to its processes and memory, and leaves nothing however deep" {
        run inside '
                mkdir "$T/src"
                cat >"$T/src/Kbuild" <<"X"
obj-m := greedy.o
ifneq ($(shell ulimit -v),4194304)
$(error ESCAPED memory)
endif
ifeq ($(shell ulimit -p),unlimited)
$(error ESCAPED processes)
endif
$(shell cd /tmp/secep && for i in `seq 320`; do mkdir d && touch d/f && cd d || exit; done)
X
                printf "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\n" >"$T/src/greedy.c"
                # what a killed run left
                tool build ampfsm >/dev/null
                mkdir -p "$state/work.1/build"
                (cd "$state/work.1/build" && for i in $(seq 320); do mkdir d && touch d/f && cd d; done)
                tool build greedy "$T/src"
                [[ -z $(ls -d "$state"/work.* 2>/dev/null) ]]'
        echo "$output"
        [ "$status" -eq 0 ]
        [[ $output == *built* ]]
}

@test "a build that writes or forks without end stops, and one line says so" {
        run inside '
                mkdir "$T/src" "$T/forks"
                cat >"$T/src/Kbuild" <<"X"
obj-m := greedy.o
$(shell i=0; while [ $$i -lt 8 ] && dd if=/dev/zero of=/tmp/secep/fill.$$i bs=1M count=400 2>/dev/null; do i=$$((i + 1)); done)
X
                cat >"$T/forks/Kbuild" <<"X"
obj-m := greedy.o
$(shell i=0; while [ $$i -lt 500 ]; do sleep 300 >/dev/null 2>&1 & i=$$((i + 1)); done)
X
                printf "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\n" | tee "$T/src/greedy.c" >"$T/forks/greedy.c"
                refuse tool build greedy "$T/src" 2>"$T/e"
                cat "$T/e"; [[ $(wc -l <"$T/e") == 1 ]]; grep "wrote more than" "$T/e"
                refuse tool build greedy "$T/forks" 2>"$T/e"
                cat "$T/e"; [[ $(wc -l <"$T/e") == 1 ]]; grep "more processes than" "$T/e"
                [[ -z $(ls -d "$state"/work.* 2>/dev/null) ]]'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a kernel that the modules are not for is named by their source" {
        local has=(-DCONFIG_KPROBES -DCONFIG_SECURITY) source=kmod-build/ampfsm/ring.h
        not_for() { # SENTENCE DEFINE...
                local sentence=$1
                shift
                run cc -x c -E -o /dev/null "$@" "$source"
                echo "$output"
                [ "$(grep -c ': error: #error' <<<"$output")" -eq 1 ]
                grep -qF "$sentence" <<<"$output"
        }
        not_for 'needs a kernel with CONFIG_KPROBES' -DCONFIG_SECURITY
        not_for 'needs a kernel with CONFIG_SECURITY: it probes' -DCONFIG_KPROBES
        not_for 'not for a kernel with CONFIG_PREEMPT_RT: its probes' "${has[@]}" -DCONFIG_PREEMPT_RT
        run cc -x c -E -o /dev/null "${has[@]}" "$source"
        if grep '#error' <<<"$output"; then false; fi
}
