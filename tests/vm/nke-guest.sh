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
nke_refusals() {
        steps "another version is refused" '^hello: 93 another version' hello=5
        steps "a missing attribute is refused" '^options-short: 22 an attribute' options-short
        steps "an address that is missing" '^detect-short: 22 an attribute' detect-short
        steps "an address cut short" '^detect-cut: (22|34)' detect-cut
        steps "a process that is not there" '^monitor: 3' monitor=4000000,1,1
        wait_rings 0 "and none is a peer"
        for step in hello options=0,5,0,0,0 monitor=1,0,0 forget=1 reset dump allow=127.0.0.1; do
                steps "without CAP_NET_ADMIN: ${step%%=*}" "^${step%%=*}: 1( |\$)" user=1000 $step
        done
        steps "another network has no such family" '^family: 2' netns
        client /tmp/out hello listen
        steps "a second peer is refused" '^hello: 16 another program' hello
        steps "its limits too" '^monitor: 16' monitor=1,0,0
        traffic tcp=127.0.0.1,7030,0 && closed /tmp/out
        want "the first one goes on" "^connect $pid .*:7030 " /tmp/out
        kill -9 $client; wait $client 2>/dev/null
        wait_rings 0 "a killed peer leaves nothing"
        traffic tcp=127.0.0.1,7031,0
        client /tmp/out reset listen
        traffic tcp=127.0.0.1,7032,0 && closed /tmp/out
        stop_client
        want "after it another one may come, by any command" '^reset: 0' /tmp/out
        grep -q :7031 /tmp/out && bad "and hears nothing from before" || ok "and hears nothing from before"
}
events_of() { # process, operation: how many in /tmp/out
        grep -c "^$2 $1 " /tmp/out
}
nke_limits() {
        rm -f /tmp/go
        ./netlink - wait=/tmp/go tcp=127.0.0.1,7040,0,5 >/dev/null 2>&1 & one=$!
        ./netlink - wait=/tmp/go tcp=127.0.0.1,7041,0,5 >/dev/null 2>&1 & two=$!
        ./netlink - wait=/tmp/go tcp=127.0.0.1,7042,0,5 >/dev/null 2>&1 & three=$!
        client /tmp/out hello monitor=$one,3,1000 monitor=$two,1000,0 monitor=$three,0,0 forget=$three listen
        : >/tmp/go
        wait $one; wait $two; wait $three
        traffic tcp=127.0.0.1,7043,0 && closed /tmp/out
        [ "$(events_of $one 'connect') $(events_of $one accept) $(events_of $one release)" = "2 1 3" ] &&
                ok "of a process with the limit 3: three sockets and their ends" || { bad "the limit 3"; cat /tmp/out; }
        [ "$(events_of $two '[a-z]*')" = 0 ] && ok "0 seconds: nothing" || bad "0 seconds"
        [ "$(events_of $three '[a-z]*')" = 20 ] && ok "forgotten: all" || bad "forgotten: $(events_of $three '[a-z]*')"
        stop_client
        rm -f /tmp/go
        ./netlink - wait=/tmp/go tcp=127.0.0.1,7044,0 >/dev/null 2>&1 & one=$!
        client /tmp/out hello monitor=$one,0,0 reset listen
        : >/tmp/go; wait $one; pid=$one; closed /tmp/out
        stop_client
        [ "$(events_of $one '[a-z]*')" = 4 ] && ok "after a reset: all" || bad "after a reset"
}
nke_cache() { # what is done first, and then one address's traffic
        client /tmp/out hello options=0,6,$U,$U,$U detect=127.0.0.1,7,Test.Name allow=::1,1 unchanged=127.0.0.9 detect-not-kept=127.0.0.8,1,no listen
        traffic tcp=127.0.0.1,7050,100,2 && closed /tmp/out
        one=$pid
        traffic udp=127.0.0.1,7051 && closed /tmp/out
        two=$pid
        for a in ::1 127.0.0.8 127.0.0.9; do traffic tcp=$a,7052,1 && closed /tmp/out; done
        stop_client
        D=24,16,15,18,19,20,23,17,25,26
        want "what is known as malicious, by class and name" "^connect $one 0 tcp 0\.0\.0\.0:0 $T:7050 [0-9a-f]+ /test/netlink malicious 7 Test.Name types $D\$" /tmp/out
        [ "$(grep -c "^[a-z]* $one .* malicious" /tmp/out)" = 4 ] && ok "once a socket" || { bad "once a socket"; cat /tmp/out; }
        [ "$(sed -n "/^connect $one /{p;n;p;q}" /tmp/out | grep -c malicious)" = 1 ] && ok "after what the socket did" || bad "after what the socket did"
        [ "$(grep -c "^send $two .* malicious" /tmp/out)" = 3 ] && ok "once a pair of addresses by UDP" || { bad "by UDP"; cat /tmp/out; }
        grep -E '^connect .* (127\.0\.0\.[89]|\[::1\]):7052 .* malicious' /tmp/out && bad "no other address is" || ok "no other address is"
        [ "$(grep -cE '^connect .* (127\.0\.0\.[89]|\[::1\]):7052 ' /tmp/out)" = 3 ] && ok "and they are told" || bad "and they are told"
        client /tmp/out hello detect=127.0.0.1,7,Test.Name options=0,6,0,$U,$U detect=127.0.0.1,7,again listen
        traffic tcp=127.0.0.1,7053,1 && closed /tmp/out; stop_client
        grep -q malicious /tmp/out && bad "no longer than it may be kept" || ok "no longer than it may be kept"
        client /tmp/out hello detect=127.0.0.1,7,x options=0,6,$U,$U,1 detect=127.0.0.2,8,y listen
        traffic tcp=127.0.0.1,7054,1 tcp=127.0.0.2,7055,1 && closed /tmp/out; stop_client
        [ "$(grep malicious /tmp/out | grep -vc 'malicious 8 y')" = 0 ] && want "no more than may be kept: the newest" "^connect .* malicious 8 y" /tmp/out || bad "no more than may be kept"
        client /tmp/out hello detect=127.0.0.1,7,x allow=127.0.0.1 listen
        traffic tcp=127.0.0.1,7056,1 && closed /tmp/out; stop_client
        grep -q malicious /tmp/out && bad "clean after all" || ok "clean after all"
        rm -f /tmp/go
        ./netlink - wait=/tmp/go tcp=127.0.0.1,7057,1 >/dev/null 2>&1 & one=$!
        client /tmp/out hello detect=::ffff:127.0.0.1,3 monitor=$one,0,1000 listen
        : >/tmp/go; wait $one; wait_for "^accept $one" /tmp/out; stop_client
        want "over its limits too, without a name, and by either way to write it" "^connect $one .* malicious 3 - types 24,16,15,18,19,20,23,17,25\$" /tmp/out
        [ "$(grep "^[a-z]* $one " /tmp/out | grep -vc malicious)" = 0 ] && ok "and nothing else then" || bad "and nothing else then"
}
nke_accounting() {
        rm -f /tmp/go /tmp/go2
        ./netlink - wait=/tmp/go hold=127.0.0.1,7060,1000,/tmp/go2 >/tmp/made 2>&1 & one=$!
        : >/tmp/out
        ./netlink nke hello options=500,6,$U,$U,$U monitor=$one,9,900 wait=/tmp/go2 dump options=0,5,$U,$U,$U dump >/tmp/out 2>&1 & client=$!
        wait_for '^monitor: 0' /tmp/out
        : >/tmp/go
        wait_for held /tmp/made
        ./netlink - hold=127.0.0.1,7061,0,/tmp/none >/tmp/made2 2>&1 & two=$!
        wait_for held /tmp/made2
        : >/tmp/go2
        wait $client; wait $one; kill -9 $two; wait $two 2>/dev/null
        dmesg | grep ampnetworkflow: >/tmp/dump
        want "accounting: a process" "process $one: count 2, age [0-9]+ s, limits 9 and 900 s" /tmp/dump
        want "a socket that connected" "socket [0-9a-f]+: process $two, age [0-9]+ s, TCP client, sent 0, local .*, remote $T:7061" /tmp/dump
        want "a socket that was accepted" "socket [0-9a-f]+: process $two, age [0-9]+ s, TCP server, sent 0, local $T:7061, remote $T:[1-9]" /tmp/dump
        [ "$(grep -c "process $one:" /tmp/dump)" = 1 ] && ok "not below the level 6" || bad "not below the level 6"
}
nke_full() {
        before=$(lost)
        rm -f /tmp/go
        client /tmp/out buffer=4096 hello quietly quiet=/tmp/go listen end
        traffic tcp=127.0.0.1,7070,0,5000
        : >/tmp/go
        sleep 3
        stop_client
        got=$(sed -n 's/^events //p' /tmp/out) gone=$(($(lost) - before))
        [ "$gone" -gt 0 ] && [ $((got + gone)) = 20000 ] && ok "a peer that does not read: $got events come, $gone are counted as lost, none is forgotten" ||
                bad "a peer that does not read: $got events, $gone lost of 20000"
        grep gap /tmp/out | head -3 | grep . && bad "the numbers of what comes have gaps" || ok "the numbers of what comes have no gap"
}
nke_case() {
        spoken=nke module=ampnetworkflow
        tool load ampnetworkflow && ok "ampnetworkflow loads" || bad "ampnetworkflow loads"
        nke_tcp
        nke_udp
        nke_options
        nke_refusals
        nke_limits
        nke_cache
        nke_accounting
        nke_full
        netlink_fuzz "$(sed -n 's/.*messages=\([0-9]*\).*/\1/p' /proc/cmdline)"
        client /tmp/out hello listen
        rmmod ampnetworkflow && ok "the module goes under its peer" || bad "the module goes under its peer"
        stop_client
        grep -c ampnetworkflow_ /proc/slabinfo | grep -qx 0 && ok "no cache of it is left" || bad "a cache of it is left"
        clean_log
}
