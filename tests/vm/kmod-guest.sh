# shellcheck shell=sh disable=SC2015,SC2086
# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the guest: which case is told on the kernel's command line, case=NAME.
cd /test || exit 1
R=$(uname -r)
tool() { ./kmod-tool / "$R" "$@"; }
failed=0
ok() { echo "ok: $*"; }
bad() { echo "NOT OK: $*"; failed=1; }
want() { # what, pattern, file
        if grep -qE "$2" "$3"; then ok "$1"; else bad "$1"; sed 's/^/    /' "$3" | head -40; fi
}
reader() { # source, file, seconds
        : >"$2" # what the last one said must not be read
        ./events "$1" "$3" $4 >"$2" 2>&1 &
        reader=$!
        tries=0
        while ! grep -q ready "$2" && [ $tries -lt 300 ]; do sleep 0.1; tries=$((tries + 1)); done
}
files_of() { # source
        reader "$1" /tmp/out 120
        mkdir -p /tmp/d; echo x >/tmp/d/a; cp /tmp/d/a /tmp/d/copy; mv /tmp/d/copy /tmp/d/moved
        ln /tmp/d/moved /tmp/d/hard; rm /tmp/d/hard
        sleep 1; kill $reader; wait $reader
        want "$1 sees the copy created" '^create [0-9]+ 0 cp /d/copy' /tmp/out
        want "$1 sees the copy closed after writing" '^close-write [0-9]+ 0 cp /d/copy' /tmp/out
        want "$1 sees the move" '^rename [0-9]+ 0 mv /d/copy /d/moved' /tmp/out
        want "$1 sees the link" '^link [0-9]+ 0 ln /d/moved /d/hard' /tmp/out
        want "$1 sees the removal" '^unlink [0-9]+ 0 rm /d/hard' /tmp/out
}
network_of() { # source
        reader "$1" /tmp/out 120
        nc -l -p 7777 >/dev/null & listener=$!
        sleep 0.5
        echo hello | timeout 2 nc 127.0.0.1 7777
        wait $listener; sleep 1; kill $reader; wait $reader
        want "$1 sees the connect" '^connect [0-9]+ 0 nc 127.0.0.1 7777' /tmp/out
        want "$1 sees the accept" '^accept [0-9]+ 0 nc (::ffff:)?127.0.0.1 [0-9]+ (::ffff:)?127.0.0.1 7777' /tmp/out
        want "$1 sees the close" '^close [0-9]+ 0 nc 127.0.0.1' /tmp/out
}
buffers() { # how many of a processor's 256 KiB and their guard page the file monitor has
        grep '\[ampfsm\]' /proc/vmallocinfo | grep -c ' 266240 '
}
armed() { # how many probes of the file monitor's the kernel runs into
        grep -E ' (security_inode_|__fput)' /sys/kernel/debug/kprobes/list | grep -vc DISABLED
}
memory_of_reading() {
        mount -t debugfs d /sys/kernel/debug
        present=$(grep -c ^processor /proc/cpuinfo)
        for n in 1 2; do
                [ "$(buffers)" = 0 ] && ok "no buffer where nobody reads" || bad "$(buffers) buffers where nobody reads"
                [ "$(armed)" = 0 ] && ok "and no probe" || bad "$(armed) probes where nobody reads"
                exec 5</dev/ampfsm
                [ "$(armed)" = 7 ] && ok "a reader has its probes" || { bad "a reader has $(armed) probes"; cat /sys/kernel/debug/kprobes/list; }
                [ "$(buffers)" = "$present" ] && ok "a reader has $present" || bad "a reader has $(buffers) buffers of $present"
                exec 5<&-
        done
        [ "$(buffers)" = 0 ] && ok "gone with the reader" || bad "$(buffers) buffers after the reader"
        umount /sys/kernel/debug
}
probes_off() { # a proof through fentry arrives all the same
        mount -t debugfs d /sys/kernel/debug
        echo 0 >/sys/kernel/debug/kprobes/enabled
        for depth in "" --prove; do
                ./secep-repair --fault 8,9 --check $depth --json >/tmp/out 2>&1
                want "probes switched off are no ok of both ${depth:-at a look}" 'probes-off.*probes-off' /tmp/out
        done
        echo 1 >/sys/kernel/debug/kprobes/enabled
        ./secep-repair --fault 8,9 --check --json >/tmp/out 2>&1; want "switched on they are" '"verdict": ?"ok".*"verdict": ?"ok"' /tmp/out
        umount /sys/kernel/debug
}
clean_log() {
        dmesg >/tmp/log
        if grep -E 'WARNING|BUG:|Oops|rcu.*stall|hung_task|blocked for more' /tmp/log; then bad "the kernel log is clean"; else ok "the kernel log is clean"; fi
}
refused() { # errno, words
        tool load ampfsm 2>/tmp/out && bad "the unsigned module is refused"
        want "refused with $1: $2" "^$1: .*$2" /tmp/out
        [ -d /sys/module/ampfsm ] && bad "the module is not in"
}
# The daemon says it when a module comes and goes, on a kernel whose eBPF it cannot see. How soon is printed
# only, for the emulator is no measure.
monitor_tells() {
        said=/var/log/secep/events.jsonl
        mkdir -p /var/log/secep /run/secep /tmp/no-events
        mount --bind /tmp/no-events /sys/bus/event_source/devices
        ./secep-monitord >/tmp/monitor 2>&1 & monitor=$!
        told 1 8 raised && told 1 9 raised && ok "8 and 9 are raised while no module is in" || bad "8 and 9 are raised"
        for n in 1 2 3; do
                for m in ampfsm:8 ampnetworkflow:9; do
                        tool load ${m%:*} >/dev/null; began=$(now)
                        told $n ${m#*:} cleared && ok "${m%:*} is in: ${m#*:} cleared, $(($(now) - began)) ms seen" || bad "${m#*:} is cleared"
                        tool unload ${m%:*} >/dev/null; began=$(now)
                        told $((n + 1)) ${m#*:} raised && ok "${m%:*} is out: ${m#*:} raised, $(($(now) - began)) ms seen" || bad "${m#*:} is raised"
                done
        done
        kill $monitor; wait $monitor
        umount /sys/bus/event_source/devices
}
now() { sed 's/\([0-9]*\)\.\([0-9]*\) .*/\1\20/' /proc/uptime; } # milliseconds, by hundredths of a second
told() { # TIMES FAULT EVENT: within two minutes
        tries=0
        until [ "$(grep "\"fault\": *$2[,}]" $said 2>/dev/null | grep -c "\"event\": *\"$3\"")" -ge "$1" ]; do
                tries=$((tries + 1))
                [ $tries -lt 1200 ] || { tail -n 4 $said; cat /tmp/monitor; ./secep-repair --fault $2 --check; return 1; }
                sleep 0.1
        done
}
extra() { [ ! -x bpftool ] || sh ./extra-bpf.sh "$1" /test/extra ./bpftool | tee "/tmp/$1"; }
# The certificate is the operator's; its key is not needed where nothing is signed.
signer() {
        mkdir -p /etc/secep
        printf 'ModuleSigningKey=/test/cert.der\nModuleSigningCertificate=/test/cert.der\n' >/etc/secep/secep.conf
}
extra before
case=$(sed -n 's/.*case=\([a-z-]*\).*/\1/p' /proc/cmdline)
case $case in
events)
        for m in ampfsm ampnetworkflow; do tool load $m && ok "$m loads" || bad "$m loads"; tool look $m >/tmp/out; want "$m is seen loaded" '^loaded' /tmp/out; done
        memory_of_reading
        files_of /dev/ampfsm
        network_of /dev/ampnetworkflow
        for m in ampfsm ampnetworkflow; do tool unload $m && ok "$m unloads" || bad "$m unloads"; done
        monitor_tells
        clean_log
        ;;
netlink)
        # shellcheck source=tests/vm/netlink-guest.sh
        . ./netlink-guest.sh
        netlink_case
        ;;
nke)
        # shellcheck source=tests/vm/netlink-guest.sh
        . ./netlink-guest.sh
        # shellcheck source=tests/vm/nke-guest.sh
        . ./nke-guest.sh
        nke_case
        ;;
ebpf)
        tool prove file >/tmp/out 2>&1; want "an event made on purpose arrives (file), by $(head -1 /tmp/out)" '^(fentry|kprobe)' /tmp/out
        tool prove network >/tmp/out 2>&1; want "an event made on purpose arrives (network), by $(head -1 /tmp/out)" '^(fentry|kprobe)' /tmp/out
        tool core x >/tmp/out 2>&1; want "a CO-RE program loads" '^works' /tmp/out
        files_of bpf:file
        files_of bpf-perf:file
        network_of bpf:network
        ./secep-repair --fault 8 --fault 9 --check --json >/tmp/out 2>&1; want "faults 8 and 9 are ok" '"verdict": ?"ok"' /tmp/out
        probes_off
        clean_log
        ;;
storm)
        ./storm /tmp 100000000 all >/tmp/out 2>&1 & storm=$!
        ./netlink - tcp=127.0.0.1,7100,2000,100000000 >/tmp/out2 2>&1 & flows=$!
        mkfifo /tmp/said
        n=0
        while [ $n -lt "$(sed -n 's/.*times=\([0-9]*\).*/\1/p' /proc/cmdline)" ]; do
                insmod /lib/modules/$R/updates/secep/ampfsm.ko && insmod /lib/modules/$R/updates/secep/ampnetworkflow.ko || { bad "load $n"; break; }
                ./netlink fsm hello quietly listen >/tmp/said & client=$!
                grep -qm1 ready </tmp/said || { bad "a peer $n"; break; }
                ./netlink nke hello options=100000,5,9,9,9 quietly count=20 end >/tmp/heard || { bad "a network peer $n"; cat /tmp/heard /tmp/out2; break; }
                ./netlink nke hello options=100000,5,9,9,9 quietly listen >/tmp/said & client2=$!
                grep -qm1 ready </tmp/said || { bad "a network peer again $n"; break; }
                head -c 65536 /dev/ampfsm >/dev/null && head -c 4096 /dev/ampnetworkflow >/dev/null || { bad "read $n"; break; }
                rmmod ampnetworkflow && rmmod ampfsm || { bad "unload $n"; break; }
                kill $client $client2; wait $client && wait $client2 || { bad "the peers $n"; break; }
                [ "$(sed -n 's/^events //p' /tmp/heard)" -ge 20 ] || { bad "it heard $n"; cat /tmp/heard; break; }
                n=$((n + 1))
                [ $((n % 50)) != 0 ] || echo "$n times, $(cut -d' ' -f1 /proc/uptime) s"
        done
        kill -9 $flows || { bad "the flows went on"; cat /tmp/out2; }
        kill $storm && ok "loaded, read, heard and unloaded $n times under load" || { bad "the load went on"; cat /tmp/out; }
        clean_log
        ;;
lockdown)
        refused 1 'lockdown is .integrity.'
        tool prove file >/tmp/out 2>&1; want "eBPF works under lockdown=integrity" '^(fentry|kprobe)' /tmp/out
        ./secep-repair --fault 8 --check >/tmp/out 2>&1; want "fault 8 is cleared by eBPF" 'ok' /tmp/out
        ;;
confidentiality | no-ring | extra | own-key)
        # shellcheck source=tests/vm/options-guest.sh
        . ./options-guest.sh
        "$(echo "$case" | tr - _)_case"
        ;;
enforce)
        refused 129 'module.sig_enforce=1: the module ampfsm has no signature'
        tool prove file >/tmp/out 2>&1; want "eBPF works under sig_enforce" '^(fentry|kprobe)' /tmp/out
        ;;
secure-boot)
        signer
        tool signer x >/tmp/out 2>&1; want "a key of the firmware's (.platform) is trusted, as this kernel does" '^trusted' /tmp/out
        grep ' keyring *\.' /proc/keys | sed 's/^/    /'
        refused 129 'Secure Boot: the module ampfsm has no signature'
        tool prove file >/tmp/out 2>&1; want "eBPF works under Secure Boot" '^(fentry|kprobe)' /tmp/out
        ./secep-repair --fault 8 --check >/tmp/out 2>&1; want "fault 8 is cleared by eBPF" 'ok' /tmp/out
        cp /test/signed.ko /lib/modules/$R/updates/secep/ampfsm.ko
        tool load ampfsm && ok "signed with the enrolled key it loads" || bad "signed with the enrolled key it loads"
        files_of /dev/ampfsm
        ;;
cost)
        rounds=$(sed -n 's/.*rounds=\([0-9]*\).*/\1/p' /proc/cmdline)
        mkdir /storm # in the root's file system; /tmp is another mount
        storm() { ./storm "${at:-/storm}" "$2" >>"/tmp/$1"; }
        watched() { # name, source
                reader "$2" /tmp/out 600 count
                storm "$1" 5000; kill $reader; wait $reader
                tail -1 /tmp/out >"/tmp/seen.$1"
        }
        heard() { # name
                : >/tmp/out # what the last one said must not be read
                ./netlink fsm buffer=8388608 hello quietly count=20000 end >/tmp/out 2>&1 & reader=$!
                tries=0
                while ! grep -q ready /tmp/out && [ $tries -lt 300 ]; do sleep 0.1; tries=$((tries + 1)); done
                sleep 1 # it is new for a quarter, and events come slowly
                storm "$1" 20000; wait $reader # so many that what is sent after the last is little
                echo "$(tail -1 /tmp/out) lost $(cat /sys/module/ampfsm/parameters/netlink_lost)" >"/tmp/seen.$1"
        }
        n=0
        while [ $n -lt "$rounds" ]; do
                storm base 5000
                insmod /lib/modules/$R/updates/secep/ampfsm.ko; watched module /dev/ampfsm; rmmod ampfsm
                insmod /lib/modules/$R/updates/secep/ampfsm.ko; heard netlink; rmmod ampfsm
                watched eBPF bpf:file
                at=/tmp
                storm base-mount 5000
                insmod /lib/modules/$R/updates/secep/ampfsm.ko; heard netlink-mount; rmmod ampfsm
                watched fanotify fanotify:/tmp
                at=
                n=$((n + 1))
        done
        if [ -x ./auditd ]; then
                mkdir -p /etc/audit/rules.d /var/log/audit /var/run
                cp auditd.conf /etc/audit/
                ./auditd -n >/tmp/auditd.out 2>&1 & auditd=$!
                sleep 2
                ./auditctl -b 8192 -a always,exit -F arch=b64 -S rename,renameat,renameat2 >>/tmp/auditd.out 2>&1
                if kill -0 $auditd 2>/dev/null; then
                        for n in 1 2 3; do storm auditd 1000; done
                        ./auditctl -D >>/tmp/auditd.out 2>&1; kill $auditd; wait $auditd
                        echo "records $(grep -c type=SYSCALL /var/log/audit/audit.log)" >/tmp/seen.auditd
                else
                        cat /tmp/auditd.out
                fi
        fi
        median() { cut -d' ' -f"$2" "/tmp/$1" | sort -n | sed -n "$((($(wc -l <"/tmp/$1") + 1) / 2))p"; }
        cost() { # name, at most, with all at most (0: for reading), what it is compared with
                base=${4:-base}
                [ -s "/tmp/seen.$1" ] || { echo "none: a rename with $1 was not measured"; return; }
                awk -v w="$1" -v a="$(median "$1" 1)" -v b="$(median $base 1)" -v A="$(median "$1" 2)" -v B="$(median $base 2)" \
                        -v l="$2" -v L="$3" -v s="$(cat "/tmp/seen.$1")" 'BEGIN {
                        bad = (l && a / b > l) || (L && A / B > L)
                        limit = l ? " (at most " l ")" : ""
                        all = L ? " (at most " L ")" : ""
                        printf "%s: a rename with %s: %d / %d = %.3f%s; with all that others do for it %d / %d = %.3f%s; %s\n", bad ? "NOT OK" : "ok", w, a, b, a / b, limit, A, B, A / B, all, s
                        exit bad }' || failed=1
        }
        cost module 1.10 0; cost netlink 1.11 1.8; cost netlink-mount 1.15 1.85 base-mount; cost eBPF 1.26 0
        cost fanotify 0 0 base-mount; cost auditd 0 0
        ;;
*) bad "no such case" ;;
esac
extra after
if [ "$(sed 's/^[a-z]*//' /tmp/before 2>/dev/null)" != "$(sed 's/^[a-z]*//' /tmp/after 2>/dev/null)" ]; then bad "the same objects load before and after"; fi
exit $failed
