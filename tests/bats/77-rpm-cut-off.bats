#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Our .rpm, its first installation killed where rpm has it in its database and %post has not run, or where
# files lie about that no database knows: what comes next ends as an installation does.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/rpms
load ../lib/ourpackages
# What runs inside is in single quotes.
# shellcheck disable=SC2016

setup_file() {
        [[ -z $(our_packages_lack rpmbuild) ]] || return 0
        our_rpms "$BATS_FILE_TMPDIR/rpms" 1
        our_rpms "$BATS_FILE_TMPDIR/next" 2
}

setup() {
        local lacks
        lacks=$(our_packages_lack rpmbuild)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        our_rpm_root "$BATS_FILE_TMPDIR"
        cp "$STEP" "$ROOT/srv/"
}

teardown() { root_drop; }

# Which of the preset's units are enabled, a line each; all of them; none.
enabled() {
        inside sh -c 'systemctl is-enabled $(sed -n "s/^enable //p" /usr/lib/systemd/system-preset/90-secep.preset) || :' | grep -c '^enabled$' || :
}
UNITS=$(grep -c '^enable ' "$TOP/data/systemd/90-secep.preset")

# COMMAND, by the program NAME, killed as %post of secep begins.
cut_off_before_post() { # NAME COMMAND...
        mv "$ROOT/usr/bin/systemctl" "$ROOT/usr/bin/systemctl.kept"
        printf '%s\n' '#!/bin/sh' 'for p in /proc/[0-9]*; do read -r c <$p/comm && [ "$c" = '"$1"' ] && kill -9 ${p#/proc/}; done' 'kill -9 $PPID' >"$ROOT/usr/bin/systemctl"
        chmod +x "$ROOT/usr/bin/systemctl"
        run inside sh -c '"$@"; echo "ended with $?"' sh "${@:2}"
        echo "$output"
        mv "$ROOT/usr/bin/systemctl.kept" "$ROOT/usr/bin/systemctl"
        [[ $output == *"ended with 137"* ]]
        inside rpm -q secep
        [[ $(enabled) == 0 ]]
}

@test "killed before %post: a later rpm -U enables the units, once; what an operator disables stays so" {
        cut_off_before_post rpm rpm -i /srv/secep.rpm /srv/secep-rpm.rpm
        inside rpm -U /srv/next/secep.rpm /srv/next/secep-rpm.rpm
        [[ $(enabled) == "$UNITS" ]]
        inside systemctl disable secep-monitord.service
        inside rpm -U --oldpackage /srv/secep.rpm /srv/secep-rpm.rpm
        inside rpm -U --replacepkgs /srv/secep.rpm
        inside dnf -qy upgrade /srv/next/secep.rpm /srv/next/secep-rpm.rpm
        [[ $(enabled) == $((UNITS - 1)) ]]
        inside rpm -e secep secep-rpm
        [[ $(enabled) == 0 && ! -e $ROOT/var/lib/secep ]]
}

@test "dnf killed before %post: dnf install does nothing, status says so, and what it says ends it" {
        local says
        cut_off_before_post dnf dnf -qy install /srv/secep.rpm /srv/secep-rpm.rpm
        inside dnf -qy install /srv/secep.rpm /srv/secep-rpm.rpm
        [[ $(enabled) == 0 ]]
        run inside secep-installer status
        echo "$output"
        [[ $status == 4 && $output == *"not enabled yet: the installation of secep was cut off"* ]]
        says=$(sed -n 's/^  do: .*: //p' <<<"$output")
        [[ $says == "dnf reinstall secep-[0-9]*.rpm" ]]
        cp "$ROOT/srv/secep.rpm" "$ROOT/srv/secep-0.2.0-1.x86_64.rpm"
        inside sh -ec "cd /srv; dnf() { command dnf -qy \"\$@\"; }; $says"
        [[ $(enabled) == "$UNITS" ]]
        run inside secep-installer status
        [[ $status == 0 && $output != *"not enabled"* ]]
}

# Each file's type, mode, owner and name; a digest of each would cost a minute.
names() {
        (cd "$ROOT" && find etc usr var/lib -xdev \( -path var/lib/rpm -o -path var/lib/dnf -o -path 'etc/*-' \) -prune -o -printf '%y %m %U:%G %p %l\n' | sort)
}

# By rpm, for which a turn is cheap; make torture-packages has dnf killed.
@test "killed while it unpacks, files and no database entry: dnf install again, and then dnf remove, end well" {
        local file turn point by
        read -ra by <<<"${SECEP_CUT_OFF:-rpm -i}"
        names >"$BATS_TEST_TMPDIR/before"
        root_keep_layer "$BATS_TEST_TMPDIR"
        LAYER=$BATS_TEST_TMPDIR/upper:$(root_base dnf)
        root_copy_of "$LAYER"
        inside /srv/step -a -o /srv/turns 0 "${by[@]}" /srv/secep.rpm /srv/secep-rpm.rpm
        grep ' after rename .*;' "$ROOT/srv/turns" >"$BATS_TEST_TMPDIR/turns"
        root_drop
        for point in 1 15; do # of the plug-in's files, of ours
                read -r turn _ _ _ file < <(sed -n "${point}p" "$BATS_TEST_TMPDIR/turns")
                root_copy_of "$LAYER"
                run inside /srv/step -a -o /srv/turns "$turn" "${by[@]}" /srv/secep.rpm /srv/secep-rpm.rpm
                [[ $status == 137 && -n $(find "$ROOT/usr" "$ROOT/etc" -name "$file") ]]
                run ! inside rpm -q secep
                sleep 1 # rpm names the files it unpacks by the second
                inside dnf -qy install /srv/secep.rpm /srv/secep-rpm.rpm
                inside rpm -V secep secep-rpm
                [[ $(enabled) == "$UNITS" && -z $(find "$ROOT/usr" "$ROOT/etc" "$ROOT/var/lib" -name '*;[0-9a-f]*') ]]
                inside secep-installer status
                inside dnf -qy remove secep secep-rpm
                names >"$BATS_TEST_TMPDIR/after"
                diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
                [[ -z $(ours_left) ]] || { ours_left && return 1; }
                root_drop
        done
}
