# shellcheck shell=sh disable=SC2015,SC2086,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels with options: cases of kmod-guest.sh, whose functions they use.
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
