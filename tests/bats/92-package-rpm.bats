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
# What runs inside is in single quotes.
# shellcheck disable=SC2016

NAME=cisco-amp-scan-svc

setup_file() {
        local lacks
        lacks=$(our_packages_lack rpmbuild)
        [[ -z $lacks ]] || return 0
        our_rpms "$BATS_FILE_TMPDIR/rpms" 1
        our_rpms "$BATS_FILE_TMPDIR/next" 2
        "$TOP/tests/connector/pack.sh" rpm "$BUILD/tests/standin" "$BATS_FILE_TMPDIR/connector.rpm"
}

setup() {
        local lacks name
        lacks=$(our_packages_lack rpmbuild)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        rpm_root
        rpm_host_libraries "$ROOT/srv/repo"
        rpm_index
        # which the package filesystem owns on such a host
        mkdir -p "$ROOT"/usr/share/{licenses,locale/pt_BR/LC_MESSAGES,man/man{5,7,8},man/pt_BR/man{5,7,8}}
        mkdir "$ROOT/srv/next"
        for name in secep secep-rpm; do
                cp "$BATS_FILE_TMPDIR/rpms/$name"-[0-9]*.rpm "$ROOT/srv/$name.rpm"
                cp "$BATS_FILE_TMPDIR/next/$name"-[0-9]*.rpm "$ROOT/srv/next/$name.rpm"
        done
        cp "$BATS_FILE_TMPDIR/connector.rpm" "$ROOT/srv/"
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/' "$ROOT/etc/login.defs"
        cp "$ROOT/etc/login.defs" "$COPY/login.defs"
        cp "$ROOT/etc/login.defs" "$ROOT/srv/login.defs"
        inside rpm -i /srv/repo/host-libraries-1-1.x86_64.rpm
}

teardown() {
        root_drop
        keys_end
}

release_is() {
        [[ $(inside rpm -q --qf '%{RELEASE}\n' secep) == "$1" ]]
}

@test "dnf installs it alone; the connector's plain rpm -i is fault 5, which is queued and cleared" {
        inside dnf -qy install /srv/secep.rpm /srv/secep-rpm.rpm
        inside rpm -V secep secep-rpm
        [[ $(inside rpm -qf /usr/share/secep/secep.cdx.json) == secep-0* ]]
        python3 "$TOP/tests/lib/sbom_check.py" "$ROOT/usr/share/secep/secep.cdx.json" | grep "^libjansson.so.4 "
        [[ $(inside sh -c 'ldd /usr/sbin/secep-* /usr/lib/secep/*.so') != *"not found"* ]]
        [[ $(inside env LANGUAGE=pt_BR LC_ALL=C.UTF-8 secep-repair --help) == *"falha"* ]]
        [[ -L $ROOT/etc/systemd/system/multi-user.target.wants/secep-monitord.service ]]
        [[ ! -e $ROOT/var/lib/secep/pending/new/5 ]]
        inside rpm -i /srv/connector.rpm
        grep -q "^$NAME:" "$ROOT/etc/passwd"
        run ! grep -q "^$NAME:" "$ROOT/etc/group"
        [[ -e $ROOT/var/lib/secep/pending/new/5 ]]
        run inside secep-repair --fault 5 --check
        [[ $status == 1 && $output == *USERGROUPS_ENAB* ]]
        inside secep-installer run-pending || :
        run ! grep -q "^$NAME:" "$ROOT/etc/group"
        echo 'Repair=5' >>"$ROOT/etc/secep/secep.conf"
        inside rpm -U --replacepkgs /srv/connector.rpm
        inside secep-installer run-pending
        grep -q "^$NAME:" "$ROOT/etc/group"
        cmp "$ROOT/etc/login.defs" "$COPY/login.defs"
}

@test "upgrade, downgrade, reinstallation: what the operator changed stays; erasure leaves nothing" {
        inside rpm -i /srv/connector.rpm
        inside systemd-sysusers --inline 'u secep-build - "builds kernel modules for secep"' # rpm removes no account
        manifest "$ROOT" >"$COPY/before"
        inside dnf -qy install /srv/secep.rpm /srv/secep-rpm.rpm
        echo '# mine' >>"$ROOT/etc/secep/secep.conf"
        inside secep-repair --fault 5
        [[ -n $(ls "$ROOT/var/lib/secep/runs") ]]
        for step in 'dnf -qy upgrade /srv/next/secep.rpm /srv/next/secep-rpm.rpm:2' \
                'dnf -qy downgrade /srv/secep.rpm /srv/secep-rpm.rpm:1' \
                'rpm -U --replacepkgs /srv/secep.rpm:1' \
                'rpm -U /srv/next/secep.rpm /srv/next/secep-rpm.rpm:2'; do
                inside sh -ec "${step%:*}"
                release_is "${step##*:}"
                tail -1 "$ROOT/etc/secep/secep.conf" | grep -qx '# mine'
                [[ -n $(ls "$ROOT/var/lib/secep/runs") ]]
                [[ -L $ROOT/etc/systemd/system/multi-user.target.wants/secep-monitord.service ]]
        done
        inside secep-repair --undo last
        echo operator >"$ROOT/etc/secep/of-mine"
        inside dnf -qy remove secep secep-rpm
        [[ $(cat "$ROOT/etc/secep/of-mine") == operator ]]
        tail -1 "$ROOT/etc/secep/secep.conf.rpmsave" | grep -qx '# mine'
        rm -r "$ROOT/etc/secep"
        manifest "$ROOT" >"$COPY/after"
        diff "$COPY/before" "$COPY/after"
        ours_left | tee "$COPY/left"
        [[ ! -s $COPY/left ]]
}

@test "a run that was cut off is recovered before our programs go" {
        inside rpm -i /srv/connector.rpm /srv/secep.rpm /srv/secep-rpm.rpm
        cut_off_a_run
        cut_off_runs | grep .
        with_journal inside rpm -e secep secep-rpm
        grep "run .* was cut off: what was temporary is put back" "$COPY/journal"
        [[ ! -e $ROOT/usr/sbin/secep-repair ]]
}

@test "half-broken: a state directory that is a file, a full disk of it, none of it writable: rpm is content" {
        local breakage
        for breakage in 'rm -rf /var/lib/secep; echo x >/var/lib/secep' \
                'mkdir -p /var/lib/secep; mount -t tmpfs -o size=4k,nr_inodes=2 tmpfs /var/lib/secep' \
                'mkdir -p /var/lib/secep; mount -t tmpfs -o ro tmpfs /var/lib/secep'; do
                run inside sh -ec "$breakage
                        rpm -i /srv/secep.rpm /srv/secep-rpm.rpm /srv/connector.rpm"
                echo "$output"
                [[ $status == 0 && $output == *"could not be queued"* && $output == *"secep-repair --all"* ]]
                release_is 1
                inside sh -ec "$breakage
                        rpm -e secep secep-rpm ciscoampconnector"
                rm -rf "$ROOT/var/lib/secep"
        done
}

@test "under systemd: units start, a plain rpm -i is repaired by itself, an upgrade restarts, an erasure stops" {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        mkdir -p "$ROOT/result"
        boot 'monitor() { systemctl show -P MainPID secep-monitord; }
                own_group() { grep -q ^cisco-amp-scan-svc: /etc/group; }
                rpm -i /srv/secep.rpm /srv/secep-rpm.rpm
                systemctl is-active secep-monitord secep-repair-pending.path secep-repair-pending.timer
                echo Repair=5 >>/etc/secep/secep.conf
                rpm -i /srv/connector.rpm
                soon 60 own_group
                cmp /etc/login.defs /srv/login.defs
                before=$(monitor)
                rpm -U /srv/next/secep.rpm /srv/next/secep-rpm.rpm
                systemctl is-active secep-monitord secep-repair-pending.path
                [[ $(monitor) != "$before" && $(monitor) != 0 ]]
                rpm -e secep secep-rpm
                not systemctl is-active secep-monitord secep-repair-pending.path
                systemctl list-unit-files "secep-*" >/result/units
                not grep -E "secep-(monitord|repair|ampcli)" /result/units
                rm -r /etc/secep
                not ls -d /var/lib/secep /run/secep /var/log/secep'
}

@test "what the hooks queued without systemd, and while nothing served it, is done after the next boot" {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        inside rpm -i /srv/secep.rpm /srv/secep-rpm.rpm
        echo Repair=5 >>"$ROOT/etc/secep/secep.conf"
        inside rpm -i /srv/connector.rpm
        [[ -e $ROOT/var/lib/secep/pending/new/5 ]]
        run ! grep "^$NAME:" "$ROOT/etc/group"
        mkdir -p "$ROOT/result"
        boot 'served() { grep -q ^cisco-amp-scan-svc: /etc/group && [[ ! -e /var/lib/secep/pending/new/5 ]]; }
                soon 120 served
                cmp /etc/login.defs /srv/login.defs
                systemctl stop secep-repair-pending.path secep-repair-pending.timer secep-repair-pending.service secep-monitord
                sed -i /^cisco-amp-scan-svc:/d /etc/group /etc/gshadow
                rpm -U --replacepkgs /srv/connector.rpm
                [[ -e /var/lib/secep/pending/new/5 ]]'
        run ! grep "^$NAME:" "$ROOT/etc/group"
        rm "$ROOT/result/status"
        boot 'served() { grep -q ^cisco-amp-scan-svc: /etc/group && [[ ! -e /var/lib/secep/pending/new/5 ]]; }
                soon 120 served
                secep-repair --fault 5 --check
                cmp /etc/login.defs /srv/login.defs'
}

@test "under systemd, each from a half-broken state: what an erasure leaves is what was before" {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        inside rpm -i /srv/connector.rpm
        inside systemd-sysusers --inline 'u secep-build - "builds kernel modules for secep"'
        mkdir -p "$ROOT/result"
        boot true # what a first boot makes
        booted_manifest "$ROOT" >"$COPY/before"
        rm "$ROOT/result/status"
        boot 'works() { rpm -V secep secep-rpm && systemctl is-active secep-monitord secep-repair-pending.path; }
                # cut off before its scriptlets; the same again
                rpm -i --noscripts --notriggers /srv/secep.rpm /srv/secep-rpm.rpm
                rpm -e --noscripts --notriggers secep secep-rpm
                rpm -i /srv/secep.rpm /srv/secep-rpm.rpm
                works
                # an upgrade cut off before the old ones went: both are in the database
                rpm -i --force --nodeps /srv/next/secep.rpm /srv/next/secep-rpm.rpm
                rpm -U --replacepkgs /srv/next/secep.rpm /srv/next/secep-rpm.rpm
                [[ $(rpm -q --qf "%{RELEASE} " secep secep-rpm) == "2 2 " ]]
                works
                # programs and units gone: a downgrade
                rm /usr/sbin/secep-* /usr/lib/systemd/system/secep-*
                rpm -U --oldpackage /srv/secep.rpm /srv/secep-rpm.rpm
                works
                # no state directory: upgraded
                rm -rf /var/lib/secep; echo x >/var/lib/secep
                rpm -U /srv/next/secep.rpm /srv/next/secep-rpm.rpm
                rm /var/lib/secep
                # programs and units gone: erased
                rm /usr/sbin/secep-* /usr/lib/systemd/system/secep-*
                rpm -e secep secep-rpm
                rm -rf /etc/secep
                not grep -lE "^secep-(repai|monit|insta)" /proc/[0-9]*/comm
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
        rpm_sign "$ROOT/srv/connector.rpm" vendor
        install -D -m 0644 "$KEYS/vendor.gpg" "$ROOT/etc/secep/vendor-key.gpg"
        install -D -m 0644 "$TOP/tests/trees/kernel-headers-off/root/opt/cisco/amp/etc/policy.xml" "$ROOT/opt/cisco/amp/etc/policy.xml"
        mkdir -p "$ROOT/result"
        BOOT_LIMIT=400 boot "FPR=$FPR"'
                rpm -i /srv/secep.rpm /srv/secep-rpm.rpm
                echo "VendorKey=$FPR" >>/etc/secep/secep.conf
                systemctl is-active secep-monitord secep-ampcli.path
                status=0; timeout 300 secep-installer install /srv/connector.rpm >/result/said 2>&1 || status=$?
                cat /result/said /run/secep/faults.json
                grep "secep-monitord reports all nine faults clear" /result/said
                [[ $status == 0 && $(grep -c "condition.*cleared" /run/secep/faults.json) == 9 ]]
                grep ^cisco-amp-scan-svc: /etc/passwd; grep ^cisco-amp-scan-svc: /etc/group
                cmp /etc/login.defs /srv/login.defs
                scanner=$(grep -lx ampscansvc /proc/[0-9]*/comm)
                [[ $(stat -c %U ${scanner%/comm}) == cisco-amp-scan-svc ]]'
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
        release_is 2
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
