#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# K4: what a kernel's options are, where no configuration tells, or not of all.
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

@test "no configuration: an option that no function shows could not be told" {
        local name
        printf 'ID=slackware\nVERSION_ID=15\n' >"$ROOT/etc/os-release"
        root_connector 1.26.0.1
        while IFS=: read -r name told; do
                system_map "$name"
                check16 3.10.0-7
                exited 3
                [[ $(json '.faults[0].why') == *"no configuration of it tells of $told" ]]
                is '.faults[0].evidence[] | select(.what == "network monitoring") | .found | startswith("not known: ")' true
        done <<-'END'
		kprobe_dispatcher:CONFIG_KPROBE_EVENTS
		kprobe_dispatcher register_kprobe:CONFIG_KPROBE_EVENTS, CONFIG_KPROBES
		trace_call_bpf:CONFIG_BPF_EVENTS
		trace_call_bpf bpf_check:CONFIG_BPF_EVENTS, CONFIG_BPF_SYSCALL
		__start_BTF:BTF
		inet6_release:CONFIG_IPV6
		END
        # what follows from another that is there is there
        system_map "bpf_check register_kprobe"
        check16 3.10.0-7
        exited 0
        # a configuration leaves out what may not be chosen
        system_map trace_call_bpf
        printf '%s\n' CONFIG_KPROBE_EVENTS=y CONFIG_BPF_SYSCALL=y CONFIG_DEBUG_INFO_BTF=y >"$ROOT/boot/config-3.10.0-7"
        check16 3.10.0-7
        exited 4
        [[ $(json '.faults[0].why') == *"need: CONFIG_BPF_EVENTS" ]]
        # and one that is a link leading away is none
        system_map trace_call_bpf
        ln -sf /dev/zero "$ROOT/boot/config-3.10.0-7"
        check16 3.10.0-7
        exited 3
}

@test "a System.map that was cut off says nothing of what it does not list" {
        printf 'ID=slackware\nVERSION_ID=15\n' >"$ROOT/etc/os-release"
        printf 'ffffffff81000000 T %s\n' _stext kprobe_dispatcher trace_call_bpf >"$ROOT/boot/System.map-3.10.0-7"
        check16 3.10.0-7
        exited 4
        is '.faults[0].cause' kernel-lacks
        printf 'ffffffff8100' >>"$ROOT/boot/System.map-3.10.0-7"
        check16 3.10.0-7
        exited 3
}
