#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The collection: real ansible-playbook on hosts that are target roots, real repairs of fault 5.
bats_require_minimum_version 1.5.0
# bats file_tags=slow
load ../lib/roots
load ../lib/fleet

setup() {
        command -v ansible-playbook >/dev/null || skip "this machine lacks ansible-core"
        fleet_make 4
        fleet_controller
        cat >"$FLEET/repair.yml" <<-'YML'
		- hosts: all
		  gather_facts: false
		  tasks:
		    - secep.endpoint.secep_repair:
		        faults: [scan-user]
		        root: "{{ host_root }}"
		        executable: "{{ secep_executable }}"
		      register: done
		    - ansible.builtin.debug: {var: done.left}
	YML
}

teardown() {
        fleet_drop
}

sums() {
        (cd "$FLEET" && cat h*/etc/{passwd,group,shadow,gshadow} | sha256sum)
}

@test "check mode predicts what the run does; a second run changes nothing; undo brings it back" {
        local before after
        before=$(sums)
        play repair.yml --check --diff
        [[ $status == 0 && $(recap h1 changed) == 1 && $(recap h2 changed) == 0 && $(recap h3 changed) == 1 ]] || { echo "$output" && false; }
        [[ $output == *"create-user cisco-amp-scan-svc"* && $(sums) == "$before" ]]
        play repair.yml
        [[ $status == 0 && $(recap h1 changed) == 1 && $(recap h2 changed) == 0 ]] || { echo "$output" && false; }
        grep -q '^cisco-amp-scan-svc:' "$FLEET/h1/etc/passwd"
        after=$(sums)
        play repair.yml
        [[ $status == 0 && $(recap h1 changed) == 0 && $(sums) == "$after" ]] || { echo "$output" && false; }
        play "$TOP/ansible/playbooks/rollback.yml"
        [[ $status == 0 && $(recap h1 changed) == 1 && $(recap h2 changed) == 0 && $(sums) == "$before" ]] || { echo "$output" && false; }
        play "$TOP/ansible/playbooks/rollback.yml"
        [[ $status == 0 && $(recap h1 changed) == 0 ]]
}

@test "check.yml fails where a fault is left and changes nothing" {
        local before
        before=$(sums)
        play "$TOP/ansible/playbooks/check.yml"
        [[ $status != 0 && $(recap h1 failed) == 1 && $(sums) == "$before" ]]
        [[ $output == *"faults left: 5"* ]]
}

# A program that answers FILE's text and ends with STATUS.
answering() { # NAME STATUS TEXT
        printf '%s' "$3" >"$FLEET/$1.json"
        printf '#!/bin/sh\ncat %s/%s.json\nexit %s\n' "$FLEET" "$1" "$2" >"$FLEET/$1"
        chmod 755 "$FLEET/$1"
}

@test "check.yml: what could not be told is no health" {
        answering unknown 3 '{"schema":2,"version":"1","time":1,"run":null,"host":"h","kernel":null,"changed":false,"rehearsal":false,"faults":[{"id":6,"slug":"scan-restarts","verdict":"could-not-tell","cause":null,"why":"no journal","do":null,"evidence":[],"notes":[],"steps":[]}],"closing":[],"exit":3}'
        sed -i "s,h2: {,h2: {secep_executable: $FLEET/unknown\, ," "$FLEET/inventory.yml"
        play "$TOP/ansible/playbooks/check.yml" --limit h2
        [[ $status != 0 && $(recap h2 failed) == 1 && $output == *"could not tell: 6"* ]] || { echo "$output" && false; }
}

@test "the report has the unreachable, the one without sudo, the hung, two of nearly one name; the rest go on" {
        local hosts
        answering well 0 '{"schema":2,"version":"1","time":1,"run":null,"host":"h","kernel":"6.1","changed":false,"faults":[],"runs":[],"exit":0}'
        printf '#!/bin/sh\nexec sleep 60\n' >"$FLEET/hung"
        printf '#!/bin/sh\necho "sh: sudo: not found" >&2\nexit 127\n' >"$FLEET/nosudo"
        chmod 755 "$FLEET"/{hung,nosudo}
        cat >"$FLEET/inventory.yml" <<-YML
		all:
		  vars: {ansible_connection: local, ansible_python_interpreter: /usr/bin/python3, secep_become: false, secep_executable: $FLEET/well}
		  hosts:
		    away: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1}
		    nosudo: {secep_become: true, ansible_become_user: nobody, ansible_become_exe: $FLEET/nosudo}
		    hung: {secep_executable: $FLEET/hung, secep_look_timeout: 5}
		    a b: {}
		    a:b: {}
		YML
        play "$TOP/ansible/playbooks/report.yml" -e "secep_report=$FLEET/report.html"
        [[ $status == 0 ]] || { echo "$output" && false; }
        hosts=$(sed -n 's,^<script type="application/json"[^>]*>\(.*\)</script>$,\1,p' "$FLEET/report.html" | jq -r '.hosts[] | [.host, (.secep != null), .error] | @tsv')
        echo "$hosts"
        grep -q $'^away\tfalse\t.*Failed to connect' <<<"$hosts"
        grep -q $'^nosudo\tfalse\t.*sh: sudo: not found$' <<<"$hosts"
        grep -qiE $'^hung\tfalse\t.*(timed out|time frame)' <<<"$hosts"
        [[ $(grep -c $'^a.b\ttrue' <<<"$hosts") == 2 ]]
}

@test "the report has a host whose answer the controller had no room for, and why" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks private mounts (run by make check)"
        local hosts end='"changed":false,"faults":[],"runs":[],"exit":0}'
        answering well 0 '{"schema":2,"version":"1","time":1,"run":null,"host":"h","kernel":"6.1",'"$end"
        cat >"$FLEET/large" <<-'SH'
		#!/bin/sh
		printf '%s' '{"schema":2,"version":"1","time":1,"run":null,"host":"h","kernel":"6.1","changed":false,"runs":[],"exit":1,"faults":[{"id":5,"slug":"scan-user","verdict":"fault","why":"'
		head -c 5000000 /dev/zero | tr '\0' x
		printf '%s' '"}]}'
		exit 1
SH
        chmod 755 "$FLEET/large"
        cat >"$FLEET/inventory.yml" <<-YML
		all:
		  vars: {ansible_connection: local, ansible_python_interpreter: /usr/bin/python3, secep_become: false, secep_executable: $FLEET/well}
		  hosts:
		    first: {}
		    large: {secep_executable: $FLEET/large}
		    last: {}
		YML
        mkdir "$FLEET/room"
        mount -t tmpfs -o size=4m tmpfs "$FLEET/room"
        # shellcheck disable=SC2034 # of tests/lib/fleet.bash
        PLAY_IN=(env "TMPDIR=$FLEET/room")
        play "$TOP/ansible/playbooks/report.yml" -f 1 -e "secep_report=$FLEET/report.html"
        umount "$FLEET/room"
        [[ $status == 0 ]] || { echo "$output" && false; }
        hosts=$(sed -n 's,^<script type="application/json"[^>]*>\(.*\)</script>$,\1,p' "$FLEET/report.html" | jq -r '.hosts[] | [.host, (.secep != null), .error] | @tsv')
        echo "$hosts"
        grep -q $'^large\tfalse\tits answer could not be kept on the controller: .' <<<"$hosts"
        [[ $(grep -cE $'^(first|last)\ttrue' <<<"$hosts") == 2 && $(wc -l <<<"$hosts") == 3 ]]
}

@test "one clear failure per host: no secep, an answer that is none, an old schema; the rest go on" {
        printf '#!/bin/sh\necho "not JSON"\n' >"$FLEET/none"
        printf '#!/bin/sh\necho "{\\"schema\\":7}"\n' >"$FLEET/old"
        printf '#!/bin/sh\necho "secep-repair: no such root" >&2; exit 2\n' >"$FLEET/usage"
        chmod 755 "$FLEET"/{none,old,usage}
        sed -i "s,h1: {,h1: {secep_executable: $FLEET/none\, ,; s,h2: {,h2: {secep_executable: $FLEET/old\, ,; s,h3: {,h3: {secep_executable: $FLEET/usage\, ," "$FLEET/inventory.yml"
        play repair.yml
        [[ $(recap h1 failed) == 1 && $(recap h2 failed) == 1 && $(recap h3 failed) == 1 && $(recap h4 failed) == 0 && $(recap h4 ok) == 2 ]] || { echo "$output" && false; }
        [[ $output == *"printed no JSON"* && $output == *"JSON schema 7"* && $output == *"no such root"* ]]
}

@test "the report: every host, hostile text as text, whole without a network" {
        # shellcheck disable=SC2016
        printf '#!/bin/sh\nprintf "%%s" '"'"'{"schema":2,"version":"1","time":1,"run":null,"host":"h","kernel":"</script><img src=x onerror=document.title=1>","changed":false,"faults":[{"id":5,"slug":"scan-user","verdict":"blocked","cause":"user-altered","why":"<b>bold</b>","do":{"kind":"command","text":"rm -rf <script>alert(1)</script>"},"evidence":[],"steps":[]}],"runs":[],"exit":4}'"'"'\nexit 4\n' >"$FLEET/hostile"
        chmod 755 "$FLEET/hostile"
        sed -i "s,h1: {,h1: {secep_executable: $FLEET/hostile\, ," "$FLEET/inventory.yml"
        play "$TOP/ansible/playbooks/report.yml" -e "secep_report=$FLEET/report.html"
        [[ $status == 0 && -s $FLEET/report.html ]] || { echo "$output" && false; }
        run ! grep -q '<img src=x' "$FLEET/report.html"
        run ! grep -qE '(src|href)=.?https?:' "$FLEET/report.html"
        command -v chromium >/dev/null || skip "this machine lacks chromium"
        timeout 300 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
                --disable-component-update --disable-sync --user-data-dir="$FLEET/chromium" --virtual-time-budget=3000 \
                --dump-dom "file://$FLEET/report.html" >"$FLEET/dom" 2>"$FLEET/console"
        grep -q 'fleet</title>' "$FLEET/dom"                      # not what the hostile host set it to
        [[ $(grep -o 'role="rowheader"' "$FLEET/dom" | wc -l) == 4 ]]
        grep -q '&lt;script&gt;alert(1)' "$FLEET/dom"
        run ! grep -q '<b>bold' "$FLEET/dom"
        run ! grep -qE 'CONSOLE.*(Error|Refused)' "$FLEET/console"
}

@test "the README's first run: the artefact is built and installed, its playbooks run, the report lies where one stands" {
        local at=(env -i "PATH=$PATH" "HOME=$FLEET/new" LC_ALL=C.UTF-8 ANSIBLE_NOCOLOR=1 "PWD=$FLEET/stand" timeout 300)
        mkdir -p "$FLEET/new" "$FLEET/stand"
        cd "$FLEET/stand"
        run "${at[@]}" ansible-galaxy collection build "$TOP/ansible"
        [[ $status == 0 ]] || { echo "$output" && false; }
        run "${at[@]}" ansible-galaxy collection install secep-endpoint-0.2.0.tar.gz
        [[ $status == 0 ]] || { echo "$output" && false; }
        run "${at[@]}" ansible-playbook -i "$FLEET/inventory.yml" secep.endpoint.check
        [[ $status != 0 && $(recap h1 failed) == 1 ]] || { echo "$output" && false; }
        run "${at[@]}" ansible-playbook -i "$FLEET/inventory.yml" secep.endpoint.report
        [[ $status == 0 && -s secep-report.html ]] || { echo "$output" && false; }
        run "${at[@]}" ansible-playbook -i "$FLEET/inventory.yml" secep.endpoint.rollback
        [[ $status == 0 && $(recap h1 changed) == 0 ]] || { echo "$output" && false; }
}

@test "the artefact builds, the documentation is whole, the linters are silent" {
        run env -i PATH="$PATH" HOME="$FLEET/home" timeout 300 ansible-galaxy collection build --output-path "$FLEET" "$TOP/ansible"
        [[ $status == 0 && -s $FLEET/secep-endpoint-0.2.0.tar.gz ]]
        for module in secep_repair secep_undo secep_facts secep_headers secep_report; do
                run env -i PATH="$PATH" HOME="$FLEET/home" LC_ALL=C.UTF-8 ANSIBLE_COLLECTIONS_PATH="$FLEET/collections" \
                        ANSIBLE_COLLECTIONS_PATHS="$FLEET/collections" timeout 300 ansible-doc -t module "secep.endpoint.$module"
                [[ $status == 0 && $output == *EXAMPLES* ]]
        done
        command -v yamllint >/dev/null || skip "this machine lacks yamllint"
        run timeout 300 yamllint -s -c "$TOP/ansible/.yamllint" "$TOP/ansible"
        [[ $status == 0 ]] || { echo "$output" && false; }
}

@test "ansible-lint, profile production, has nothing to say" {
        command -v ansible-lint >/dev/null || skip "this machine lacks ansible-lint"
        # It reads a collection where collections lie, and what git knows of.
        rm "$FLEET/collections/ansible_collections/secep/endpoint"
        cp -a "$TOP/ansible" "$FLEET/collections/ansible_collections/secep/endpoint"
        cd "$FLEET/collections/ansible_collections/secep/endpoint"
        git init -q . && git add -A
        run env -i PATH="$PATH" HOME="$FLEET/home" LC_ALL=C.UTF-8 ANSIBLE_COLLECTIONS_PATH="$FLEET/collections" \
                ANSIBLE_COLLECTIONS_PATHS="$FLEET/collections" timeout 600 ansible-lint --nocolor -p
        [[ $status == 0 ]] || { echo "$output" && false; }
}

@test "the alert rules: raised, cleared, flapping, stale" {
        command -v promtool >/dev/null || skip "this machine lacks promtool"
        run timeout 300 bash -c 'cd "$1" && promtool check rules secep.rules.yml && promtool test rules secep.test.yml' - "$TOP/ansible/prometheus"
        [[ $status == 0 ]] || { echo "$output" && false; }
        jq -e . "$TOP/ansible/grafana/secep.json" >/dev/null
}

# The module itself, on 5,000 files of the size that a host with ten runs has.
@test "a report of 5,000 hosts is rendered in 10 s and 300 MiB" {
        mkdir "$FLEET/answers"
        run timeout 300 env PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$FLEET/collections" /usr/bin/python3 - "$TOP/ansible" "$FLEET" <<'PY'
import json, os, resource, runpy, sys, time
ansible, fleet = sys.argv[1:]
slugs = {5: "scan-user", 6: "scan-restarts", 7: "scan-start", 8: "file-monitor", 9: "network-monitor", 11: "kernel-headers", 16: "kernel-compat",
         18: "event-overload", 19: "selinux-policy"}
faults = [{"id": i, "slug": s, "verdict": "ok", "cause": None, "why": "x" * 80, "notes": ["n" * 60], "steps": [], "do": None,
           "evidence": [{"what": "a" * 40, "found": "b" * 20, "expected": "c" * 20}] * 6} for i, s in slugs.items()]
runs = [{"run": "r%d" % n, "time": 1, "exit": 0, "steps": [{"kind": "create-user", "target": "cisco-amp-scan-svc", "state": "done"}] * 4} for n in range(10)]
for n in range(5000):
    with open("%s/answers/%d.json" % (fleet, n), "w") as f:
        json.dump({"host": "h%d" % n, "secep": {"faults": faults, "kernel": "6.1.0-56-amd64", "runs": runs}, "error": None}, f)
arguments = {"source": fleet + "/answers", "page": ansible + "/playbooks/files/report.html", "dest": fleet + "/page.html"}
with open(fleet + "/arguments", "w") as f:
    json.dump({"ANSIBLE_MODULE_ARGS": arguments}, f)
sys.argv = ["secep_report", fleet + "/arguments"]
begun, ended = time.process_time(), 1  # what the machine does beside it is not ours
try:
    runpy.run_path(ansible + "/plugins/modules/secep_report.py", run_name="__main__")
except SystemExit as e:
    ended = e.code
seconds, mib = time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
with open(fleet + "/page.html") as f:
    page = f.read()
whole = json.loads(page.split('nonce="')[2].split(">", 1)[1].split("</script>")[0])
print("5000 hosts: %.1f s of a processor, %d MiB, page %d MiB" % (seconds, mib, os.path.getsize(fleet + "/page.html") >> 20))
sys.exit(bool(ended) or len(whole["hosts"]) != 5000 or len(whole["hosts"][0]["secep"]["runs"]) != 10 or seconds > 10 or mib > 300)
PY
        echo "# ${lines[-1]}" >&3
        [[ $status == 0 ]] || { echo "$output" && false; }
}

@test "site.yml stops where more than the share of a batch fails; the batches after it are not touched" {
        printf '#!/bin/sh\necho "secep-repair: no such root" >&2; exit 2\n' >"$FLEET/usage"
        chmod 755 "$FLEET/usage"
        sed -i "s,h2: {,h2: {secep_executable: $FLEET/usage\, ," "$FLEET/inventory.yml"
        # the playbook's own batches and share, over a task in place of the roles
        sed '/^  roles:/,$d' "$TOP/ansible/playbooks/site.yml" >"$FLEET/batches.yml"
        sed -n '/^  tasks:/,$p' "$FLEET/repair.yml" >>"$FLEET/batches.yml"
        sed -i 's/^  become:/  gather_facts: false\n  become:/' "$FLEET/batches.yml"
        play batches.yml -e '{"secep_serial": [1, 2, "100%"]}'
        [[ $status != 0 && $(recap h1 ok) == 2 && $(recap h2 failed) == 1 && $(recap h3 changed) == 1 && -z $(recap h4 ok) ]] || { echo "$output" && false; }
        [[ $output == *"NO MORE HOSTS LEFT"* ]]
        # with a share that is not passed the rest go on
        play batches.yml -e '{"secep_serial": [1, 2, "100%"], "secep_max_fail_percentage": 60}'
        [[ $(recap h2 failed) == 1 && $(recap h4 ok) == 2 ]] || { echo "$output" && false; }
}

@test "20 hosts: the first run clears each that is broken, the second changes nothing" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make check)"
        run timeout 600 unshare -m --propagation private "$TOP/tests/fleet/scale.sh" 20
        echo "$output"
        echo "# $output" | sed '2,$s/^/# /' >&3
        [[ $status == 0 && $output == *"second run: 0 changed"* ]]
}
