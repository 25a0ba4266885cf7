# shellcheck shell=sh disable=SC2015,SC2086,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of kmod-guest.sh: a client of the vendor's netlink protocol against our module.
spoken=fsm module=ampfsm # the family and who answers it
client() { # file, steps: in the background, until it is ready
        : >"$1"
        out=$1
        shift
        ./netlink $spoken "$@" >"$out" 2>&1 &
        client=$!
        wait_for ready "$out"
}
wait_for() { # pattern, file
        tries=0
        until grep -qE "$1" "$2" || [ $tries -ge 600 ]; do sleep 0.1; tries=$((tries + 1)); done
        [ $tries -lt 600 ] || bad "$2 has $1 within a minute"
}
stop_client() { kill $client 2>/dev/null; wait $client; }
rings() { # of a peer: 1 MiB and a guard page
        grep "\[$module\]" /proc/vmallocinfo | grep -c ' 1052672 '
}
wait_rings() { # how many there are to be
        tries=0
        until [ "$(rings)" = "$1" ] || [ $tries -ge 600 ]; do sleep 0.1; tries=$((tries + 1)); done
        [ "$(rings)" = "$1" ] && ok "$2" || bad "$2: $(rings) rings"
}
lost() { cat /sys/module/$module/parameters/netlink_lost; }
steps() { # what, pattern, steps: done by a client that ends
        what=$1 pattern=$2
        shift 2
        ./netlink $spoken "$@" >/tmp/steps 2>&1
        want "$what" "$pattern" /tmp/steps
}
netlink_events() {
        client /tmp/out hello opts=6,4294967295 listen
        want "the answer to HELLO comes before its acknowledgement" '^rec-hello$' /tmp/out
        [ "$(sed -n '2p;3p' /tmp/out)" = "rec-hello
hello: 0" ] && ok "in this order" || { bad "in this order"; cat /tmp/out; }
        [ "$(rings)" = 1 ] && ok "a peer has its ring" || bad "a peer has $(rings) rings"
        mkdir -p /tmp/d/e /jail/bin /jail/t /tmp/jail/bin
        cp /bin/busybox /jail/bin/; cp /bin/busybox /tmp/jail/bin/
        : >/jail/t/a; : >/tmp/jail/a
        : >/tmp/d/a; mv /tmp/d/a /tmp/d/b
        (cd /tmp/d && mv b ./e/../c)
        mv /tmp/d/no /tmp/d/such 2>/dev/null
        mv /tmp/d/e /tmp/d/folder
        chroot /jail /bin/busybox mv /t/a /t/jailed
        (cd /jail && chroot /jail /bin/busybox sh -c 'cd t; mv jailed twice')
        mkdir -m 777 /tmp/open /tmp/open/in
        ./netlink - user=1000 renames=/tmp/open/in >/tmp/renamed
        wait_for 'back$' /tmp/out
        stop_client
        pid=$(sed -n 's/^renamed //p' /tmp/renamed)
        want "a rename by absolute names" '^rename [0-9]+ [0-9]+ 0 /tmp/d/b$' /tmp/out
        want "a relative name after the directory, as it was given" '^rename [0-9]+ [0-9]+ 0 /tmp/d/\./e/\.\./c$' /tmp/out
        want "a directory" '^rename [0-9]+ [0-9]+ 0 /tmp/d/folder$' /tmp/out
        grep -q such /tmp/out && bad "what failed is not told" || ok "what failed is not told"
        want "in another root by the host's path" '^rename [0-9]+ [0-9]+ 0 /jail/t/jailed$' /tmp/out
        want "by a relative name there" '^rename [0-9]+ [0-9]+ 0 /jail/t/twice$' /tmp/out
        want "by a descriptor, of a user, by the process and its parent" "^rename $pid $$ 1000 /tmp/open/in/by-at\$" /tmp/out
        want "an exchange" "^rename $pid $$ 1000 /tmp/open/in/\./by-at\$" /tmp/out
        want "out of the directory" "^rename $pid $$ 1000 /tmp/open/in/\.\./back\$" /tmp/out
        [ "$(grep -c ^rename /tmp/out)" = 8 ] && ok "one event a rename, no other" || { bad "one event a rename"; cat /tmp/out; }
        [ "$(lost)" = 0 ] && ok "none is lost" || bad "$(lost) are lost"
        client /tmp/out hello listen
        chroot /tmp/jail /bin/busybox mv /a /b
        [ "$(lost)" = 1 ] && ok "a root on another mount is counted as lost" || bad "$(lost) lost with a root on another mount"
        stop_client
        grep -q ^rename /tmp/out && bad "and not told by a wrong path" || ok "and not told by a wrong path"
        wait_rings 0 "the ring goes with its peer"
}
netlink_order() {
        client /tmp/out buffer=8388608 hello listen
        ./storm /tmp/d 5000 >/dev/null
        wait_for 'storm.[ab]' /tmp/out
        stop_client
        sed -n 's,^rename .*/tmp/d/\|^rename .* storm,storm,p; s,^rename .*storm\.,storm.,p' /tmp/out >/tmp/order
        awk '{ if ($0 == last) wrong++; last = $0; n++ } END { print n + 0, wrong + 0 }' /tmp/order >/tmp/counts
        [ "$(cat /tmp/counts)" = "5000 0" ] && ok "5000 renames to and fro in order" || bad "renames, out of order: $(cat /tmp/counts)"
}
netlink_full() {
        before=$(lost)
        rm -f /tmp/go
        client /tmp/out buffer=4096 hello quietly quiet=/tmp/go listen end
        ./storm /tmp/d 60000 >/dev/null
        : >/tmp/go
        sleep 3
        stop_client
        got=$(sed -n 's/^events //p' /tmp/out) gone=$(($(lost) - before))
        [ "$gone" -gt 0 ] && [ $((got + gone)) = 60000 ] && ok "a peer that does not read: $got events come, $gone are counted as lost, none is forgotten" ||
                bad "a peer that does not read: $got events, $gone lost of 60000"
}
netlink_refusals() {
        steps "another version is refused" '^hello: 93 another version' hello=2
        wait_rings 0 "and is no peer"
        steps "a missing attribute is refused" '^opts-short: 22 log level and filter' opts-short
        steps "an attribute too short is refused" '^opts-cut: (22|34)' opts-cut
        steps "a user without CAP_NET_ADMIN is refused" '^hello: 1' user=1000 hello
        steps "another network has no such family" '^family: 2' netns
        client /tmp/out hello listen
        steps "a second peer is refused" '^hello: 16 another program' hello
        steps "its options too" '^opts: 16' opts=5,0
        mv /tmp/d/folder /tmp/d/again
        wait_for again /tmp/out
        want "the first one goes on" '/tmp/d/again$' /tmp/out
        kill -9 $client; wait $client 2>/dev/null
        wait_rings 0 "a killed peer leaves nothing"
        client /tmp/out opts=5,0 hello listen
        mv /tmp/d/again /tmp/d/folder
        want "after it another one may come, by its options too" '^opts: 0' /tmp/out
        sleep 1; stop_client
        grep -q ^rename /tmp/out && bad "the filter 0 lets nothing through" || ok "the filter 0 lets nothing through"
        grep -q 'of another peer\|Oops' /tmp/out && bad "no oops"
        client /tmp/out hello count=1
        mv /tmp/d/folder /tmp/d/again; wait $client
        want "the next peer has no filter" '^rename .*/tmp/d/again$' /tmp/out
}
slab() { awk '/^SUnreclaim/ { print $2 }' /proc/meminfo; }
netlink_fuzz() { # messages
        ./netlink $spoken quietly fuzz=1,500 >/tmp/out 2>&1 # what is made at first use
        wait_rings 0 "after some messages of all kinds no ring is left"
        before=$(slab)
        ./netlink $spoken quietly fuzz=2,"$1" end >/tmp/out 2>&1
        want "$1 messages of all kinds: $(sed -n 's/^\(taken .*\)/\1/p' /tmp/out)" '^taken [1-9][0-9]* refused [1-9]' /tmp/out
        wait_rings 0 "and none after"
        grown=$(($(slab) - before))
        [ $grown -lt 2048 ] && ok "they leave no memory behind ($grown KiB)" || bad "they leave $grown KiB behind"
}
netlink_case() {
        tool load ampfsm && ok "ampfsm loads" || bad "ampfsm loads"
        netlink_events
        netlink_order
        netlink_full
        netlink_refusals
        netlink_fuzz "$(sed -n 's/.*messages=\([0-9]*\).*/\1/p' /proc/cmdline)"
        client /tmp/out hello listen
        rmmod ampfsm && ok "the module goes under its peer" || bad "the module goes under its peer"
        stop_client
        clean_log
}
