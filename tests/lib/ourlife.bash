# SPDX-License-Identifier: GPL-2.0-or-later
# What our packages do on a host of either package system, said once for 91-package-deb.bats and
# 92-package-rpm.bats. Load after roots, nspawn, ourpackages and signed; what the two differ in is set there:
#
#   OURS=(...)   NEXT=(...)   CONNECTOR=...                     # files below /srv
#   PUT=(dpkg -i)   UP=(dpkg -i)   OFF=(dpkg -r)   PLUGIN=secep-apt     # COMMAND FILE..., COMMAND PACKAGE...
#   CONNECTOR_AGAIN='...'                                       # shell: the connector's files change once more
#   life_release N                                              # is what is installed ours (1) or the next (2)?
# shellcheck shell=bash
# What runs inside is in single quotes.
# shellcheck disable=SC2016

NAME=cisco-amp-scan-svc

# The part of setup() after the files are in $ROOT/srv.
life_begin() {
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/' "$ROOT/etc/login.defs"
        cp "$ROOT/etc/login.defs" "$COPY/login.defs"
        cp "$ROOT/etc/login.defs" "$ROOT/srv/login.defs"
        mkdir -p "$ROOT/result"
}

life_needs_systemd() {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
}

# The functions that scripts inside use, as text.
life_words() {
        printf '%s=(%s)\n' ours "${OURS[*]}" next "${NEXT[*]}" put "${PUT[*]}" up "${UP[*]}" off "${OFF[*]} secep $PLUGIN"
        printf 'connector=%s\nexport DEBIAN_FRONTEND=noninteractive\n' "$CONNECTOR"
        printf 'connector_again() { %s; }\n' "$CONNECTOR_AGAIN"
        echo 'served() { grep -q ^cisco-amp-scan-svc: /etc/group && [[ ! -e /var/lib/secep/pending/new/5 ]]; }'
        echo 'own_group() { grep -q ^cisco-amp-scan-svc: /etc/group; }'
        echo 'monitor() { systemctl show -P MainPID secep-monitord; }'
}

# Installed: libraries, languages, the SBOM. The connector by its package system alone is fault 5.
life_connector_noticed() {
        [[ $(inside sh -c 'ldd /usr/sbin/secep-* /usr/lib/secep/*.so') != *"not found"* ]]
        [[ $(inside env LANGUAGE=pt_BR LC_ALL=C.UTF-8 secep-repair --help) == *"falha"* ]]
        python3 "$TOP/tests/lib/sbom_check.py" "$ROOT/usr/share/secep/secep.cdx.json" | grep "^libjansson.so.4 "
        [[ ! -e $ROOT/var/lib/secep/pending/new/5 ]]
        inside "${PUT[@]}" "$CONNECTOR"
        grep -q "^$NAME:" "$ROOT/etc/passwd"
        run ! grep -q "^$NAME:" "$ROOT/etc/group"
        [[ -e $ROOT/var/lib/secep/pending/new/5 ]]
        run inside secep-repair --fault 5 --check
        [[ $status == 1 && $output == *USERGROUPS_ENAB* ]]
        # a check alone, for Repair= does not name it; then the repair
        inside secep-installer run-pending || :
        run ! grep -q "^$NAME:" "$ROOT/etc/group"
        echo 'Repair=5' >>"$ROOT/etc/secep/secep.conf"
        inside sh -ec "$CONNECTOR_AGAIN"
        inside secep-installer run-pending
        grep -q "^$NAME:" "$ROOT/etc/group"
        cmp "$ROOT/etc/login.defs" "$COPY/login.defs"
}

# Each step COMMAND:RELEASE keeps what the operator changed and what runs left.
life_steps() {
        local step
        inside secep-repair --fault 5
        [[ -n $(ls "$ROOT/var/lib/secep/runs") ]]
        for step in "$@"; do
                inside sh -ec "${step%:*}"
                life_release "${step##*:}"
                life_operators
                [[ -L $ROOT/etc/systemd/system/multi-user.target.wants/secep-monitord.service ]]
        done
        inside secep-repair --undo last
        echo operator >"$ROOT/etc/secep/of-mine"
}

life_operators() {
        tail -1 "$ROOT/etc/secep/secep.conf" | grep -qx '# mine'
        [[ -n $(ls "$ROOT/var/lib/secep/runs") ]]
}

# Nothing of ours is left, nothing else changed since BEFORE, a list that MANIFEST made.
life_as_before() { # MANIFEST
        "$1" "$ROOT" >"$COPY/after"
        diff "$COPY/before" "$COPY/after"
        ours_left | grep -v '/secep-test\.service$' | tee "$COPY/left"
        [[ ! -s $COPY/left ]]
}

life_cut_off_run() {
        cut_off_a_run
        cut_off_runs | grep .
        with_journal inside "${OFF[@]}" secep "$PLUGIN"
        grep "run .* was cut off: what was temporary is put back" "$COPY/journal"
        [[ ! -e $ROOT/usr/sbin/secep-repair ]]
}

life_half_broken() {
        local breakage
        for breakage in 'rm -rf /var/lib/secep; echo x >/var/lib/secep' \
                'mkdir -p /var/lib/secep; mount -t tmpfs -o size=4k,nr_inodes=2 tmpfs /var/lib/secep' \
                'mkdir -p /var/lib/secep; mount -t tmpfs -o ro tmpfs /var/lib/secep'; do
                run inside sh -ec "$breakage
                        ${PUT[*]} ${OURS[*]} $CONNECTOR"
                echo "$output"
                [[ $status == 0 && $output == *"could not be queued"* && $output == *"secep-repair --all"* ]]
                life_release 1
                inside sh -ec "$breakage
                        ${OFF[*]} secep $PLUGIN ciscoampconnector"
                rm -rf "$ROOT/var/lib/secep"
        done
}

# Under systemd: units start, the connector is repaired by itself, an upgrade restarts, a removal stops. LAST: a
# shell command that ends it.
life_under_systemd() { # LAST
        boot "$(life_words)"'
                "${put[@]}" "${ours[@]}"
                systemctl is-active secep-monitord secep-repair-pending.path secep-repair-pending.timer
                echo Repair=5 >>/etc/secep/secep.conf
                "${put[@]}" $connector
                soon 60 own_group
                cmp /etc/login.defs /srv/login.defs
                before=$(monitor)
                "${up[@]}" "${next[@]}"
                systemctl is-active secep-monitord secep-repair-pending.path
                [[ $(monitor) != "$before" && $(monitor) != 0 ]]
                "${off[@]}"
                not systemctl is-active secep-monitord secep-repair-pending.path
                not grep -qx secep-monitord /proc/[0-9]*/comm
                '"$1"'
                systemctl list-unit-files "secep-*" >/result/units
                not grep -E "secep-(monitord|repair|ampcli)" /result/units
                for left in /var/lib/secep /etc/secep /run/secep /var/log/secep; do [[ ! -e $left ]]; done'
}

# What hooks queue where no systemd runs, and where it runs and nothing serves it, is done after the next boot; what
# has to wait is done by the timer, which rings more often here.
life_after_next_boot() {
        inside "${PUT[@]}" "${OURS[@]}"
        echo Repair=5 >>"$ROOT/etc/secep/secep.conf"
        inside "${PUT[@]}" "$CONNECTOR"
        [[ -e $ROOT/var/lib/secep/pending/new/5 ]]
        run ! grep "^$NAME:" "$ROOT/etc/group"
        boot "$(life_words)"'
                soon 120 served
                cmp /etc/login.defs /srv/login.defs
                systemctl stop secep-repair-pending.path secep-repair-pending.timer secep-repair-pending.service secep-monitord
                sed -i /^cisco-amp-scan-svc:/d /etc/group /etc/gshadow
                connector_again
                [[ -e /var/lib/secep/pending/new/5 ]]
                # what was repaired within the hour would wait a minute
                rm /var/lib/secep/pending/later/5'
        run ! grep "^$NAME:" "$ROOT/etc/group"
        rm "$ROOT/result/status"
        boot "$(life_words)"'
                soon 120 served
                secep-repair --fault 5 --check
                cmp /etc/login.defs /srv/login.defs
                # one that waits, due in 2 s, for the timer alone
                systemctl show -P TimersCalendar secep-repair-pending.timer | grep -F "OnCalendar=*-*-* *:*:00 "
                systemctl stop secep-repair-pending.path secep-monitord
                idle() { [[ $(systemctl show -P ActiveState secep-repair-pending.service) == inactive ]]; }
                soon 120 idle
                sed -i /^cisco-amp-scan-svc:/d /etc/group /etc/gshadow
                rm -f /var/lib/secep/pending/new/5
                echo "{\"tries\":1,\"due\":$(($(date +%s) + 2)),\"done\":0}" >/var/lib/secep/pending/later/5
                mkdir /run/systemd/system/secep-repair-pending.timer.d
                printf "[Timer]\nOnCalendar=\nOnCalendar=*:*:0/2\nAccuracySec=1s\n" >/run/systemd/system/secep-repair-pending.timer.d/often.conf
                systemctl daemon-reload
                systemctl restart secep-repair-pending.timer
                soon 120 served
                cmp /etc/login.defs /srv/login.defs'
}

# Under systemd, beside the connector: after SCRIPT, which removes us in the end, all is as before.
life_leaves_nothing() { # SCRIPT
        inside "${PUT[@]}" "$CONNECTOR"
        # no package system removes an account
        inside systemd-sysusers --inline 'u secep-build - "builds kernel modules for secep"'
        boot true # what a first boot makes
        booted_manifest "$ROOT" >"$COPY/before"
        rm "$ROOT/result/status"
        boot "$(life_words)$1"'
                not grep -lE "^secep-(repai|monit|insta)" /proc/[0-9]*/comm
                not grep secep <(systemctl list-units --plain --no-legend "secep-*" | grep -v secep-test)'
        life_as_before booted_manifest
}

# secep-installer install of the connector, signed, until the monitor says that all nine are clear; then SCRIPT. Its
# policy wants no monitors: what this machine's kernel can is not asked here.
life_until_clear() { # deb|rpm [SCRIPT]
        local fpr
        keys_begin
        fpr=$(key_make vendor)
        "$1_sign" "$ROOT$CONNECTOR" vendor
        install -D -m 0644 "$KEYS/vendor.gpg" "$ROOT/etc/secep/vendor-key.gpg"
        install -D -m 0644 "$TOP/tests/trees/kernel-headers-off/root/opt/cisco/amp/etc/policy.xml" "$ROOT/opt/cisco/amp/etc/policy.xml"
        BOOT_LIMIT=400 boot "$(life_words)
                fpr=$fpr"'
                "${put[@]}" "${ours[@]}"
                echo "VendorKey=$fpr" >>/etc/secep/secep.conf
                systemctl is-active secep-monitord secep-ampcli.path
                status=0; timeout 300 secep-installer install $connector >/result/said 2>&1 || status=$?
                cat /result/said /run/secep/faults.json
                grep "secep-monitord reports all nine faults clear" /result/said
                [[ $status == 0 && $(grep -c "condition.*cleared" /run/secep/faults.json) == 9 && $(grep -c "\"condition\"" /run/secep/faults.json) == 9 ]]
                own_group; grep ^cisco-amp-scan-svc: /etc/passwd
                cmp /etc/login.defs /srv/login.defs
                scanner=$(grep -lx ampscansvc /proc/[0-9]*/comm)
                [[ $(for s in $scanner; do stat -c %U ${s%/comm}; done | sort -u) == cisco-amp-scan-svc ]]
                '"${2:-}"
}
