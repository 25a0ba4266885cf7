# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 5 on a root with a connector and its account: $ROOT, and a cause there and back.
# shellcheck shell=bash
load ../lib/roots

NAME=cisco-amp-scan-svc

setup() {
        root_copy small
        root_connector
        groupadd --root "$ROOT" -r "$NAME"
        useradd --root "$ROOT" -r -g "$NAME" -M -d /nonexistent -s /usr/sbin/nologin "$NAME"
}

teardown() { root_drop; }

# Everything a repair of this fault may change.
state() {
        sha256sum "$ROOT"/etc/{passwd,group,shadow,gshadow,login.defs}
        stat -c '%n %a %u:%g' "$ROOT"/etc/{passwd,group,shadow,gshadow,login.defs}
        find "$ROOT/opt" -printf '%p %m %U:%G %l\n' | sort
}

entry() { # FILE FIELD
        grep "^$NAME:" "$ROOT/etc/$1" | cut -d: -f"$2"
}

edit() { # FILE SED-EXPRESSION
        sed -i "$2" "$ROOT/etc/$1"
}

# Seen as CAUSE, planned as KINDS, repaired, found well, put back byte for byte.
cycle() {
        local cause=$1 kinds=$2 before run
        before=$(state)
        repair --fault 5 --check
        exited 1
        is '.faults[0].verdict' fault
        is '.faults[0].cause' "$cause"
        repair --fault 5 --plan
        is '[.faults[0].steps[].kind] | join(" ")' "$kinds"
        [[ $(state) == "$before" ]]

        repair --fault 5
        exited 0
        is .changed true
        is '.faults[0].verdict' ok
        is '.faults[0].before.cause' "$cause"
        is '[.faults[0].steps[] | select(.state != "done")] | length' 0
        run=$(json .run)
        repaired=$(state)
        [[ $repaired != "$before" ]]
        repair --fault 5
        exited 0
        is .changed false
        is '.faults[0].verdict' ok
        [[ $(state) == "$repaired" ]]

        repair --undo "$run"
        exited 0
        [[ $(state) == "$before" ]] || {
                diff <(echo "$before") <(state)
                return 1
        }
        repair --fault 5 --check
        is '.faults[0].cause' "$cause"
}
