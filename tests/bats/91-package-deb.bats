#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The .deb through its whole life on a Debian root, by apt and dpkg: beside the connector's package, over
# an upgrade, a downgrade and a run that was cut off, to a purge that leaves nothing.
bats_require_minimum_version 1.5.0
# bats file_tags=slow
load ../lib/roots
load ../lib/nspawn
load ../lib/ourpackages
load ../lib/signed
# What runs inside is in single quotes.
# shellcheck disable=SC2016

NAME=cisco-amp-scan-svc

setup_file() {
        local lacks
        lacks=$(our_packages_lack dh)
        [[ -z $lacks ]] || return 0
        our_debs "$BATS_FILE_TMPDIR/debs"
        our_debs_next "$BATS_FILE_TMPDIR/debs" "$BATS_FILE_TMPDIR/next" 0.2.0-1.next
}

setup() {
        local lacks name
        lacks=$(our_packages_lack dh)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        root_copy service
        rm -f "$ROOT"/etc/dpkg/dpkg.cfg.d/*mmdebstrap
        mkdir -p "$ROOT/srv/next"
        for name in secep secep-apt; do
                cp "$BATS_FILE_TMPDIR/debs/${name}"_*.deb "$ROOT/srv/$name.deb"
                cp "$BATS_FILE_TMPDIR/next/${name}"_*.deb "$ROOT/srv/next/$name.deb"
        done
        cp "$BUILD/tests/standin/ciscoampconnector.deb" "$ROOT/srv/connector.deb"
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB\tno/' "$ROOT/etc/login.defs"
        cp "$ROOT/etc/login.defs" "$COPY/login.defs"
        cp "$ROOT/etc/login.defs" "$ROOT/srv/login.defs"
        rm -rf "$ROOT/var/lib/apt/lists"/*
}

teardown() {
        root_drop
        keys_end
}

install_ours() {
        inside apt-get -qy -o Dpkg::Use-Pty=0 install --no-install-recommends /srv/secep{,-apt}.deb
}

version_is() {
        [[ $(inside dpkg-query -Wf '${Version} ${db:Status-Abbrev}' secep) == "$1 ii " ]]
}

@test "apt installs it alone; the connector's plain dpkg -i is fault 5, which is queued and cleared" {
        install_ours
        [[ -z $(inside dpkg --audit) ]]
        [[ $(inside sh -c 'ldd /usr/sbin/secep-* /usr/lib/secep/*.so') != *"not found"* ]]
        [[ $(inside env LANGUAGE=pt_BR LC_ALL=C.UTF-8 secep-repair --help) == *"falha"* ]]
        [[ -e $ROOT/usr/share/man/pt_BR/man8/secep-repair.8.gz && -e $ROOT/usr/share/man/man8/secep-repair.8.gz ]]
        python3 "$TOP/tests/lib/sbom_check.py" "$ROOT/usr/share/secep/secep.cdx.json" | grep "^libjansson.so.4 "
        [[ ! -e $ROOT/var/lib/secep/pending/new/5 ]]
        inside dpkg -i /srv/connector.deb
        grep -q "^$NAME:" "$ROOT/etc/passwd"
        run ! grep -q "^$NAME:" "$ROOT/etc/group"
        [[ -e $ROOT/var/lib/secep/pending/new/5 ]]
        run inside secep-repair --fault 5 --check
        [[ $status == 1 && $output == *USERGROUPS_ENAB* ]]
        # a check alone, for Repair= does not name it; then the repair
        inside secep-installer run-pending || :
        run ! grep -q "^$NAME:" "$ROOT/etc/group"
        echo 'Repair=5' >>"$ROOT/etc/secep/secep.conf"
        inside dpkg-trigger --no-await /opt/cisco/amp/bin
        inside dpkg --triggers-only -a
        inside secep-installer run-pending
        grep -q "^$NAME:" "$ROOT/etc/group"
        cmp "$ROOT/etc/login.defs" "$COPY/login.defs"
}

@test "upgrade, downgrade, reinstallation, removal: what the operator changed stays; purge leaves nothing" {
        inside dpkg -i /srv/connector.deb
        inside systemd-sysusers --inline 'u secep-build - "builds kernel modules for secep"' # Debian's accounts stay
        manifest "$ROOT" >"$COPY/before"
        install_ours
        echo '# mine' >>"$ROOT/etc/secep/secep.conf"
        inside secep-repair --fault 5
        [[ -n $(ls "$ROOT/var/lib/secep/runs") ]]
        for step in 'dpkg -i /srv/next/secep.deb /srv/next/secep-apt.deb:0.2.0-1.next' \
                'dpkg -i /srv/secep.deb /srv/secep-apt.deb:0.2.0-1' \
                'dpkg -i /srv/secep.deb:0.2.0-1'; do
                inside sh -ec "${step%:*}"
                version_is "${step##*:}"
                tail -1 "$ROOT/etc/secep/secep.conf" | grep -qx '# mine'
                [[ -n $(ls "$ROOT/var/lib/secep/runs") ]]
        done
        inside secep-repair --undo last
        echo operator >"$ROOT/etc/secep/of-mine"
        inside dpkg -r secep secep-apt
        [[ ! -e $ROOT/usr/sbin/secep-repair && -n $(ls "$ROOT/var/lib/secep/runs") ]]
        tail -1 "$ROOT/etc/secep/secep.conf" | grep -qx '# mine'
        install_ours
        tail -1 "$ROOT/etc/secep/secep.conf" | grep -qx '# mine'
        inside dpkg -P secep secep-apt
        [[ $(cat "$ROOT/etc/secep/of-mine") == operator ]]
        rm -r "$ROOT/etc/secep"
        manifest "$ROOT" >"$COPY/after"
        diff "$COPY/before" "$COPY/after"
        ours_left | tee "$COPY/left"
        [[ ! -s $COPY/left ]]
}

@test "a run that was cut off is recovered before our programs go" {
        inside dpkg -i /srv/connector.deb
        install_ours
        cut_off_a_run
        cut_off_runs | grep .
        with_journal inside dpkg -r secep secep-apt
        grep "run .* was cut off: what was temporary is put back" "$COPY/journal"
        [[ -z $(cut_off_runs) && -n $(ls "$ROOT/var/lib/secep/runs") ]]
        [[ ! -e $ROOT/usr/sbin/secep-repair ]]
}

@test "half-broken: a state directory that is a file, a full disk of it, none of /var writable: dpkg is content" {
        local breakage
        for breakage in 'rm -rf /var/lib/secep; echo x >/var/lib/secep' \
                'mkdir -p /var/lib/secep; mount -t tmpfs -o size=4k,nr_inodes=2 tmpfs /var/lib/secep' \
                'mkdir -p /var/lib/secep; mount -t tmpfs -o ro tmpfs /var/lib/secep'; do
                run inside sh -ec "$breakage
                        dpkg -i /srv/secep.deb /srv/secep-apt.deb /srv/connector.deb"
                echo "$output"
                [[ $status == 0 && $output == *"could not be queued"* && $output == *"secep-repair --all"* ]]
                version_is 0.2.0-1
                inside sh -ec "$breakage
                        dpkg -r secep secep-apt ciscoampconnector"
                rm -rf "$ROOT/var/lib/secep"
        done
}

@test "under systemd: units start, a plain dpkg -i is repaired by itself, an upgrade restarts, a purge stops" {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        mkdir -p "$ROOT/result"
        boot 'export DEBIAN_FRONTEND=noninteractive
                monitor() { systemctl show -P MainPID secep-monitord; }
                own_group() { grep -q ^cisco-amp-scan-svc: /etc/group; }
                dpkg -i /srv/secep.deb /srv/secep-apt.deb
                systemctl is-active secep-monitord secep-repair-pending.path secep-repair-pending.timer
                echo Repair=5 >>/etc/secep/secep.conf
                dpkg -i /srv/connector.deb
                soon 60 own_group
                cmp /etc/login.defs /srv/login.defs
                before=$(monitor)
                dpkg -i /srv/next/secep.deb /srv/next/secep-apt.deb
                systemctl is-active secep-monitord secep-repair-pending.path
                [[ $(monitor) != "$before" && $(monitor) != 0 ]]
                dpkg -r secep secep-apt
                not systemctl is-active secep-monitord secep-repair-pending.path
                not pgrep -x secep-monitord
                dpkg -P secep secep-apt
                systemctl list-unit-files "secep-*" >/result/units
                not grep -E "secep-(monitord|repair|ampcli)" /result/units
                not ls -d /var/lib/secep /etc/secep /run/secep /var/log/secep'
}

@test "what the hooks queued without systemd, and while nothing served it, is done after the next boot" {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        install_ours
        echo Repair=5 >>"$ROOT/etc/secep/secep.conf"
        inside dpkg -i /srv/connector.deb
        [[ -e $ROOT/var/lib/secep/pending/new/5 ]]
        run ! grep "^$NAME:" "$ROOT/etc/group"
        mkdir -p "$ROOT/result"
        boot 'served() { grep -q ^cisco-amp-scan-svc: /etc/group && [[ ! -e /var/lib/secep/pending/new/5 ]]; }
                soon 120 served
                cmp /etc/login.defs /srv/login.defs
                systemctl stop secep-repair-pending.path secep-repair-pending.timer secep-repair-pending.service secep-monitord
                sed -i /^cisco-amp-scan-svc:/d /etc/group /etc/gshadow
                dpkg-trigger --no-await /opt/cisco/amp/bin; dpkg --triggers-only -a
                [[ -e /var/lib/secep/pending/new/5 ]]'
        run ! grep "^$NAME:" "$ROOT/etc/group"
        rm "$ROOT/result/status"
        boot 'served() { grep -q ^cisco-amp-scan-svc: /etc/group && [[ ! -e /var/lib/secep/pending/new/5 ]]; }
                soon 120 served
                secep-repair --fault 5 --check
                cmp /etc/login.defs /srv/login.defs'
}

@test "under systemd, each from a half-broken state: what a purge leaves is what was before" {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        inside dpkg -i /srv/connector.deb
        inside systemd-sysusers --inline 'u secep-build - "builds kernel modules for secep"'
        mkdir -p "$ROOT/result"
        boot true # what a first boot makes
        booted_manifest "$ROOT" >"$COPY/before"
        rm "$ROOT/result/status"
        boot 'export DEBIAN_FRONTEND=noninteractive
                works() { [[ -z $(dpkg --audit) ]] && systemctl is-active secep-monitord secep-repair-pending.path && secep-repair --help >/dev/null; }
                # cut off before it was configured; upgraded from there
                dpkg --unpack /srv/secep.deb /srv/secep-apt.deb
                dpkg -i /srv/next/secep.deb /srv/next/secep-apt.deb
                works
                # a downgrade cut off in the same place
                dpkg --unpack /srv/secep.deb /srv/secep-apt.deb
                dpkg --configure -a
                works
                # programs and units gone: reinstalled
                rm /usr/sbin/secep-* /usr/lib/systemd/system/secep-*
                dpkg -i /srv/secep.deb
                works
                # no state directory: upgraded
                rm -rf /var/lib/secep; echo x >/var/lib/secep
                dpkg -i /srv/next/secep.deb /srv/next/secep-apt.deb
                rm /var/lib/secep
                # programs and units gone: removed
                rm /usr/sbin/secep-* /usr/lib/systemd/system/secep-*
                dpkg -r secep secep-apt
                # removed, then cut off while it came back: purged
                dpkg --unpack /srv/secep.deb /srv/secep-apt.deb
                dpkg -P secep secep-apt
                not pgrep -f /usr/sbin/secep-
                not grep secep <(systemctl list-units --plain --no-legend "secep-*" | grep -v secep-test)'
        booted_manifest "$ROOT" >"$COPY/after"
        diff "$COPY/before" "$COPY/after"
        ours_left | grep -v '/secep-test\.service$' | tee "$COPY/left"
        [[ ! -s $COPY/left ]]
}

# The connector, with a policy that wants no monitors: what this machine's kernel can is not asked here.
@test "under systemd: the connector by secep-installer install, until the monitor says that all nine are clear" {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        keys_begin
        FPR=$(key_make vendor)
        deb_sign "$ROOT/srv/connector.deb" vendor
        install -D -m 0644 "$KEYS/vendor.gpg" "$ROOT/etc/secep/vendor-key.gpg"
        install -D -m 0644 "$TOP/tests/trees/kernel-headers-off/root/opt/cisco/amp/etc/policy.xml" "$ROOT/opt/cisco/amp/etc/policy.xml"
        mkdir -p "$ROOT/result"
        BOOT_LIMIT=400 boot "FPR=$FPR"'
                export DEBIAN_FRONTEND=noninteractive
                condition() { jq -r ".faults[].condition" /run/secep/faults.json | sort | uniq -c | xargs; }
                dpkg -i /srv/secep.deb /srv/secep-apt.deb
                echo "VendorKey=$FPR" >>/etc/secep/secep.conf
                systemctl is-active secep-monitord secep-ampcli.path
                status=0; timeout 300 secep-installer install /srv/connector.deb >/result/said 2>&1 || status=$?
                cat /result/said /run/secep/faults.json
                grep "secep-monitord reports all nine faults clear" /result/said
                [[ $status == 0 && $(condition) == "9 cleared" ]]
                grep ^cisco-amp-scan-svc: /etc/passwd; grep ^cisco-amp-scan-svc: /etc/group
                cmp /etc/login.defs /srv/login.defs
                [[ $(ps -o user:32= -C ampscansvc | sort -u) == cisco-amp-scan-svc ]]
                # what is left is named
                rm /opt/cisco/amp/etc/policy.xml
                printf "[debian-10]\nDistribution=debian\nKernel=-1.1\n" >/etc/secep/kernel-compat.conf
                status=0; timeout 300 secep-installer reinstall /srv/connector.deb >/result/said 2>&1 || status=$?
                cat /result/said
                grep "secep-monitord has not reported these as clear: .*16" /result/said
                [[ $status == 1 || $status == 4 ]]'
}
