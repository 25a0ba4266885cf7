#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The .deb through its whole life on a Debian root, by apt and dpkg: beside the connector's package, over
# an upgrade, a downgrade and a run that was cut off, to a purge that leaves nothing.
bats_require_minimum_version 1.5.0
# bats file_tags=slow,waits
load ../lib/roots
load ../lib/nspawn
load ../lib/ourpackages
load ../lib/signed
load ../lib/ourlife
# What runs inside is in single quotes.
# shellcheck disable=SC2016

# for ourlife.bash
# shellcheck disable=SC2034
{
        OURS=(/srv/secep.deb /srv/secep-apt.deb)
        NEXT=(/srv/next/secep.deb /srv/next/secep-apt.deb)
        CONNECTOR=/srv/connector.deb PLUGIN=secep-apt
        PUT=(dpkg -i) UP=(dpkg -i) OFF=(dpkg -r)
        CONNECTOR_AGAIN='dpkg-trigger --no-await /opt/cisco/amp/bin; dpkg --triggers-only -a'
}

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
        rm -rf "$ROOT/var/lib/apt/lists"/*
        life_begin
}

teardown() {
        root_drop
        keys_end
}

install_ours() {
        inside apt-get -qy -o Dpkg::Use-Pty=0 install --no-install-recommends "${OURS[@]}"
}

life_release() { # 1|2
        local version=0.2.0-1
        [[ $1 == 1 ]] || version+=.next
        [[ $(inside dpkg-query -Wf '${Version} ${db:Status-Abbrev}' secep) == "$version ii " ]]
}

@test "apt installs it alone; the connector's plain dpkg -i is fault 5, which is queued and cleared" {
        install_ours
        [[ -z $(inside dpkg --audit) ]]
        [[ -e $ROOT/usr/share/man/pt_BR/man8/secep-repair.8.gz && -e $ROOT/usr/share/man/man8/secep-repair.8.gz ]]
        life_connector_noticed
}

@test "upgrade, downgrade, reinstallation, removal: what the operator changed stays; purge leaves nothing" {
        inside dpkg -i "$CONNECTOR"
        inside systemd-sysusers --inline 'u secep-build - "builds kernel modules for secep"' # Debian's accounts stay
        manifest "$ROOT" >"$COPY/before"
        install_ours
        echo '# mine' >>"$ROOT/etc/secep/secep.conf"
        life_steps "dpkg -i ${NEXT[*]}:2" "dpkg -i ${OURS[*]}:1" 'dpkg -i /srv/secep.deb:1'
        inside dpkg -r secep secep-apt
        [[ ! -e $ROOT/usr/sbin/secep-repair ]]
        life_operators
        install_ours
        tail -1 "$ROOT/etc/secep/secep.conf" | grep -qx '# mine'
        inside dpkg -P secep secep-apt
        [[ $(cat "$ROOT/etc/secep/of-mine") == operator ]]
        rm -r "$ROOT/etc/secep"
        life_as_before manifest
}

@test "a run that was cut off is recovered before our programs go" {
        inside dpkg -i "$CONNECTOR"
        install_ours
        life_cut_off_run
        [[ -z $(cut_off_runs) && -n $(ls "$ROOT/var/lib/secep/runs") ]]
}

@test "half-broken: a state directory that is a file, a full disk of it, none of /var writable: dpkg is content" { life_half_broken; }

@test "under systemd: units start, a plain dpkg -i is repaired by itself, an upgrade restarts, a purge stops" {
        life_needs_systemd
        life_under_systemd 'dpkg -P secep secep-apt'
}

@test "what the hooks queued without systemd, and while nothing served it, is done after the next boot" {
        life_needs_systemd
        life_after_next_boot
}

@test "under systemd, each from a half-broken state: what a purge leaves is what was before" {
        life_needs_systemd
        life_leaves_nothing '
                works() { [[ -z $(dpkg --audit) ]] && systemctl is-active secep-monitord secep-repair-pending.path && secep-repair --help >/dev/null; }
                # cut off before it was configured; upgraded from there
                dpkg --unpack "${ours[@]}"
                dpkg -i "${next[@]}"
                works
                # a downgrade cut off in the same place
                dpkg --unpack "${ours[@]}"
                dpkg --configure -a
                works
                # programs and units gone: reinstalled
                rm /usr/sbin/secep-* /usr/lib/systemd/system/secep-*
                dpkg -i /srv/secep.deb
                works
                # no state directory: upgraded
                rm -rf /var/lib/secep; echo x >/var/lib/secep
                dpkg -i "${next[@]}"
                rm /var/lib/secep
                # programs and units gone: removed
                rm /usr/sbin/secep-* /usr/lib/systemd/system/secep-*
                dpkg -r secep secep-apt
                # removed, then cut off while it came back: purged
                dpkg --unpack "${ours[@]}"
                dpkg -P secep secep-apt'
}

@test "under systemd: the connector by secep-installer install, until the monitor says that all nine are clear" {
        life_needs_systemd
        life_until_clear deb '
                # what is left is named
                rm /opt/cisco/amp/etc/policy.xml
                printf "[debian-10]\nDistribution=debian\nKernel=-1.1\n" >/etc/secep/kernel-compat.conf
                status=0; timeout 300 secep-installer reinstall /srv/connector.deb >/result/said 2>&1 || status=$?
                cat /result/said
                grep "secep-monitord has not reported these as clear: .*16" /result/said
                [[ $status == 1 || $status == 4 ]]'
}
