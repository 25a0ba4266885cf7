#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The .rpm through its whole life, by real dnf and rpm in a root whose libraries are Debian's: a package
# host-libraries says so to rpm. Beside the connector's package, its triggers, an upgrade, a downgrade, a
# run that was cut off, and an erasure that leaves nothing.
bats_require_minimum_version 1.5.0
# bats file_tags=slow
load ../lib/roots
load ../lib/nspawn
load ../lib/rpms
load ../lib/ourpackages
load ../lib/signed
load ../lib/ourlife
# What runs inside is in single quotes.
# shellcheck disable=SC2016

# for ourlife.bash
# shellcheck disable=SC2034
{
        OURS=(/srv/secep.rpm /srv/secep-rpm.rpm)
        NEXT=(/srv/next/secep.rpm /srv/next/secep-rpm.rpm)
        CONNECTOR=/srv/connector.rpm PLUGIN=secep-rpm
        PUT=(rpm -i) UP=(rpm -U) OFF=(rpm -e)
        CONNECTOR_AGAIN='rpm -U --replacepkgs /srv/connector.rpm'
}

setup_file() {
        local lacks
        lacks=$(our_packages_lack rpmbuild)
        [[ -z $lacks ]] || return 0
        our_rpms "$BATS_FILE_TMPDIR/rpms" 1
        our_rpms "$BATS_FILE_TMPDIR/next" 2
        "$TOP/tests/connector/pack.sh" rpm "$BUILD/tests/standin" "$BATS_FILE_TMPDIR/connector.rpm"
}

setup() {
        local lacks
        lacks=$(our_packages_lack rpmbuild)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        our_rpm_root "$BATS_FILE_TMPDIR"
        cp "$BATS_FILE_TMPDIR/connector.rpm" "$ROOT/srv/"
        life_begin
}

teardown() {
        root_drop
        keys_end
}

life_release() { # 1|2
        [[ $(inside rpm -q --qf '%{RELEASE}\n' secep) == "$1" ]]
}

@test "dnf installs it alone; the connector's plain rpm -i is fault 5, which is queued and cleared" {
        inside dnf -qy install "${OURS[@]}"
        inside rpm -V secep secep-rpm
        [[ $(inside rpm -qf /usr/share/secep/secep.cdx.json) == secep-0* ]]
        [[ -L $ROOT/etc/systemd/system/multi-user.target.wants/secep-monitord.service ]]
        life_connector_noticed
}

@test "upgrade, downgrade, reinstallation: what the operator changed stays; erasure leaves nothing" {
        inside rpm -i "$CONNECTOR"
        inside systemd-sysusers --inline 'u secep-build - "builds kernel modules for secep"' # rpm removes no account
        manifest "$ROOT" >"$COPY/before"
        inside dnf -qy install "${OURS[@]}"
        echo '# mine' >>"$ROOT/etc/secep/secep.conf"
        life_steps "dnf -qy upgrade ${NEXT[*]}:2" "dnf -qy downgrade ${OURS[*]}:1" 'rpm -U --replacepkgs /srv/secep.rpm:1' "rpm -U ${NEXT[*]}:2"
        inside dnf -qy remove secep secep-rpm
        [[ $(cat "$ROOT/etc/secep/of-mine") == operator ]]
        tail -1 "$ROOT/etc/secep/secep.conf.rpmsave" | grep -qx '# mine'
        rm -r "$ROOT/etc/secep"
        life_as_before manifest
}

@test "a run that was cut off is recovered before our programs go" {
        inside rpm -i "$CONNECTOR" "${OURS[@]}"
        life_cut_off_run
}

@test "half-broken: a state directory that is a file, a full disk of it, none of it writable: rpm is content" { life_half_broken; }

@test "under systemd: units start, a plain rpm -i is repaired by itself, an upgrade restarts, an erasure stops" {
        life_needs_systemd
        life_under_systemd 'rm -r /etc/secep'
}

@test "what the hooks queued without systemd, and while nothing served it, is done after the next boot" {
        life_needs_systemd
        life_after_next_boot
}

@test "under systemd, each from a half-broken state: what an erasure leaves is what was before" {
        life_needs_systemd
        life_leaves_nothing '
                works() { rpm -V secep secep-rpm && systemctl is-active secep-monitord secep-repair-pending.path; }
                # cut off before its scriptlets; the same again
                rpm -i --noscripts --notriggers "${ours[@]}"
                rpm -e --noscripts --notriggers secep secep-rpm
                rpm -i "${ours[@]}"
                works
                # an upgrade cut off before the old ones went: both are in the database
                rpm -i --force --nodeps "${next[@]}"
                rpm -U --replacepkgs "${next[@]}"
                [[ $(rpm -q --qf "%{RELEASE} " secep secep-rpm) == "2 2 " ]]
                works
                # programs and units gone: a downgrade
                rm /usr/sbin/secep-* /usr/lib/systemd/system/secep-*
                rpm -U --oldpackage "${ours[@]}"
                works
                # no state directory: upgraded
                rm -rf /var/lib/secep; echo x >/var/lib/secep
                rpm -U "${next[@]}"
                rm /var/lib/secep
                # programs and units gone: erased
                rm /usr/sbin/secep-* /usr/lib/systemd/system/secep-*
                rpm -e secep secep-rpm
                rm -rf /etc/secep'
}

@test "under systemd: the connector by secep-installer install, until the monitor says that all nine are clear" {
        life_needs_systemd
        life_until_clear rpm
}

# Made for older libraries, hence --nodeps; a package without a signature is one that this rpm would refuse.
@test "rpm 6: hooks and triggers as on rpm 4: an upgrade, the connector is noticed, one that cannot work says so" {
        local ms breakage
        root_drop
        rpm6_root || skip "this machine's mirror has no root of the newest suite with dnf 5"
        cp -a /usr/lib/x86_64-linux-gnu/libjansson.so.4* "$ROOT/usr/lib/x86_64-linux-gnu/"
        mkdir -p "$ROOT/srv/next"
        cp "$BATS_FILE_TMPDIR"/rpms/secep{,-rpm}-[0-9]*.rpm "$BATS_FILE_TMPDIR/connector.rpm" "$ROOT/srv/"
        cp "$BATS_FILE_TMPDIR"/next/secep{,-rpm}-[0-9]*.rpm "$ROOT/srv/next/"
        sed -i 's/^#*USERGROUPS_ENAB.*/USERGROUPS_ENAB no/' "$ROOT/etc/login.defs"
        [[ $(inside rpm --version) == *" 6."* ]]
        six() { inside rpm --nosignature --nodeps "$@"; }
        with_journal six -i /srv/secep-0.2.0-1.x86_64.rpm /srv/secep-rpm-0.2.0-1.x86_64.rpm
        inside secep-repair --help >/dev/null
        [[ ! -e $ROOT/var/lib/secep/pending/new/5 ]]
        with_journal six -i /srv/connector.rpm
        [[ -e $ROOT/var/lib/secep/pending/new/5 && $(grep -c "a check of the connector is queued" "$COPY/journal") == 1 ]]
        run inside secep-repair --fault 5 --check
        [[ $status == 1 && $output == *USERGROUPS_ENAB* ]]
        six -U /srv/next/secep-0.2.0-2.x86_64.rpm /srv/next/secep-rpm-0.2.0-2.x86_64.rpm
        life_release 2
        # no state directory to be had, no room in it, not to be written; none, and no /proc
        for breakage in 'rm -rf /var/lib/secep; echo x >/var/lib/secep' 'mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs /var/lib/secep' \
                'mount -t tmpfs -o ro tmpfs /var/lib/secep' 'rm -rf /var/lib/secep; echo x >/var/lib/secep; umount /proc'; do
                rm -rf "$ROOT/var/lib/secep" && mkdir "$ROOT/var/lib/secep"
                run inside sh -ec "$breakage
                        rpm --nosignature --nodeps -U --replacepkgs /srv/connector.rpm"
                echo "$output"
                [[ $status == 0 && $(grep -c "could not be queued: /var/lib/secep.*run later: secep-repair --all" <<<"$output") == 1 ]]
        done
        rm "$ROOT/var/lib/secep"
        ms=$(inside bash -c 'best=9999; for i in 1 2 3 4 5; do a=${EPOCHREALTIME/[.,]/}; secep-installer connector-changed >/dev/null 2>&1; b=$(((${EPOCHREALTIME/[.,]/} - a) / 1000)); ((b >= best)) || best=$b; done; echo $best')
        echo "# the trigger's hook: $ms ms" >&3
        ((ms < 50))
        six -e secep secep-rpm
        [[ ! -e $ROOT/usr/sbin/secep-repair && ! -e $ROOT/var/lib/secep ]]
}
