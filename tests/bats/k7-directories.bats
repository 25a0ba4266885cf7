#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# K7, changing what nobody asked for: a directory the connector's package does not own keeps its mode.
load ../lib/roots

setup() {
        root_tiny
        root_connector
        mkdir -p "$ROOT"/opt/cisco/amp/{quarantine,cache,sig}
        healthy_account
}

teardown() {
        root_drop
}

mode() {
        stat -c %a "$ROOT/opt/cisco/amp/$1"
}

# dpkg knows the connector and its directories DIR...
owned_by_dpkg() { # DIR...
        local dir
        mkdir -p "$ROOT/var/lib/dpkg/info"
        printf 'Package: ciscoampconnector\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.24.1.1013\n\n' >"$ROOT/var/lib/dpkg/status"
        printf '/.\n/opt\n/opt/cisco\n/opt/cisco/amp\n' >"$ROOT/var/lib/dpkg/info/ciscoampconnector.list"
        for dir in "$@"; do
                echo "/opt/cisco/amp/$dir" >>"$ROOT/var/lib/dpkg/info/ciscoampconnector.list"
        done
}

@test "dpkg's list: owned directories are put right, a quarantine and a cache are notes" {
        owned_by_dpkg bin etc lib
        chmod 0700 "$ROOT"/opt/cisco/amp/{lib,quarantine,cache}
        repair --fault 5 --check
        exited 1
        is '.faults[0].cause' directory-mode
        is '[.faults[0].evidence[].what] | join(" ")' /opt/cisco/amp/lib
        [[ $(json '.faults[0].notes[]') == *"quarantine has mode 0700"*"does not own it"* ]]
        repair --fault 5
        exited 0
        [[ $(mode lib) == 755 && $(mode quarantine) == 700 && $(mode cache) == 700 ]]
}

@test "only directories that are not the package's are closed: no fault" {
        owned_by_dpkg bin etc lib
        chmod 0700 "$ROOT"/opt/cisco/amp/{quarantine,cache}
        repair --fault 5 --check
        exited 0
        is '.faults[0].verdict' ok
}

@test "no package database: what the connector needs to start, signatures among it" {
        : >"$ROOT/opt/cisco/amp/sig/main.cvd"
        chmod 0700 "$ROOT"/opt/cisco/amp/{etc,sig,quarantine}
        repair --fault 5
        exited 0
        is .changed true
        [[ $(mode etc) == 755 && $(mode sig) == 755 && $(mode quarantine) == 700 ]]
}

@test "a database that knows no connector is none" {
        owned_by_dpkg bin
        sed -i s/ciscoampconnector/another/ "$ROOT/var/lib/dpkg/status"
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        repair --fault 5
        exited 0
        [[ $(mode etc) == 755 ]]
}

@test "rpm's database is not read in a look: not asked, and nothing is changed" {
        mkdir -p "$ROOT/var/lib/rpm"
        : >"$ROOT/var/lib/rpm/rpmdb.sqlite"
        printf 'ID=rhel\nVERSION_ID="9"\n' >"$ROOT/etc/os-release"
        chmod 0700 "$ROOT/opt/cisco/amp/lib"
        repair --fault 5 --check
        exited 3
        is '.faults[0].verdict' not-asked
        repair --fault 5
        is .changed false
        [[ $(mode lib) == 700 ]]
        chmod 0700 "$ROOT/opt/cisco/amp/etc" # the connector needs it
        repair --fault 5
        is .changed true
        [[ $(mode etc) == 755 && $(mode lib) == 700 ]]
}
