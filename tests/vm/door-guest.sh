# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest of door.sh.
T=/srv/t RELEASE=9.9.9-1-amd64 n=0 bad=0
logs=$T/var/log

result() { # STATUS NAME
        n=$((n + 1))
        if [[ $1 == 0 ]]; then echo "ok $n - $2"; else
                echo "not ok $n - $2"
                sed "s/^/# /" /tmp/said | tail -30
                bad=1
        fi
}

# Nothing of this system is other than it was.
untouched() {
        [[ $(cat /proc/sys/kernel/core_pattern) == core ]] || { echo "core_pattern was written" >>/tmp/said; return 1; }
        [[ $(cat /secret-of-the-host) == secret ]] || { echo "a file outside was written" >>/tmp/said; return 1; }
        [[ $(hostname) == "$name" ]] || { echo "the name was changed" >>/tmp/said; return 1; }
        [[ -z $(find /etc /usr /secret-of-the-host /escaped -newer /run/stamp 2>/dev/null) ]] || { echo "changed: $(find /etc /usr -newer /run/stamp)" >>/tmp/said; return 1; }
}

# The program ran and said of each way that it was held.
held() { # FILE
        [[ $(grep -c '^held ' "$1") -ge 27 ]] && ! grep -q '^ESCAPED' "$1"
}

name=$(hostname)
sleep 1.1
: >/run/stamp

mount -t proc proc $T/proc
chroot $T /usr/bin/escape >/tmp/said
umount $T/proc
echo # where TIOCSTI typed
[[ $(cat /proc/sys/kernel/core_pattern) == "|/escaped" ]] && grep -q '^ESCAPED double-chroot' /tmp/said
result $? "outside of the door it does write the kernel's files"
echo core >/proc/sys/kernel/core_pattern
echo secret >/secret-of-the-host
rm -f $logs/escape.*
sleep 1.1
: >/run/stamp

for profile in resolve transaction build; do
        for net in "" 1; do
                ${net:+env DOOR_NET=1} door $T $profile /usr/bin/escape >/tmp/said 2>&1
                held /tmp/said && untouched
                result $? "$profile${net:+ with the network}: 27 ways, each held"
        done
done

rm -f $logs/escape.*
secep-repair --root $T --fault 5 --json >/tmp/said 2>&1
[[ $? == 0 && ! -e $logs/escape.nss ]] && untouched
result $? "the NSS module of the root is not loaded for its accounts"

secep-repair --root $T --fault 11 --kernel $RELEASE --plan >/tmp/said 2>&1
[[ ! -e $logs/escape.attack ]] && untouched
result $? "a plan writes nothing into the root, whatever its apt methods do"

secep-repair --root $T --fault 11 --kernel $RELEASE --timeout 30 >/tmp/said 2>&1
[[ ! -e $logs/escape.attack ]] || held $logs/escape.attack && untouched
result $? "an apt method got nowhere"

# Without these: the methods of apt load the NSS module too, and it writes where they should.
rm -f $T/etc/apt/sources.list.d/attack.list $logs/escape.*
sed -i 's/attack //' $T/etc/nsswitch.conf
secep-repair --root $T --fault 11 --kernel $RELEASE >/tmp/said 2>&1
held $logs/escape.escape && untouched
result $? "the scriptlet of a package ran and got nowhere"

kmod-tool $T $RELEASE install ampfsm >/tmp/said 2>&1
status=$?
cat $T/var/log/secep/build-* >>/tmp/said 2>/dev/null
[[ $status != 0 && ! -e $logs/escape.setpriv ]] && untouched && ! grep -q ESCAPED /tmp/said
result $? "make, compiler and setpriv of the root get nowhere"
grep -q 'held core-pattern' /tmp/said
result $? "and its make did run"

for f in $T/usr/src/linux-headers-$RELEASE/scripts/sign-file; do cp $T/usr/bin/escape "$f"; done
rm -f $logs/escape.*
door $T transaction /usr/src/linux-headers-$RELEASE/scripts/sign-file >/tmp/said 2>&1
held $logs/escape.sign-file && untouched
result $? "sign-file got nowhere"
echo "1..$n"
exit $bad
