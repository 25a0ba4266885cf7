#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 16: the table, the operator's file, what the kernel itself lacks.
# bats file_tags=fast
load ../lib/roots
load ../lib/kernel-map

setup() {
        root_tiny
        root_connector 1.24.1.1013
        mkdir -p "$ROOT/boot" "$ROOT/etc/secep"
}

teardown() {
        root_drop
}

@test "a confirmed row: ok; an older connector: the kernel is too new for it, a person is needed" {
        check16
        exited 0
        is '.faults[0].verdict' ok
        root_connector 1.14.0.1
        check16
        exited 1
        is '.faults[0].verdict' fault
        is '.faults[0].cause' kernel-too-new
        is '.faults[0].notes | length' 0
        repair --fault 16 --kernel 6.1.0-56-amd64 --allow kernel-change
        exited 4
        is '.faults[0].verdict' blocked
        is .changed false
        [[ $(json '.faults[0].do.text') == "upgrade the connector"* && $(json '.faults[0].notes[]') == *console* ]]
        is '.faults[0].notes[0]' "no repository was asked: neither dpkg nor rpm keeps a database here"
}

@test "without --kernel: the one that boots next, not the newest" {
        local release
        for release in 6.1.0-56-amd64 6.12.1-amd64; do
                mkdir -p "$ROOT/lib/modules/$release/kernel"
        done
        printf '[debian-10]\nDistribution=debian\nKernel=-6.1\n' >"$ROOT/etc/secep/kernel-compat.conf"
        repair --fault 16 --check
        exited 1
        mkdir "$ROOT/boot/grub"
        printf 'set default=0\nmenuentry a {\n\tlinux /boot/vmlinuz-6.1.0-56-amd64 ro\n}\n' >"$ROOT/boot/grub/grub.cfg"
        repair --fault 16 --check
        exited 0
        [[ $(json '.faults[0].why') == *6.1.0-56-amd64* ]]
        check16 6.12.1-amd64
        exited 4
        [[ $(json '.faults[0].why') == *"kernel 6.1.0-56-amd64, which it supports, boots next"* && $(json '.faults[0].notes[]') == *console* ]]
        mkfifo "$ROOT/boot/grub/grubenv"
        check16 6.12.1-amd64
        exited 1
        [[ $(json '.faults[0].notes[0]') == *"which kernel boots next is not known"* ]]
}

@test "the operator's file decides: too new, too old" {
        printf '[debian-10]\nDistribution=debian\nKernel=5.10-6.1\n' >"$ROOT/etc/secep/kernel-compat.conf"
        check16 6.12.1-amd64
        is '.faults[0].cause' kernel-too-new
        check16 4.19.0-1-amd64
        is '.faults[0].cause' kernel-too-old
        check16 6.1.0-1-amd64
        is '.faults[0].verdict' ok
}

@test "a broken table: could not tell, file and line named" {
        printf '[a]\nDistribution=debian\nKernel=new\n' >"$ROOT/etc/secep/kernel-compat.conf"
        check16
        exited 3
        [[ $(json '.faults[0].why') == *"/etc/secep/kernel-compat.conf:3:"* ]]
}

@test "no row: the kernel's functions are asked" {
        root_connector 1.26.0.1
        printf 'ID=slackware\nVERSION_ID=15\n' >"$ROOT/etc/os-release"
        system_map
        check16 3.10.0-7
        exited 0
        [[ $(json '.faults[0].why') == *"not in the table, but lacks nothing"* ]]
        system_map vfs_truncate
        check16 3.10.0-7
        exited 4
        is '.faults[0].cause' kernel-lacks
        [[ $(json '.faults[0].why') == *"need: vfs_truncate" ]]
        is '.faults[0].evidence[] | select(.what == "network monitoring").found' CO-RE
        # all of a part's other form: it works by that
        for f in vfs_open vfs_symlink vfs_link vfs_rename vfs_unlink; do
                echo "ffffffff81000000 t $f"
        done >>"$ROOT/boot/System.map-3.10.0-7"
        check16 3.10.0-7
        exited 0
        is '.faults[0].evidence[] | select(.what == "file monitoring").found' BCC
        # what the compiler made of a function cannot be probed by its name, nor can a variable
        for f in acct_process.isra.0 acct_process.cold; do
                system_map acct_process
                echo "ffffffff81000000 t $f" >>"$ROOT/boot/System.map-3.10.0-7"
                check16 3.10.0-7
                exited 4
                [[ $(json '.faults[0].why') == *"need: acct_process" ]]
        done
        system_map acct_process
        echo "ffffffff81000000 D acct_process" >>"$ROOT/boot/System.map-3.10.0-7"
        check16 3.10.0-7
        exited 4
        # a kernel that says it has no BTF has the compiled form alone
        system_map
        config CONFIG_BPF=y
        check16 3.10.0-7
        exited 4
        [[ $(json '.faults[0].why') == *BTF* ]]
        config CONFIG_DEBUG_INFO_BTF=y
        check16 3.10.0-7
        exited 0
        mkdir -p "$ROOT/lib/modules/3.10.0-7"
        mv "$ROOT/boot/System.map-3.10.0-7" "$ROOT/lib/modules/3.10.0-7/System.map"
        check16 3.10.0-7
        exited 0
        rm "$ROOT/lib/modules/3.10.0-7/System.map"
        check16 3.10.0-7
        exited 3
}

@test "which form counts is the connector's version, and what is lacking is told by name" {
        printf 'ID=slackware\nVERSION_ID=15\n' >"$ROOT/etc/os-release"
        system_map
        config CONFIG_DEBUG_INFO_BTF=y
        local version
        for version in 1.24.1.1013 1.25.0.1000; do
                root_connector "$version"
                check16 3.10.0-7
                [[ $version == 1.24* ]] || break
                exited 4
                [[ $(json '.faults[0].why') == *"need: vfs_open, vfs_symlink, vfs_link, vfs_rename, vfs_unlink, inet_stream_connect, inet_sendmsg, inet_recvmsg, inet_listen" ]]
                is '.faults[0].evidence[] | select(.what == "process monitoring").found' BCC
        done
        exited 0
        # a version nobody knows: it depends, where the older form lacks something and the newer does not
        rm "$ROOT/opt/cisco/amp/etc/global.xml"
        check16 3.10.0-7
        exited 3
        [[ $(json '.faults[0].why') == *"the connector's version is not known" ]]
        # no connector: whichever form
        rm -r "$ROOT/opt/cisco"
        check16 3.10.0-7
        exited 0
        # the features of both
        for option in BPF_SYSCALL KPROBES BPF_EVENTS KPROBE_EVENTS; do
                config CONFIG_DEBUG_INFO_BTF=y "# CONFIG_$option is not set"
                check16 3.10.0-7
                exited 4
                [[ $(json '.faults[0].why') == *"need: CONFIG_$option" ]]
        done
        # an ipv6 module's function is in no System.map
        system_map inet6_release
        check16 3.10.0-7
        [[ $(json '.faults[0].why') == *inet6_release* ]]
        config CONFIG_DEBUG_INFO_BTF=y CONFIG_IPV6=m
        check16 3.10.0-7
        exited 0
}

@test "nobody lists functions: what the configuration leaves out lacks, the rest cannot be told" {
        printf 'ID=slackware\nVERSION_ID=15\n' >"$ROOT/etc/os-release"
        mkdir -p "$ROOT/lib/modules/3.10.0-7"
        printf 'CONFIG_DEBUG_INFO_BTF=y\nCONFIG_PROC_EVENTS=y\n' >"$ROOT/boot/config-3.10.0-7"
        check16 3.10.0-7
        exited 3
        [[ $(json '.faults[0].why') == *"its functions are not listed (no System.map)" ]]
        printf '# CONFIG_PROC_EVENTS is not set\n# CONFIG_BSD_PROCESS_ACCT is not set\n' >>"$ROOT/boot/config-3.10.0-7"
        check16 3.10.0-7
        exited 4
        [[ $(json '.faults[0].why') == *"need: proc_exec_connector, acct_process" ]]
        # the network alone
        printf 'CONFIG_BPF_EVENTS=y\nCONFIG_KPROBE_EVENTS=y\nCONFIG_DEBUG_INFO_BTF=y\n# CONFIG_INET is not set\n' >"$ROOT/boot/config-3.10.0-7"
        repair --fault 8,9 --check --kernel 3.10.0-7
        is '.faults[] | select(.id == 8).verdict' ok
        is '.faults[] | select(.id == 9).cause' kernel-lacks
}

@test "a structure of the kernel's headers that the compiled form cannot read: lacking, with its name" {
        local tree="$ROOT/lib/modules/3.10.0-7/source/include/linux"
        printf 'ID=slackware\nVERSION_ID=15\n' >"$ROOT/etc/os-release"
        system_map
        for f in vfs_open vfs_symlink vfs_link vfs_rename vfs_unlink inet_stream_connect inet_sendmsg inet_recvmsg inet_listen; do
                echo "ffffffff81000000 T $f"
        done >>"$ROOT/boot/System.map-3.10.0-7"
        check16 3.10.0-7 # no headers: that is fault 11
        exited 0
        mkdir -p "$tree"
        printf 'struct inode *old_dir;\nstruct dentry {\n};\n' >"$tree/fs.h"
        check16 3.10.0-7
        exited 0
        printf '#ifdef X\nstruct renamedata {\n\tstruct dentry *old_dir_not;\n\tstruct dentry *old_parent;\n} x;\nint old_dir;\n' >"$tree/fs.h"
        check16 3.10.0-7
        exited 4
        [[ $(json '.faults[0].why') == *"need: struct renamedata.old_dir" ]]
        printf '#ifdef X\nstruct renamedata {\n\tstruct inode *old_dir;\n} x;\n' >"$tree/fs.h"
        check16 3.10.0-7
        exited 0
        # the form built beforehand reads no headers
        printf '\nstruct renamedata {\n};\n' >"$tree/fs.h"
        root_connector 1.26.0.1
        check16 3.10.0-7
        exited 0
}

@test "8 and 9 each by its own part, 11 where only what is compiled on the machine does" {
        local release=3.10.0-7
        root_connector 1.26.0.1
        config CONFIG_DEBUG_INFO_BTF=y
        system_map vfs_truncate
        repair --fault 8,9,11 --check --kernel "$release"
        is '.faults[] | select(.id == 8) | [.verdict, .cause] | join(" ")' "blocked kernel-lacks"
        [[ $(json '.faults[] | select(.id == 8).why') == *"file system monitor needs: vfs_truncate" ]]
        [[ $(json '.faults[] | select(.id == 8).do.text') == "boot a kernel that has what is named above" ]]
        is '.faults[] | select(.id == 9).verdict' ok
        is '.faults[] | select(.id == 11).verdict' ok # no headers cure that
        for f in vfs_open vfs_symlink vfs_link vfs_rename vfs_unlink; do
                echo "ffffffff81000000 t $f"
        done >>"$ROOT/boot/System.map-$release"
        repair --fault 8,9,11 --check --kernel "$release"
        is '.faults[] | select(.id == 8).verdict' ok
        is '.faults[] | select(.id == 8).evidence[] | select(.what == "file monitoring").found' BCC
        is '.faults[] | select(.id == 9).evidence[] | select(.what == "network monitoring").found' CO-RE
        is '.faults[] | select(.id == 11).cause' headers-missing
}

@test "both options off: not applicable" {
        cat >"$ROOT/opt/cisco/amp/etc/policy.xml" <<-'XML'
		<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Object><config><agent>
		<driver><protmode><file>0</file></protmode></driver><nfm><enable>0</enable></nfm>
		</agent></config></Object></Signature>
		XML
        check16
        exited 0
        is '.faults[0].verdict' not-applicable
}

@test "every cause, made by faultlab: seen, and blocked where nothing mends it" {
        local cause release=6.1.0-56-amd64
        check16
        exited 0
        for cause in kernel-too-new kernel-too-old kernel-lacks; do
                [[ $cause != kernel-lacks ]] || release=9.9.9-lab
                "$FAULTLAB" --root "$ROOT" break "kernel-compat:$cause"
                "$FAULTLAB" --root "$ROOT" check "kernel-compat:$cause"
                repair --fault 16 --kernel "$release"
                exited 4
                is '.faults[0].cause' "$cause"
                is '.faults[0].verdict' blocked
                [[ $(json '.faults[0].notes[]') == *console* ]]
                rm -f "$ROOT/etc/secep/kernel-compat.conf"
        done
}
