#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The oracle of tests/oracle beside the program, and each answer it found wrong once, by the sentence of
# tests/oracle/conditions.md that decides it.
# shellcheck disable=SC2154
load ../lib/roots

R=6.1.0-9-test

setup() {
        root_tiny
        root_connector 1.24.1.1013
        printf 'cisco-amp-scan-svc:x:998:998::/nonexistent:/usr/sbin/nologin\n' >>"$ROOT/etc/passwd"
        printf 'cisco-amp-scan-svc:x:998:\nops:x:101:root,cisco-amp-scan-svc\n' >>"$ROOT/etc/group"
        printf 'cisco-amp-scan-svc:!:19000::::::\n' >>"$ROOT/etc/shadow"
        cp "$ROOT/opt/cisco/amp/bin/ampdaemon" "$ROOT/opt/cisco/amp/bin/ampscansvc"
}

teardown() {
        root_drop
}

# What --check says of FAULT: VERDICT, and CAUSE where it has one.
says() { # FAULT VERDICT [CAUSE]
        repair --fault "$1" --check --kernel "$R"
        is '.faults[0].verdict' "$2"
        is '.faults[0].cause' "${3:-null}"
}

# A header tree of RELEASE, whole as far as it is looked at.
header_tree() { # RELEASE
        local tree=$ROOT/usr/src/linux-headers-$R
        mkdir -p "$tree"/{include/generated,scripts/mod} "$ROOT/lib/modules/$R"
        echo "#define UTS_RELEASE \"$1\"" >"$tree/include/generated/utsrelease.h"
        echo "#define CONFIG_MODULES 1" | tee "$tree/include/generated/autoconf.h" "$tree"/{Module.symvers,Makefile} >"$tree/scripts/mod/modpost"
        ln -s "/usr/src/linux-headers-$R" "$ROOT/lib/modules/$R/build"
}

# SELinux enforcing, with the policy that tests/oracle calls NAME.
small_policy() { # NAME
        mkdir -p "$ROOT/etc/selinux/targeted/policy"
        printf 'SELINUX=enforcing\nSELINUXTYPE=targeted\n' >"$ROOT/etc/selinux/config"
        (cd "$TOP/tests/oracle" && python3 -B -c 'import policies, sys; print(policies.text(sys.argv[1]))' "$1") >"$COPY/policy.cil"
        secilc -N -M true -c 33 -f /dev/null -o "$ROOT/etc/selinux/targeted/policy/policy.33" "$COPY/policy.cil"
}

@test "the oracle and secep-repair agree on 50 random roots" {
        timeout 300 "$TOP/tests/oracle/run.sh" 50 "${SECEP_SEED:-1}"
}

@test "G.2 an option counts below Signature/Object/config only" {
        local off='<config><agent><driver><protmode><file>0</file></protmode></driver><nfm><enable>0</enable></nfm></agent></config>' decoy
        for decoy in "<Signature><SignedInfo><Object>$off</Object></SignedInfo><Object><config/></Object></Signature>" \
                "<Signature><Object><config><x>$off</x></config></Object></Signature>"; do
                echo "$decoy" >"$ROOT/opt/cisco/amp/etc/policy.xml"
                repair --fault 8,9 --check --kernel "$R"
                [[ $(json '[.faults[].verdict] | index("not-applicable")') == null ]]
        done
        echo "<x><Signature><Object>$off</Object></Signature></x>" >"$ROOT/opt/cisco/amp/etc/policy.xml"
        says 11 could-not-tell
        echo "<Signature><Object>$off</Object></Signature>" >"$ROOT/opt/cisco/amp/etc/policy.xml"
        says 11 not-applicable
}

@test "5.9 the account has its further groups with it" {
        chgrp 101 "$ROOT/opt"
        chmod 0750 "$ROOT/opt"
        says 5 ok
        sed -i 's/^ops:.*/ops:x:101:cisco-amp-scan-svc2/' "$ROOT/etc/group"
        says 5 blocked directory-unreachable
}

@test "5.9 every directory of its own tree is asked about" {
        local top
        mkdir -p "$ROOT/opt/cisco/amp/clamav"
        root_owns
        says 5 ok
        setfacl -m u:998:--- "$ROOT/opt/cisco/amp/clamav"
        says 5 blocked directory-unreachable
        for top in cisco cisco/amp; do # searched, and not read
                setfacl -b "$ROOT/opt/cisco/amp/clamav" "$ROOT/opt/cisco"
                setfacl -m u:998:--x "$ROOT/opt/$top"
                says 5 blocked directory-unreachable
        done
        setfacl -b "$ROOT/opt/cisco/amp"
        setfacl -m u:998:--- "$ROOT/opt/cisco/amp/clamav"
        rm "$ROOT/var/lib/dpkg/info/ciscoampconnector.list"
        says 5 ok # nobody says that it is the connector's
        touch "$ROOT/opt/cisco/amp/clamav/main.cvd"
        says 5 blocked directory-unreachable
}

@test "7.3 a file tmp.cvd is a signature, those below tmp.X/ are none" {
        mkdir "$ROOT/opt/cisco/amp/tmp.1"
        echo bad >"$ROOT/opt/cisco/amp/tmp.1/a.cvd"
        says 7 ok
        echo bad >"$ROOT/opt/cisco/amp/tmp.cvd"
        says 7 fault signatures-invalid
}

@test "0.6 a scan program that is a link is not called missing" {
        mv "$ROOT/opt/cisco/amp/bin/ampscansvc" "$ROOT/opt/scan"
        ln -s /opt/scan "$ROOT/opt/cisco/amp/bin/ampscansvc"
        says 7 could-not-tell
}

@test "11.5 only a line that defines UTS_RELEASE as a string names the release" {
        local line
        header_tree "$R"
        says 11 ok
        for line in "#define UTS_RELEASE_X \"$R\"" "#define UTS_RELEASE $R" "/* UTS_RELEASE */ \"$R\"" "#define UTS_RELEASE \"$R"; do
                echo "$line" >"$ROOT/usr/src/linux-headers-$R/include/generated/utsrelease.h"
                says 11 fault headers-incomplete
        done
        printf '\n# define\tUTS_RELEASE   "%s"\n' "$R" >"$ROOT/usr/src/linux-headers-$R/include/generated/utsrelease.h"
        says 11 ok
}

@test "11.2 a version that cannot be read is an unknown one" {
        header_tree "$R"
        echo '<config><agent><version>1.26' >"$ROOT/opt/cisco/amp/etc/global.xml"
        says 11 ok
        [[ $(json '.faults[0].notes[]') == *"version is not known"* ]]
        rm "$ROOT/lib/modules/$R/build"
        says 11 fault link-missing
        printf '[debian-10]\nDistribution=debian\nKernel=5-\n' >"$COPY/table"
        install -D "$COPY/table" "$ROOT/etc/secep/kernel-compat.conf"
        says 16 ok
        printf '[debian-10]\nDistribution=debian\nConnector=1.15-\n' >"$ROOT/etc/secep/kernel-compat.conf"
        says 16 could-not-tell
}

@test "16.3 BTF on the first line of the configuration is seen, and its lack is told once" {
        local names="__fput acct_process do_truncate inet6_release inet_csk_accept inet_release proc_exec_connector vfs_read vfs_readv
                vfs_truncate vfs_write vfs_writev wake_up_new_task" name
        root_connector 1.26.0.1
        mkdir -p "$ROOT/boot" "$ROOT/lib/modules/$R"
        printf 'ID=stranger\n' >"$ROOT/etc/os-release"
        for name in $names security_inode_{create,mknod,link,symlink,unlink,rename} security_socket_{connect,listen,recvmsg,sendmsg}; do
                echo "ffffffff81000000 T $name"
        done >"$ROOT/boot/System.map-$R"
        printf '%s\n' CONFIG_DEBUG_INFO_BTF=y CONFIG_BPF_EVENTS=y CONFIG_KPROBE_EVENTS=y >"$ROOT/boot/config-$R"
        says 16 ok
        sed -i 's/BTF=y/BTF=m/' "$ROOT/boot/config-$R"
        says 16 blocked kernel-lacks
        [[ $(json '.faults[0].why') != *BTF*BTF* ]]
}

@test "16.3 functions that are listed count, whichever they are; Debian's stand-in lists none" {
        mkdir -p "$ROOT/boot" "$ROOT/lib/modules/$R"
        printf 'ID=stranger\n' >"$ROOT/etc/os-release"
        echo 'ffffffff81000000 T start_kernel' >"$ROOT/boot/System.map-$R"
        says 16 blocked kernel-lacks
        echo 'ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package' >"$ROOT/boot/System.map-$R"
        says 16 could-not-tell
}

@test "16.9 what no configuration names is shown by a function, or could not be told" {
        local name maps="$ROOT/boot/System.map-$R"
        mkdir -p "$ROOT/boot" "$ROOT/lib/modules/$R"
        printf 'ID=stranger\n' >"$ROOT/etc/os-release"
        (cd "$TOP/tests/oracle" && python3 -B -c 'import judge_needs as j; print(*{n for f in (j.CORE, j.BCC) for k in f.values() for n in k})') |
                tr ' ' '\n' | sed 's/^/ffffffff81000000 T /' >"$maps"
        says 16 could-not-tell
        for name in kprobe_dispatcher trace_call_bpf; do
                echo "ffffffff81000000 t $name" >>"$maps"
        done
        says 16 ok
        sed -i /inet6_release/d "$maps"
        says 16 could-not-tell
        echo '# CONFIG_IPV6 is not set' >"$ROOT/boot/config-$R"
        says 16 blocked kernel-lacks
}

@test "8.2 eBPF does not do where the configuration says no" {
        local option
        mkdir -p "$ROOT/boot" "$ROOT/lib/modules/$R"
        printf 'CONFIG_BPF_EVENTS=y\nCONFIG_KPROBE_EVENTS=y' >"$ROOT/boot/config-$R"
        says 8 ok # what the two follow from is left out, and no newline is at the end
        for option in BPF_SYSCALL KPROBES KPROBE_EVENTS; do
                printf 'CONFIG_BPF_EVENTS=y\nCONFIG_KPROBE_EVENTS=y\n# CONFIG_%s is not set\n' "$option" >"$ROOT/boot/config-$R"
                repair --fault 8,9 --check --kernel "$R"
                [[ $(json '[.faults[].verdict] | index("ok")') == null ]]
        done
}

@test "8.3 a kernel without a function to probe" {
        mkdir -p "$ROOT/boot" "$ROOT/lib/modules/$R"
        printf 'CONFIG_BPF_EVENTS=y\nCONFIG_KPROBE_EVENTS=y\n' >"$ROOT/boot/config-$R"
        echo 'ffffffff81000000 T vfs_read' >"$ROOT/boot/System.map-$R"
        says 8 blocked kernel-lacks # 8.4
        says 9 blocked symbols-missing
}

@test "19.2 a configuration without a valid value could not be told, whatever else is there" {
        mkdir -p "$ROOT/etc/selinux"
        printf 'SELINUX=on\nSELINUXTYPE=targeted\n' >"$ROOT/etc/selinux/config"
        says 19 could-not-tell
}

@test "19.3 in a permissive domain the fault is not applicable, with the rule and without it" {
        local name
        for name in permissive rule-permissive; do
                small_policy "$name"
                says 19 not-applicable
        done
}

@test "19.4 a constraint or a type bound denies, wherever the rule comes from" {
        local name
        for name in constrained constrained-by-attribute bounded; do
                small_policy "$name"
                says 19 blocked denied-by-policy
        done
        small_policy constraint-that-holds
        says 19 ok
}
