#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# make torture-packages: kill -9 at 20 points spread over each of a package's transactions, ours and the
# connector's, on both package systems; the same command again ends well.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/nspawn
load ../lib/rpms
load ../lib/signed
load ../lib/ourpackages

NAME=cisco-amp-scan-svc
POINTS=${POINTS:-20}

setup_file() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || return 0
        our_debs "$BATS_FILE_TMPDIR/debs"
        our_rpms "$BATS_FILE_TMPDIR/rpms" 1
        keys_begin
        export FPR
        FPR=$(key_make vendor)
        for kind in deb rpm; do
                for name in connector:1.26.0.1 older:1.25.0.1; do
                        STANDIN_VERSION=${name#*:} "$TOP/tests/connector/pack.sh" $kind "$BUILD/tests/standin" "$BATS_FILE_TMPDIR/${name%:*}.$kind"
                        ${kind}_sign "$BATS_FILE_TMPDIR/${name%:*}.$kind" vendor
                done
        done
}

teardown_file() { keys_end; }

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make torture-packages)"
}

teardown() { root_drop; }

# $LAYER: a root of KIND with what the packages need, made once a test; root_again: a copy of it.
layer() { # deb|rpm PLUGIN
        KIND=$1
        if [[ $1 == deb ]]; then
                root_copy service
                BASE=$(root_base service)
        else
                rpm_root
                BASE=$(root_base dnf)
                rpm_host_libraries "$ROOT/srv"
                rpm_index # dnf wants its repository, though empty
                inside rpm -i /srv/host-libraries-1-1.x86_64.rpm
        fi
        local name
        for name in secep "secep-$2"; do
                cp "$BATS_FILE_TMPDIR/$1s/$name"[-_][0-9]*."$1" "$ROOT/srv/$name.$1"
        done
        cp "$BATS_FILE_TMPDIR"/{connector,older}".$1" "$STEP" "$ROOT/srv/"
        mkdir -p "$ROOT/etc/secep"
        cp "$KEYS/vendor.gpg" "$ROOT/etc/secep/vendor-key.gpg"
        sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/' "$ROOT/etc/login.defs"
        sha256sum <"$ROOT/etc/login.defs" >"$BATS_TEST_TMPDIR/defs"
        eval "${3:-:}"
        rm -rf "$BATS_TEST_TMPDIR/upper"
        root_keep_layer "$BATS_TEST_TMPDIR"
        LAYER=$BATS_TEST_TMPDIR/upper:$BASE
}

# kill_all CHECK COMMAND...: at each point a root of its own, COMMAND killed there, then once more.
kill_all() {
        local check=$1 total point status how before
        shift
        root_copy_of "$LAYER"
        inside /srv/step -a -o /srv/turns 0 "$@" >"$COPY/log" 2>&1 && before=0 || before=$?
        $check || { cat "$COPY/log" && return 1; }
        total=$(wc -l <"$ROOT/srv/turns")
        root_drop
        [[ $total -ge 3 ]]
        for point in $(seq 1 "$POINTS"); do
                how=()
                [[ $((point % 2)) == 0 ]] || how=(-m)
                root_copy_of "$LAYER"
                inside /srv/step -a "${how[@]}" -o /srv/turns $((1 + (point - 1) * (total - 1) / POINTS)) "$@" >"$COPY/log" 2>&1 && status=0 || status=$?
                [[ $status == 137 ]] || { echo "$*: not killed at point $point: $status" && cat "$COPY/log" && return 1; }
                # as one does who is told that the package system was interrupted
                [[ $KIND != deb || $1 == secep-installer ]] || inside dpkg --configure -a >>"$COPY/log" 2>&1 || :
                # rpm names the files it unpacks by the second
                [[ $KIND != rpm ]] || sleep 1
                inside "$@" >>"$COPY/log" 2>&1 && status=0 || status=$?
                if [[ $status != "$before" ]] || ! $check; then
                        echo "$* ${how[*]} point $point, after $(tail -1 "$ROOT/srv/turns"): status $status, expected $before"
                        cat "$COPY/log"
                        return 1
                fi
                root_drop
        done
}

connector_there() {
        grep -q "^$NAME:" "$ROOT/etc/passwd" && grep -q "^$NAME:" "$ROOT/etc/group" &&
                [[ $(sha256sum <"$ROOT/etc/login.defs") == "$(<"$BATS_TEST_TMPDIR/defs")" ]] &&
                if [[ $KIND == deb ]]; then
                        [[ $(inside dpkg-query -Wf '${db:Status-Abbrev}' ciscoampconnector) == "ii " ]]
                else
                        inside rpm -q ciscoampconnector && inside rpm -V ciscoampconnector
                fi && inside secep-repair --fault 5 --check
}

connector_newer() {
        connector_there && grep -q '<version>1\.26\.0\.1<' "$ROOT/opt/cisco/amp/etc/global.xml"
}

# After a plain dpkg -i or rpm: our trigger has noticed it, and the repair is what it was queued for.
connector_noticed() {
        [[ -e $ROOT/var/lib/secep/pending/new/5 ]] && inside secep-repair --fault 5 && connector_there
}

connector_gone() {
        [[ ! -e $ROOT/opt/cisco/amp/bin/ampdaemon && $(sha256sum <"$ROOT/etc/login.defs") == "$(<"$BATS_TEST_TMPDIR/defs")" ]] &&
                grep -q "^$NAME:" "$ROOT/etc/passwd"
}

toolkit_gone() {
        ! grep -q "^$NAME:" "$ROOT/etc/passwd" "$ROOT/etc/group"
}

ours_there() {
        inside secep-repair --help >/dev/null &&
                if [[ $KIND == deb ]]; then
                        [[ -z $(inside dpkg --audit) ]]
                else
                        inside rpm -V secep secep-rpm
                fi
}

ours_gone() {
        rm -f "$ROOT/etc/secep/vendor-key.gpg" "$ROOT/etc/secep/secep.conf.rpmsave"
        rmdir "$ROOT/etc/secep" 2>/dev/null || :
        [[ -z $(ours_left) ]] || { ours_left && return 1; }
}

with_ours_deb='inside dpkg -i /srv/secep.deb /srv/secep-apt.deb; echo "VendorKey=$FPR" >>"$ROOT/etc/secep/secep.conf"'
with_ours_rpm='inside rpm -i /srv/secep.rpm /srv/secep-rpm.rpm; echo "VendorKey=$FPR" >>"$ROOT/etc/secep/secep.conf"'

@test "secep-installer install, dpkg" {
        layer deb apt "$with_ours_deb"
        kill_all connector_there secep-installer install /srv/connector.deb
}

@test "secep-installer install, rpm" {
        layer rpm rpm "$with_ours_rpm"
        kill_all connector_there secep-installer install /srv/connector.rpm
}

@test "secep-installer upgrade, then reinstall, dpkg" {
        layer deb apt "$with_ours_deb; inside secep-installer install /srv/older.deb || :"
        kill_all connector_newer secep-installer upgrade /srv/connector.deb
        layer deb apt "$with_ours_deb; inside secep-installer install /srv/connector.deb || :"
        kill_all connector_newer secep-installer reinstall /srv/connector.deb
}

@test "secep-installer upgrade, then reinstall, rpm" {
        layer rpm rpm "$with_ours_rpm; inside secep-installer install /srv/older.rpm || :"
        kill_all connector_newer secep-installer upgrade /srv/connector.rpm
        layer rpm rpm "$with_ours_rpm; inside secep-installer install /srv/connector.rpm || :"
        kill_all connector_newer secep-installer reinstall /srv/connector.rpm
}

@test "plain dpkg -i of the connector, noticed by ours" {
        layer deb apt "$with_ours_deb"
        kill_all connector_noticed dpkg -i /srv/connector.deb
}

@test "plain rpm -U of the connector, noticed by ours" {
        layer rpm rpm "$with_ours_rpm"
        kill_all connector_noticed rpm -U --replacepkgs /srv/connector.rpm
}

@test "secep-installer remove, then --purge-toolkit, dpkg" {
        layer deb apt "$with_ours_deb; inside secep-installer install /srv/connector.deb || :"
        kill_all connector_gone secep-installer remove
        kill_all toolkit_gone secep-installer remove --purge-toolkit
}

@test "secep-installer remove, then --purge-toolkit, rpm" {
        layer rpm rpm "$with_ours_rpm; inside secep-installer install /srv/connector.rpm || :"
        kill_all connector_gone secep-installer remove
        kill_all toolkit_gone secep-installer remove --purge-toolkit
}

@test "dpkg -i and dpkg -P of ours beside a connector" {
        layer deb apt "inside dpkg -i /srv/connector.deb"
        kill_all ours_there dpkg -i /srv/secep.deb /srv/secep-apt.deb
        layer deb apt "inside dpkg -i /srv/connector.deb; $with_ours_deb"
        kill_all ours_gone dpkg -P secep secep-apt
}

@test "rpm -U and dnf install of ours beside a connector" {
        layer rpm rpm "inside rpm -i /srv/connector.rpm"
        kill_all ours_there rpm -U --replacepkgs /srv/secep.rpm /srv/secep-rpm.rpm
        kill_all ours_there dnf -qy install /srv/secep.rpm /srv/secep-rpm.rpm
}

# A second rpm -e of what is gone is an error of rpm's: what is left is erased.
@test "rpm -e of ours beside a connector" {
        layer rpm rpm "inside rpm -i /srv/connector.rpm; $with_ours_rpm"'
                printf "%s\n" "#!/bin/sh" "for p in secep-rpm secep; do rpm -q \$p && set -- \"\$@\" \$p; done" "[ \$# = 0 ] || exec rpm -e \"\$@\"" >"$ROOT/srv/erase"
                chmod +x "$ROOT/srv/erase"'
        kill_all ours_gone /srv/erase
}
