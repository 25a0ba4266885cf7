# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The guest's only script, as its first process: TAP on the console.
mount -t sysfs sys /sys
mount -t tmpfs -o mode=0755 run /run
mount -t tmpfs tmp /tmp
mount -t securityfs s /sys/kernel/security
mount -t devpts pts /dev/pts 2>/dev/null
mount -o remount,rw /
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
cd /test || exit 1
release=$(uname -r) n=0 failed=0

step() { # WHAT FUNCTION
        n=$((n + 1))
        local begun=$SECONDS rc
        (set -ex; "$2") >/tmp/trace 2>&1 # in a condition -e would not count
        rc=$?
        if [[ $rc == 0 ]]; then
                echo "ok $n - $1"
        else
                echo "not ok $n - $1"
                cut -c1-1500 /tmp/trace | tail -40 | sed 's/^/# /'
                failed=1
        fi
        echo "# $((SECONDS - begun)) s"
}
repair() { # STATUS ARGUMENT...: its JSON in /tmp/json
        local want=$1 got=0
        shift
        "${refused[@]}" ./secep-repair --json "$@" >/tmp/json || got=$?
        cat /tmp/json
        [[ $got == "$want" ]]
}
of() { jq -er ".faults[0]$1" /tmp/json; }
found() { jq -er --arg what "$1" '.faults[0].evidence[] | select(.what == $what).found' /tmp/json; }
refused=()

each_probed() {
        repair 0 --fault 8 --check --prove
        [[ $(found "file monitoring") == CO-RE ]]
        [[ $(jq -r '[.faults[0].evidence[].what] | index("listed, and cannot be probed")' /tmp/json) == null ]]
        [[ $(of ".notes | length") == 0 ]]
        repair 0 --fault 9 --check --prove
        [[ $(found "network monitoring") == CO-RE ]]
        # a system that the table does not know
        sed -i 's/^ID=.*/ID=stranger/' /usr/lib/os-release
        repair 0 --fault 16 --check --prove
        [[ $(found "process monitoring") == CO-RE && $(of .why) == *"lacks nothing" ]]
}

# Listed, and a probe on it refused; unlisted; one that all three can be had of.
probed_or_not() {
        mount -t debugfs d /sys/kernel/debug
        local no
        no=$(cut -f2 /sys/kernel/debug/kprobes/blacklist | sed 's/+.*//' | grep -x 'do_int3\|exc_int3\|notify_die\|atomic_notifier_call_chain' | head -1)
        umount /sys/kernel/debug
        grep -q " [tT] $no\$" /proc/kallsyms
        ./kmod-tool / "$release" has entry vfs_read "$no" no_such_function >/tmp/has
        ./kmod-tool / "$release" has return inet_csk_accept "$no" >>/tmp/has
        ./kmod-tool / "$release" has map ringbuf lru_hash no_such_type >>/tmp/has
        cat /tmp/has
        [[ $(paste -sd, /tmp/has) == "has vfs_read,has not $no,has not no_such_function,has inet_csk_accept,has not $no,has ringbuf,has lru_hash,has not no_such_type" ]]
}

fault() {
        repair 1 --fault 8 --check --prove --module-source /root/theirs
        [[ $(of .verdict) == fault && $(of .cause) == module-missing ]]
        [[ $(found "an event made on purpose") == *"kprobe: "*"fails"* ]]
        [[ $(found "eBPF on kprobes") == no ]]
        repair 1 --fault 8 --check --module-source /root/theirs
        # without a source nothing is loaded: the connector was never seen to open a module of ours
        repair 4 --fault 8
        [[ $(of .why) == *"never seen to open a module of ours"* && ! -d /sys/module/ampfsm ]]
}

built_and_loaded() {
        repair 0 --fault 8 --module-source /root/theirs
        [[ $(of .before.cause) == module-missing && $(of .verdict) == ok ]]
        [[ $(jq -r '[.faults[0].steps[] | select(.kind == "build-kmod" or .kind == "load-kmod") | .state] | join(" ")' /tmp/json) == "done done" ]]
        [[ -d /sys/module/ampfsm ]]
        [[ $(modinfo -F description ampfsm) == "look-alike file monitor (user-built)" ]]
        grep -qx ampfsm /etc/modules-load.d/secep.conf
        jq -r .run /tmp/json >/tmp/run
}

event_arrives() {
        ./netlink fsm hello count=1 end >/tmp/heard 2>&1 &
        for ((i = 0; i < 600; i++)); do
                ! grep -q ready /tmp/heard || break
                sleep 0.1
        done
        : >/tmp/a
        mv /tmp/a /tmp/b
        wait $!
        cat /tmp/heard
        grep -E '^rename [0-9]+ [0-9]+ 0 /tmp/b$' /tmp/heard
}

then_ok() {
        repair 0 --fault 8 --check --prove --module-source /root/theirs
        [[ $(of .why) == *"module ampfsm is loaded"* ]]
        repair 0 --fault 8 --module-source /root/theirs
        [[ $(jq -r .changed /tmp/json) == false ]]
}

undone() {
        "${refused[@]}" ./secep-repair --undo "$(cat /tmp/run)"
        [[ ! -d /sys/module/ampfsm && ! -e /etc/modules-load.d/secep.conf && ! -e /lib/modules/$release/updates/secep/ampfsm.ko ]]
}

jprobes_say_so() {
        printf '#include <linux/kprobes.h>\nint theirs(void);\nint theirs(void) { jprobe_return(); return register_jprobe(0); }\n' >>/root/theirs/common/src/kit.c
        repair 4 --fault 8 --module-source /root/theirs
        [[ $(of .cause) == source-unsuitable && $(of .why) == *"its source uses jprobes, which Linux 4.15 removed: it needs an older kernel"* ]]
}

step "each function that the connector's programs are hung on is probed once" each_probed
step "a function that is listed and cannot be probed is told apart" probed_or_not
refused=(./without_bpf)
mount -t tmpfs none /sys/bus/event_source/devices
step "eBPF refused: a fault in a look and in depth, and nothing without a source" fault
step "a tree laid out as the vendor's is built and its module loaded" built_and_loaded
step "an event arrives by the vendor's protocol" event_arrives
step "ok after that, and nothing left to do" then_ok
step "undone: unloaded, and loaded at no boot" undone
step "a tree with jprobes: that one sentence" jprobes_say_so
echo "1..$n"
exit $failed
