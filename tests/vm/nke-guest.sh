# shellcheck shell=sh disable=SC2015,SC2086,SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of kmod-guest.sh, after netlink-guest.sh: the network module's netlink family.
T="127\.0\.0\.1" U=4294967295
traffic() { # steps: another process makes them; its number is in $pid
        ./netlink - "$@" >/tmp/made 2>&1 || { bad "traffic $*"; cat /tmp/made; }
        pid=$(sed -n 's/^traffic //p' /tmp/made)
}
closed() { # file: everything the traffic did has come, for the last is a release of its process
        wait_for "^release $pid " "$1"
}
nke_tcp() {
        client /tmp/out hello options=1000000,6,$U,$U,$U listen
        [ "$(sed -n '2p;3p' /tmp/out)" = "rec-hello
hello: 0" ] && ok "the answer to HELLO comes before its acknowledgement" || { bad "the answer to HELLO"; cat /tmp/out; }
        traffic tcp=127.0.0.1,7001,40000
        closed /tmp/out
        traffic tcp=::1,7002,0 && closed /tmp/out
        six=$pid
        traffic refused=127.0.0.1,7003 && closed /tmp/out
        stop_client
        pid=$(sed -n 's/^connect \([0-9]*\) .*:7001 .*/\1/p' /tmp/out)
        E="/test/netlink"
        want "connect, before its result" "^connect $pid 0 tcp 0\.0\.0\.0:0 $T:7001 [0-9a-f]+ $E types 24,16,15,18,19,20,23,17\$" /tmp/out
        want "accept" "^accept $pid 0 tcp $T:7001 $T:[1-9][0-9]* [0-9a-f]+ $E types 24,16,15,18,19,20,23,17\$" /tmp/out
        want "send with its payload" "^send $pid 0 tcp $T:[1-9][0-9]* $T:7001 [0-9a-f]+ $E at 0 10000 right types 24,16,15,18,19,20,23,17,21,22\$" /tmp/out
        want "a large one in parts" "^send $pid .* at 10000 15360 right" /tmp/out
        want "the second part" "^send $pid .* at 25360 4640 right" /tmp/out
        want "the next send after it" "^send $pid .* at 30000 10000 right" /tmp/out
        want "release of both ends" "^release $pid 0 tcp $T:7001 $T:[1-9][0-9]* " /tmp/out
        [ "$(grep -c "^release $pid " /tmp/out)" = 2 ] && ok "and no more" || bad "releases"
        [ "$(grep "^[a-z]* $pid " /tmp/out | cut -d' ' -f1 | tr '\n' ' ')" = "connect accept send send send send release release " ] &&
                ok "in order; no receive and no send of the server's" || { bad "in order"; cat /tmp/out; }
        [ "$(awk -v p=$pid '$2 == p && ($1 == "connect" || $1 == "send") { print $7 }' /tmp/out | sort -u | wc -l)" = 1 ] &&
                ok "a socket has one number" || bad "a socket has one number"
        want "IPv6" "^connect $six 0 tcp \[::\]:0 \[::1\]:7002 " /tmp/out
        want "accept by IPv6" "^accept $six 0 tcp \[::1\]:7002 \[::1\]:[1-9]" /tmp/out
        want "a connect that fails" "^connect [0-9]+ 0 tcp 0\.0\.0\.0:0 $T:7003 " /tmp/out
        want "its release has no remote" "^release [0-9]+ 0 tcp [0-9.:]+ - [0-9a-f]+ $E types 24,16,15,18,20,23,17\$" /tmp/out
        grep -E 'gap|wrong|not-zero|without an attribute' /tmp/out && bad "every event is whole" || ok "every event is whole, and their numbers follow one another"
        [ "$(lost)" = 0 ] && ok "none is lost" || bad "$(lost) are lost"
        wait_rings 0 "the ring goes with its peer"
}
nke_udp() {
        client /tmp/out hello listen
        traffic udp=127.0.0.1,7010 && closed /tmp/out
        wait_for "^release $pid 0 udp $T:7010 " /tmp/out
        traffic tcp=127.0.0.1,7011,5000 && closed /tmp/out
        grep -q "^send $pid" /tmp/out && bad "no send of TCP without a limit set" || ok "no send of TCP without a limit set"
        stop_client
        pid=$(sed -n 's/^send \([0-9]*\) .*:7010 .*/\1/p' /tmp/out | head -n 1)
        [ "$(grep "^[a-z]* $pid " /tmp/out | cut -d' ' -f1 | tr '\n' ' ')" = "send send receive send release release " ] &&
                ok "UDP: an event a pair of addresses" || { bad "UDP: an event a pair of addresses"; cat /tmp/out; }
        want "the first send, before it has a port" "^send $pid 0 udp 0\.0\.0\.0:0 $T:7010 [0-9a-f]+ /test/netlink types 24,16,15,18,19,20,23,17\$" /tmp/out
        want "the second, with its port" "^send $pid 0 udp 0\.0\.0\.0:[1-9][0-9]* $T:7010 " /tmp/out
        want "receive, from anybody" "^receive $pid 0 udp $T:7010 0\.0\.0\.0:0 " /tmp/out
        want "a send elsewhere" "^send $pid 0 udp 0\.0\.0\.0:[1-9][0-9]* $T:7011 " /tmp/out
        want "release without a remote" "^release $pid 0 udp $T:7010 - " /tmp/out
}
nke_options() {
        client /tmp/out hello options=12000,6,$U,$U,$U,6 listen
        traffic tcp=::1,7020,1 user=1000 tcp=127.0.0.1,7020,40000 && closed /tmp/out
        stop_client
        grep -q "\[::1\]" /tmp/out && bad "IPv6 is passed over where it is to be" || ok "IPv6 is passed over where it is to be"
        want "the user" "^connect $pid 1000 " /tmp/out
        want "a send below the limit" "^send $pid .* at 0 10000 right" /tmp/out
        want "cut at the limit" "^send $pid .* at 10000 2000 right" /tmp/out
        [ "$(grep -c ^send /tmp/out)" = 2 ] && ok "and nothing after it" || bad "sends after the limit"
        client /tmp/out hello options=0,6,$U,$U,$U,4 listen
        traffic tcp=127.0.0.1,7021,1 udp=127.0.0.1,7022 udp=::1,7023
        sleep 1; stop_client
        grep -E '^(connect|accept|send|receive|release)' /tmp/out && bad "this machine is passed over where it is to be" || ok "this machine is passed over where it is to be"
}
nke_case() {
        spoken=nke module=ampnetworkflow
        tool load ampnetworkflow && ok "ampnetworkflow loads" || bad "ampnetworkflow loads"
        nke_tcp
        nke_udp
        nke_options
        rmmod ampnetworkflow && ok "the module goes" || bad "the module goes"
        clean_log
}
