#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of the modules' manuals, by ansible-playbook.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/fleet

setup() {
        command -v ansible-playbook >/dev/null || skip "this machine lacks ansible-core"
        fleet_make 1
}

teardown() {
        fleet_drop
}

# A program that answers FILE's text and ends with STATUS.
answering() { # NAME STATUS TEXT
        printf '%s' "$3" >"$FLEET/$1.json"
        printf '#!/bin/sh\ncat %s/%s.json\nexit %s\n' "$FLEET" "$1" "$2" >"$FLEET/$1"
        chmod 755 "$FLEET/$1"
}

# Each example of the manual as it stands there, a play of its own; roots and programs are this test's by
# module_defaults, and what a host would have below /root lies in $FLEET.
@test "the examples of ansible-doc run as they are printed" {
        local module n=0 said
        printf '#!/bin/sh\nfor a; do shift; set -- "$@" "$(printf %%s "$a" | sed "s,^/root/,%s/given/,")"; done\nexec %s "$@"\n' "$FLEET" "$BUILD/secep-repair" >"$FLEET/wrapper"
        answering nothing 0 '{"schema":2,"version":"1","time":1,"run":null,"host":"h","kernel":"6.1","changed":false,"faults":[],"exit":0}'
        chmod 755 "$FLEET/wrapper"
        mkdir -p "$FLEET/given/secep-headers" "$FLEET/gathered"
        printf '%064d  none.deb\n' 0 >"$FLEET/given/secep-headers.sha256"
        cp "$TOP/ansible/playbooks/files/report.html" "$FLEET"
        for module in secep_repair secep_undo secep_facts secep_headers secep_report; do
                python3 - "$TOP/ansible/plugins/modules/$module.py" >"$FLEET/examples.yml" <<-'PY'
			import ast, sys
			for node in ast.parse(open(sys.argv[1]).read()).body:
			    if isinstance(node, ast.Assign) and node.targets[0].id == "EXAMPLES":
			        print(node.value.value)
		PY
                cat >"$FLEET/example.yml" <<-YML
			- hosts: h1
			  gather_facts: false
			  module_defaults:
			    secep.endpoint.secep_repair: {root: "{{ host_root }}", executable: $FLEET/wrapper}
			    secep.endpoint.secep_undo: {root: "{{ host_root }}", executable: $FLEET/wrapper}
			    secep.endpoint.secep_facts: {root: "{{ host_root }}", executable: $FLEET/wrapper}
			    secep.endpoint.secep_headers: {executable: $FLEET/nothing}
			  tasks:
			$(sed 's/^/    /; /^ *$/d; /^    - name:/s/$/\n      ignore_errors: true/' "$FLEET/examples.yml")
		YML
                play example.yml
                said=$(grep -c '^TASK ' <<<"$output")
                [[ $status == 0 && $said == "$(grep -c '^- name:' "$FLEET/examples.yml")" ]] || { echo "$output" && false; }
                # a fault that is left is an answer; an argument that is wrong is none
                run ! grep -E 'fatal' <(grep -v '"exit": [134]' <<<"$output")
                n=$((n + said))
        done
        [[ -s $FLEET/secep-report.html ]]
        echo "# $n examples" >&3
}
