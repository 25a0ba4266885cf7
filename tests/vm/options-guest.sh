# shellcheck shell=sh disable=SC2015,SC2086,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels with options, and one that refuses what it has: cases of kmod-guest.sh, whose functions they use.
# The connector's files, where a question is asked that is its own.
connector() { # VERSION
        mkdir -p /opt/cisco/amp/bin /opt/cisco/amp/etc
        echo "<config><agent><version>$1</version></agent></config>" >/opt/cisco/amp/etc/global.xml
        cp /bin/busybox /opt/cisco/amp/bin/ampdaemon
}
answers() { # FAULT WHAT PATTERN OPTIONS: secep-repair's JSON has it
        fault=$1; shift
        ./secep-repair --json --fault "$fault" $3 >/tmp/out 2>/tmp/err; echo "exit status $?" >>/tmp/out
        want "$fault: $1" "$2" /tmp/out
}

confidentiality_case() {
        refused 1 'lockdown is .confidentiality.'
        for id in 8 9; do
                for options in "--check" "--check --prove" ""; do
                        answers $id "lockdown is the cause (${options:-repair})" '"cause": ?"lockdown-confidentiality"' "$options"
                        want "$id: blocked" '"verdict": ?"blocked"' /tmp/out
                        want "$id: a person is told what to do" 'boot with lockdown=integrity' /tmp/out
                done
                want "$id: exit status 4" '^exit status 4' /tmp/out
        done
        answers 16 "the kernel lacks nothing" '"verdict": ?"ok"' "--check --prove"
        connector 1.26.0.1
        answers 11 "headers do not help, and are not asked for" '"verdict": ?"ok"' "--check --prove"
        dmesg >/tmp/log; want "the kernel says that it refuses eBPF its reads" 'Lockdown: .*: use of bpf to read kernel RAM is restricted' /tmp/log
}

no_ring_case() {
        ./without_ring without_ring.o >/tmp/ring 2>&1 & ring=$!
        tries=0
        while ! grep -q ready /tmp/ring && [ $tries -lt 300 ]; do sleep 0.1; tries=$((tries + 1)); done
        ./bpftool map create /sys/fs/bpf/ring type ringbuf key 0 value 0 entries 4096 name ring >/tmp/out 2>&1
        want "the kernel refuses a ring buffer as one before 5.8" 'Invalid argument' /tmp/out
        cat /tmp/ring
        ./bpftool map create /sys/fs/bpf/other type array key 4 value 4 entries 1 name other >/tmp/out 2>&1 && ok "and no other map" || { bad "and no other map"; cat /tmp/out; }
        tool has map ringbuf perf_event_array >/tmp/out 2>&1; want "we see no ring buffer" '^has not ringbuf' /tmp/out
        want "and what does for it" '^has perf_event_array' /tmp/out
        tool prove file >/tmp/out 2>&1; want "an event made on purpose arrives (file)" '^(fentry|kprobe)' /tmp/out
        tool prove network >/tmp/out 2>&1; want "an event made on purpose arrives (network)" '^(fentry|kprobe)' /tmp/out
        files_of bpf:file
        network_of bpf:network
        for id in 8 9 16; do answers $id "ok" '"verdict": ?"ok"' "--check --prove"; done
        kill -0 $ring && ok "it was refused all the time" || bad "it was refused all the time"
        kill $ring; wait $ring
        clean_log
}

extra_case() {
        [ -n "$(cat /tmp/before)" ] && ok "objects were asked of the kernel" || bad "objects were asked of the kernel"
        if [ -e extra/broken.o ]; then
                for object in core monitor proof; do want "$object loads" "^before: $object.bpf.o: [1-9][0-9]* programs loaded" /tmp/before; done
                want "what is no object is refused" '^before: broken.o: refused: .' /tmp/before
        fi
        tool prove file >/tmp/out 2>&1; want "our own work between" '^(fentry|kprobe)' /tmp/out
}

own_key_case() {
        signer # by secep.conf
        tool signer x >/tmp/out 2>&1; want "a key that the kernel never saw is not trusted" '^not trusted' /tmp/out
        ./keyctl padd asymmetric "" @u <cert.der >/tmp/out 2>&1 && grep -q 'asymmetri.*lab' /proc/keys && ok "it is in a keyring of root's" || { bad "it is in a keyring of root's"; cat /tmp/out /proc/keys; }
        cp /test/signed.ko /lib/modules/$R/updates/secep/ampfsm.ko
        insmod /test/signed.ko 2>/tmp/out && bad "the kernel refuses a module signed with it" || want "the kernel refuses a module signed with it" 'rejected|Required key' /tmp/out
        refused 129 'module.sig_enforce=1: the module ampfsm has no signature'
        tool signer x >/tmp/out 2>&1; want "it is not trusted for modules" '^not trusted' /tmp/out
}
