#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts that fail in the middle of a play over ssh, each in a way of its own. Part of `make torture`.
load ../lib/roots
load ../lib/nspawn
load ../lib/fleet
load ../lib/hosts

setup() { hosts_setup; }

teardown() { hosts_teardown; }

# What is wrong with each host, by its number.
WRONG=("" well away nosudo old full hung reboots)

# secep is there, with a program of the test before it where the host is one that misbehaves.
misbehave() {
        local i
        for ((i = 1; i <= HOSTS; i++)); do
                cp "$FLEET/secep.deb" "${HOST_ROOT[h$i]}/root/"
                host_ssh "$i" 'dpkg -i /root/secep.deb >/dev/null && systemctl -q enable --now secep-monitord && mv /usr/sbin/secep-repair /usr/sbin/secep-real
                        printf "#!/bin/sh\nexec /usr/sbin/secep-real \"\$@\"\n" >/usr/sbin/secep-repair && chmod 755 /usr/sbin/secep-repair'
        done
        host_ssh 3 'useradd -m -p "*" joe && mkdir ~joe/.ssh && cp /root/.ssh/authorized_keys ~joe/.ssh/ && chown -R joe: ~joe/.ssh'
        sed -i 's/h3: {/h3: {ansible_user: joe, /' "$FLEET/inventory.yml"
        # shellcheck disable=SC2016
        printf '#!/bin/sh\necho '"'"'{"schema":7}'"'"'\n' | host_ssh 4 'cat >/usr/sbin/secep-repair'
        host_ssh 5 'mkdir -p /var/lib/secep/runs && mount -t tmpfs -o size=16k none /var/lib/secep/runs && ! dd if=/dev/zero of=/var/lib/secep/runs/rest 2>/dev/null'
        # one hangs and one reboots where it is asked for more than a look
        host_ssh 6 'sed -i "2i case \"\$*\" in *--check*) ;; *) exec sleep 600 ;; esac" /usr/sbin/secep-repair'
        host_ssh 7 'sed -i "2i case \"\$*\" in *--check*) ;; *) [ -e /root/booted ] || { touch /root/booted; systemctl reboot; exec sleep 600; } ;; esac" /usr/sbin/secep-repair'
        host_kill h2
}

@test "unreachable, no sudo, an old secep, a full disk, a hung repair, a reboot in the middle: one clear failure each, the rest go on" {
        local i hosts
        HOSTS=7
        # shellcheck disable=SC2034 # of hosts.bash
        BROKEN=(scan-user:user-missing scan-user:user-missing scan-user:user-missing scan-user:user-missing scan-user:user-missing)
        fleet_boot
        misbehave
        play "$TOP/ansible/playbooks/site.yml" -f 7 -e '{"connector_secep_files": [], "secep_serial": ["100%"], "secep_max_fail_percentage": 100, "connector_hung_after": 40}'
        echo "$output"
        [[ $status != 0 && $(recap h1 failed) == 0 && $(condition 1 5) == cleared ]]
        [[ $(recap h2 unreachable) == 1 && $(recap h7 unreachable) == 1 ]]
        for i in 3 4 5 6; do [[ $(recap "h$i" failed) == 1 ]] || { echo "h$i (${WRONG[i]})" && false; }; done
        [[ $output == *"Missing sudo password"* && $output == *"JSON schema 7"* && $output == *"No space left"* && $output == *"expected time frame (40)"* ]]
        # the host that booted in the middle is up again, and the next run has it
        hosts_wait_one 7
        play "$TOP/ansible/playbooks/site.yml" --limit h7 -e '{"connector_secep_files": []}'
        [[ $status == 0 && $(recap h7 failed) == 0 ]] || { echo "$output" && false; }
        grep -q '^cisco-amp-scan-svc:' "${HOST_ROOT[h7]}/etc/passwd"
        play "$TOP/ansible/playbooks/report.yml" -f 7 -e "secep_report=$FLEET/report.html" -e secep_look_timeout=60
        [[ $status == 0 ]] || { echo "$output" && false; }
        hosts=$(sed -n 's,^<script type="application/json"[^>]*>\(.*\)</script>$,\1,p' "$FLEET/report.html" | jq -r '.hosts[] | [.host, ([.secep.faults[]? | select(.id == 5) | .verdict] | first), .error] | @tsv')
        echo "$hosts"
        for i in 1 7; do grep -q "^h$i"$'\tok\t$' <<<"$hosts"; done
        grep -q $'^h5\tfault\t$' <<<"$hosts"
        grep -q $'^h6\t\t.*expected time frame (60)' <<<"$hosts"
        grep -qE $'^h2\t\t.*(connect to the host|reached) .*ssh' <<<"$hosts"
        grep -q $'^h3\t\tMissing sudo password' <<<"$hosts"
        grep -q $'^h4\t\t.*JSON schema 7' <<<"$hosts"
}
