#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# eBPF as far as this machine's own kernel goes: the proof, its refusals, the way without a ring
# buffer, and the plug-in that was built without. Guests have the rest (make check-vm).
# bats file_tags=fast

bats_require_minimum_version 1.5.0

setup() {
        BUILD=${SECEP_BUILD:-$PWD/build}
        D=$BATS_TEST_TMPDIR
        cp "$BUILD"/tests/{kmod-tool,events} "$BUILD/secep-repair" "$D/"
        mkdir "$D/plugins"
        cp "$BUILD/plugins/secep-bpf.so" "$D/plugins/"
        grep -q libbpf <(ldd "$D/plugins/secep-bpf.so") || skip "this machine lacks libbpf 1.0, clang or bpftool"
}

tool() {
        "$D/kmod-tool" / "$(uname -r)" "$@"
}

permitted() {
        tool core x | grep -qx works || skip "this machine lacks a kernel with BTF that lets root use eBPF: $(tool core x 2>&1)"
}

@test "an event made on purpose arrives" {
        permitted
        for m in file network; do
                tool prove $m >"$D/out"
                cat "$D/out"
                head -1 "$D/out" | grep -Ex 'fentry|kprobe|raw_tp'
        done
}

@test "refused for want of capabilities" {
        permitted
        run -0 setpriv --bounding-set=-bpf,-sys_admin "$D/kmod-tool" / "$(uname -r)" prove file
        [[ ${lines[0]} == "not seen" && $output == *"raw_tp: load fails"*"CAP_BPF is missing"* ]]
        # that says nothing of the kernel: no answer, and why
        run -1 setpriv --bounding-set=-bpf,-sys_admin "$D/kmod-tool" / "$(uname -r)" core x
        [[ $output != "does not: "* && $output == *"does not load (Operation not permitted): CAP_BPF is missing" ]]
        # nobody at all
        chmod 755 "$D"
        run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$D/kmod-tool" / "$(uname -r)" prove file
        [[ $output != *raw_tp$'\n'* ]]
}

@test "without BTF the proof still works, and CO-RE says what it lacks" {
        permitted
        mkdir "$D/none"
        mount --bind "$D/none" /sys/kernel/btf 2>/dev/null || skip "this machine lacks mounts of its own (run by make check)"
        local seen=0 core
        tool prove file >"$D/out" || seen=$?
        core=$(tool core x)
        umount /sys/kernel/btf
        cat "$D/out"
        echo "$core"
        [[ $seen == 0 ]]
        head -1 "$D/out" | grep -Ex 'kprobe|raw_tp'
        grep -q 'fentry: .*no BTF' "$D/out"
        [[ $core == "does not: "*"no BTF"* ]]
}

@test "map types are made, one by one" {
        permitted
        tool has map hash array percpu_array lru_hash perf_event_array prog_array no_such_type >"$D/out"
        cat "$D/out"
        [[ $(grep -c '^has [a-z_]*$' "$D/out") == 6 && $(tail -1 "$D/out") == "has not no_such_type" ]]
        tool has entry no_such_function | grep -x "has not no_such_function"
        # refused as such, nothing is said of the function
        run -1 setpriv --bounding-set=-bpf,-sys_admin,-perfmon "$D/kmod-tool" / "$(uname -r)" has entry vfs_read
        [[ $output == *"CAP_BPF is missing"* ]]
}

# Without kprobes the programs are taken by the verifier and find nothing to hang on.
@test "the programs for kernels without ring buffer are taken, and tell what happens" {
        permitted
        "$D/events" bpf-perf:file 3 >"$D/out" 2>"$D/err" &
        for ((i = 0; i < 50; i++)); do
                grep -q ready "$D/out" && break
                sleep 0.1
                kill -0 $! 2>/dev/null || break
        done
        touch "$D/a" && mv "$D/a" "$D/b"
        wait $! || true
        cat "$D/out" "$D/err"
        grep -q "^rename [0-9]* 0 mv .*/a " "$D/out" ||
                grep -q "_kprobe': failed to auto-attach" "$D/err"
}

@test "built without eBPF: said so, and faults 8 and 9 go by what can be looked at" {
        gcc -shared -fPIC -D_GNU_SOURCE -I. -o "$D/plugins/secep-bpf.so" kmod-build/bpf/plugin_bpf_stub.c "$BUILD/lib.a" -ljansson
        run -1 tool prove file
        [[ $output == *"built without eBPF" ]]
        run -1 tool has map hash
        [[ $output == *"built without eBPF" ]]
        run -1 tool core x
        [[ $output == *"built without eBPF" ]]
        run "$D/events" bpf:file 1
        [[ $output == *"no monitor"* ]]
        "$D/secep-repair" --fault 8 --check --prove --json >"$D/json" || true
        grep "eBPF was only looked at: built without eBPF" "$D/json" || grep not-applicable "$D/json"
        # what chooses it: no clang, no bpftool, a libbpf that is too old
        for lack in CLANG= BPFTOOL= PKG_CONFIG=false; do
                make -n -B BUILD="$D/none" $lack "$D/none/plugins/secep-bpf.so" >"$D/made" 2>/dev/null
                grep -q 'bpf/plugin_bpf_stub\.' "$D/made"
                ! grep -q -- '-lbpf\|monitor\.bpf' "$D/made" || false
        done
}
