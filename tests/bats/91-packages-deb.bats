#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The .deb packages: what lintian says, and their life in a root that has apt alone.
# What runs inside is in single quotes.
# shellcheck disable=SC2016
bats_require_minimum_version 1.5.0
load ../lib/roots

setup_file() {
        export SECEP_LACKS=
        local tool
        for tool in dpkg-buildpackage dh lintian; do
                command -v $tool >/dev/null || SECEP_LACKS="$tool (tests/deps.sh package)"
        done
        [[ -n $SECEP_LACKS ]] || DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" make -s -C "$TOP" BUILD="$BUILD" deb >"$BATS_FILE_TMPDIR/make" 2>&1 || {
                tail -n 30 "$BATS_FILE_TMPDIR/make" >&2
                return 1
        }
}

setup() {
        [[ -z $SECEP_LACKS ]] || skip "this machine lacks $SECEP_LACKS"
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks mounts of our own (SECEP_TEST_MOUNTS=private)"
}

teardown() {
        [[ -z ${ROOT:-} ]] || root_drop
}

# A fresh root with our packages at /pk.
fresh() {
        root_copy small
        mkdir "$ROOT/pk"
        cp "$BUILD"/packages/secep*.deb "$ROOT/pk/"
        rm -f "$ROOT"/pk/*-dbgsym_*
        mount -t proc proc "$ROOT/proc"
        mount --bind /dev "$ROOT/dev"
        cp -L /etc/resolv.conf "$ROOT/etc/resolv.conf" 2>/dev/null || :
        inside 'apt-get -qq update'
}

inside() { DEBIAN_FRONTEND=noninteractive chroot "$ROOT" sh -ec "$1"; }

ours() {
        inside 'find / -xdev \( -path /pk -o -path /proc -o -path /dev \) -prune -o -name "*secep*" -print | sort'
}

@test "lintian finds no error" {
        run lintian --pedantic --tag-display-limit 0 "$BUILD"/packages/secep*.changes
        echo "$output"
        [[ $output != *"E: "* ]]
}

@test "apt alone installs it; it works, speaks Portuguese, has its man page; an upgrade, a purge leaves nothing" {
        fresh
        inside 'apt-get -y -qq -o Dpkg::Use-Pty=0 install --no-install-recommends /pk/secep_*.deb /pk/secep-apt_*.deb'
        run inside 'ldd /usr/sbin/secep-repair /usr/sbin/secep-installer /usr/lib/secep/*.so'
        [[ $output != *"not found"* ]]
        run inside 'secep-repair --fault 5 --check'
        [[ $status == 1 && $output == *"scan-user"* ]]
        run inside 'LC_ALL=pt_BR.UTF-8 secep-repair --fault 5 --check'
        echo "$output"
        [[ $status == 1 && $output == *"conector"* ]]
        inside 'test -s /usr/share/man/man8/secep-repair.8.gz && getent passwd secep-build'

        # the operator's own words outlive an upgrade, a downgrade and a removal
        inside 'echo ScanRestartLimit=5 >>/etc/secep/secep.conf; md5sum /etc/secep/secep.conf >/pk/sum'
        inside 'mkdir /pk/n && cd /pk/n && dpkg-deb -R ../secep_*.deb x && sed -i "s/^Version: .*/Version: 9/;s/secep-apt (= [^)]*)/secep-apt/" x/DEBIAN/control && dpkg-deb -b x ../secep9.deb >/dev/null
                dpkg -i /pk/secep9.deb && dpkg -s secep | grep "^Version: 9"
                dpkg -i /pk/secep_*.deb && md5sum -c /pk/sum
                dpkg -r secep && md5sum -c /pk/sum && dpkg -i /pk/secep_*.deb && md5sum -c /pk/sum'
        inside 'apt-get -y -qq -o Dpkg::Use-Pty=0 purge secep secep-apt'
        # the account of sysusers.d stays, as the distribution has it
        [[ -z $(ours) ]]
}

@test "a plain dpkg -i of the connector is noticed: a check is queued, and dpkg is not failed" {
        fresh
        inside 'apt-get -y -qq -o Dpkg::Use-Pty=0 install --no-install-recommends /pk/secep_*.deb /pk/secep-apt_*.deb'
        cp "$BUILD/tests/standin/ciscoampconnector.deb" "$ROOT/pk/"
        run inside 'dpkg -i /pk/ciscoampconnector.deb'
        echo "$output"
        [[ $status == 0 && $output == *"a check of the connector is queued; no systemd runs here"* ]]
        [[ -e $ROOT/var/lib/secep/pending/new/5 ]]
}

@test "prerm puts back a run that was cut off" {
        fresh
        inside 'apt-get -y -qq -o Dpkg::Use-Pty=0 install --no-install-recommends /pk/secep_*.deb /pk/secep-apt_*.deb'
        # secep-installer's on-disk toggle, its program killed: login.defs is left as yes
        inside 'sed -i "s/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/" /etc/login.defs; cp /etc/login.defs /pk/defs'
        run inside 'setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin sh -c "secep-installer with-usergroups -- sh -c \"kill -9 \\\$PPID\""'
        run ! cmp "$ROOT/etc/login.defs" "$ROOT/pk/defs"
        run inside 'dpkg -r secep'
        echo "$output"
        [[ $status == 0 && $output != *"could not be put back"* ]]
        cmp "$ROOT/etc/login.defs" "$ROOT/pk/defs"
}

@test "hooks that cannot do their work: status 0, one line, under 50 ms" {
        fresh
        inside 'apt-get -y -qq -o Dpkg::Use-Pty=0 install --no-install-recommends /pk/secep_*.deb /pk/secep-apt_*.deb'
        local hook
        for hook in 'postinst triggered /opt/cisco/amp/bin' 'posttrans 1' connector-changed 'prerm upgrade 9'; do
                mkdir -p "$ROOT/opt/cisco/amp/bin" && touch "$ROOT/opt/cisco/amp/bin/ampdaemon"
                # a full disk
                mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs "$ROOT/var"
                run inside "secep-installer $hook"
                umount "$ROOT/var"
                echo "full: $output"
                [[ $status == 0 && $(wc -l <<<"$output") -le 1 ]]
                [[ $hook == prerm* || $output == *"could not be queued"*"run later: secep-repair --all"* ]]
                # a read-only /var, as at an image's build
                mount --bind "$ROOT/var" "$ROOT/var" && mount -o remount,bind,ro "$ROOT/var"
                run inside "rm -f /nothing; secep-installer $hook"
                umount "$ROOT/var"
                echo "read-only: $output"
                [[ $status == 0 && $(wc -l <<<"$output") -le 1 ]]
                # a configuration that cannot be read
                cp "$ROOT/etc/secep/secep.conf" "$ROOT/pk/conf" && echo nonsense >>"$ROOT/etc/secep/secep.conf"
                run inside "secep-installer $hook"
                cp "$ROOT/pk/conf" "$ROOT/etc/secep/secep.conf"
                [[ $status == 0 && $(wc -l <<<"$output") -le 1 ]]
                # a store that a run holds: nothing is waited for where nothing is to be put back
                inside 'mkdir -p -m 0700 /var/lib/secep; touch /var/lib/secep/lock'
                run inside "flock /var/lib/secep/lock timeout 5 secep-installer $hook"
                [[ $status == 0 ]]
        done
        # instructions do not grow with the machine's load, time does: the least of ten
        local best=1000000 begin now
        for _ in 1 2 3 4 5 6 7 8 9 10; do
                begin=${EPOCHREALTIME/./}
                chroot "$ROOT" /usr/sbin/secep-installer connector-changed 2>/dev/null
                now=${EPOCHREALTIME/./}
                ((now - begin >= best)) || best=$((now - begin))
        done
        echo "$best microseconds"
        ((best < 50000))
}
