# SPDX-License-Identifier: GPL-2.0-or-later
# A root whose package manager has settings of the operator's: $ROOT, and what is told as hidden.
# shellcheck shell=bash
load ../lib/roots
load ../lib/packages
load ../lib/rpms

teardown() {
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}

rpm_setup() {
        rpm_root
        root_connector 1.24.1.1013
        rpm_dep "$ROOT/srv/repo"
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "Requires: secep-test-dep"
        rpm_index
}

dnf_conf() { # LINE
        echo "$1" >>"$ROOT/etc/dnf/dnf.conf"
}

# Blocked as hidden, naming each of WORDS; no mode says otherwise, and nothing came in.
hidden() { # WORD...
        local word mode before
        before=$(snapshot_rpms 2>/dev/null || snapshot_packages)
        for mode in --plan ""; do
                # shellcheck disable=SC2086 # no word where it is empty
                fault11 $mode
                exited 4
                is '.faults[0].verdict' blocked
                is '.faults[0].cause' package-hidden
                is .changed false
                for word in "$@"; do
                        [[ $(json '.faults[0].why + .faults[0].do.text') == *"$word"* ]] || {
                                echo "no $word in $output"
                                return 1
                        }
                done
        done
        [[ $(snapshot_rpms 2>/dev/null || snapshot_packages) == "$before" ]]
}

# The do line, run by hand, ends the fault.
do_it() {
        local command
        is '.faults[0].do.kind' command
        command=$(json '.faults[0].do.text')
        command=${command/ dnf / dnf -y }
        command=${command/ apt-get / apt-get -y }
        bash -c "$command" >/dev/null 2>&1
        fault11 --check
        exited 0
}

# A key of its own for a test: $KEY the armoured public one, GNUPGHOME set.
make_key() { # UID
        export GNUPGHOME=$COPY/gnupg
        install -d -m 0700 "$GNUPGHOME"
        gpg --batch --quiet --passphrase '' --quick-gen-key "$1" rsa2048 sign never 2>/dev/null
        gpg --armor --export "$1" >"$ROOT/etc/$1.asc"
}
