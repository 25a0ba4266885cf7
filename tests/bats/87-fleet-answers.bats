#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts whose answer is no good one, and hosts that are odd but well: each stands in the report with its reason, and
# the rest go on. Programs of the test answer in place of secep-repair; ansible-playbook is real.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/fleet

WELL='{"schema":2,"version":"1","time":1795368400,"run":null,"host":"h","kernel":"6.1","changed":false,"rehearsal":false,"faults":[{"id":5,"slug":"scan-user","verdict":"ok","cause":null,"why":"x","do":null,"evidence":[],"notes":[],"steps":[]}],"closing":[],"runs":[],"exit":0}'

setup() {
        command -v ansible-playbook >/dev/null || skip "this machine lacks ansible-core"
        fleet_make 0
        fleet_controller
        INVENTORY=$FLEET/inventory.yml
        printf '%s\n' "all:" "  vars: {ansible_connection: local, ansible_python_interpreter: /usr/bin/python3, secep_become: false}" "  hosts:" >"$INVENTORY"
}

teardown() {
        if mountpoint -q "$FLEET/noexec"; then umount "$FLEET/noexec"; fi
        fleet_drop
}

# Host NAME, whose secep-repair prints TEXT. MORE: further variables of it.
host() { # NAME TEXT [MORE]
        printf '%s' "$2" >"$FLEET/$1.json"
        printf '#!/bin/sh\ncat %s/%s.json\n' "$FLEET" "$1" >"$FLEET/$1"
        chmod 755 "$FLEET/$1"
        echo "    $1: {secep_executable: $FLEET/$1${3:+, $3}}" >>"$INVENTORY"
}

# The hosts of the report, a line each: name, whether it answered, why not.
report() {
        play "$TOP/ansible/playbooks/report.yml" -f 12 -e "secep_report=$FLEET/report.html"
        [[ $status == 0 ]] || { echo "$output" && return 1; }
        REPORT=$(sed -n 's,^<script type="application/json"[^>]*>\(.*\)</script>$,\1,p' "$FLEET/report.html" | jq -r '.hosts[] | [.host, (.secep != null), .error] | @tsv')
        echo "$REPORT"
}

@test "cut off, a banner before, another schema, another form, nothing, no Python: each with its reason" {
        host cut "${WELL:0:150}"
        host banner "Authorized use only
$WELL"
        host newer "${WELL/'"schema":2'/'"schema":3'}"
        host form "${WELL/'"faults":[{'/'"faults":[7,{'}"
        host string "${WELL/'"runs":[]'/'"runs":"none"'}"
        host empty ""
        host list "[$WELL]"
        host python "$WELL" "ansible_python_interpreter: /nonexistent/python3"
        host well "$WELL"
        report
        grep -q $'^cut\tfalse\tthe JSON of secep-repair is cut off or not whole (150 bytes)$' <<<"$REPORT"
        grep -q $'^banner\tfalse\tsecep-repair printed no JSON: ' <<<"$REPORT"
        grep -q $'^newer\tfalse\t.*JSON schema 3' <<<"$REPORT"
        grep -q $'^form\tfalse\tthe JSON of secep-repair is not of the form' <<<"$REPORT"
        grep -q $'^string\tfalse\tthe JSON of secep-repair is not of the form' <<<"$REPORT"
        grep -q $'^empty\tfalse\tsecep-repair printed no JSON: nothing$' <<<"$REPORT"
        grep -q $'^list\tfalse\t.*JSON schema None' <<<"$REPORT"
        grep -q $'^python\tfalse\t.*/nonexistent/python3' <<<"$REPORT"
        grep -q $'^well\ttrue\t$' <<<"$REPORT"
        [[ $(wc -l <<<"$REPORT") == 9 ]]
}

@test "a clock in 1970, half a character, /tmp noexec: the host answers and stands there" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make check)"
        mkdir "$FLEET/noexec"
        mount -t tmpfs -o noexec,mode=1777 tmpfs "$FLEET/noexec"
        host past "${WELL/'"time":1795368400'/'"time":1'}"
        host half "${WELL/'"why":"x"'/'"why":"\ud800"'}"
        host bytes "${WELL/'"why":"x"'/'"why":"'$'\xff''"'}"
        host mounted "$WELL" "ansible_remote_tmp: $FLEET/noexec/ansible"
        report
        local name
        for name in past half bytes mounted; do grep -q "^$name"$'\ttrue\t$' <<<"$REPORT" || { echo "$name" && false; }; done
}
