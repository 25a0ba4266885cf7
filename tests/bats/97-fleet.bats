#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The playbooks over ssh against hosts that are real: systemd, sshd, a package system, the stand-in connector, the
# monitor. SECEP_HOSTS says how many (4).
# bats file_tags=slow
load ../lib/roots
load ../lib/nspawn
load ../lib/fleet
load ../lib/hosts
load ../lib/packages
load ../lib/signed
load ../lib/hosts_repo

HOSTS=${SECEP_HOSTS:-4}
# What each is broken by, by its number modulo 5: fault 5 three times, fault 7, and one that is well.
BROKEN=("" scan-user:user-missing scan-start:service-failed scan-user:directory-mode "scan-user:usergroups-disabled scan-user:user-missing")

setup() { hosts_setup; }

teardown() {
        repo_end
        hosts_teardown
}

# What a repair may change of a host, in one sum a host.
sums() {
        local i
        for ((i = 1; i <= HOSTS; i++)); do
                (cd "${HOST_ROOT[h$i]}" && cat etc/{passwd,group,shadow,gshadow,login.defs} && stat -c '%n %a %u %g' opt/cisco/amp{,/*}) | sha256sum
        done
}

conditions() { # CONDITION-OF-THE-BROKEN
        local i want end=$((SECONDS + 120))
        for ((i = 1; i <= HOSTS; i++)); do
                case ${BROKEN[i % 5]} in
                scan-user:*) want=$1 ;;
                *) want=cleared ;;
                esac
                until [[ $(condition "$i" 5) == "$want" ]]; do
                        ((SECONDS < end)) || { echo "h$i: $(condition "$i" 5), not $want" && return 1; }
                        sleep 0.5
                done
        done
}

# The steps of each host in the output of a play with --diff.
steps() {
        grep -E '^(--- before|\+fault|(changed|ok|failed|fatal): \[)' <<<"$output" | awk '/^\+/{s[++n]=$0} /^(changed|ok|failed|fatal): /{sub(/[\]:].*/, "", $2); for(i=1;i<=n;i++) print $2, s[i]; n=0}' | sort
}

# All hosts in one batch: batches are tried in 95-ansible.bats.
site() {
        play "$TOP/ansible/playbooks/site.yml" -f "$HOSTS" -e '{"secep_serial": ["100%"]}' "$@"
}

all_recaps() { # WORD NUMBER
        local i
        for ((i = 1; i <= HOSTS; i++)); do [[ $(recap "h$i" "$1") == "$2" ]] || { echo "h$i: $1=$(recap "h$i" "$1")" && return 1; }; done
}

@test "first run clears, check mode says exactly how, second run changes nothing, rollback brings back; the monitor agrees" {
        local before planned t=$SECONDS
        fleet_boot
        echo "# $HOSTS hosts up in $((SECONDS - t)) s" >&3
        before=$(sums)
        # a first look at hosts that have nothing of ours yet
        site --check --diff
        [[ $status == 0 && $(sums) == "$before" ]] || { echo "$output" && false; }
        site --skip-tags repair
        [[ $status == 0 && $(sums) == "$before" ]] || { echo "$output" && false; }
        conditions raised
        site --check --diff
        [[ $status == 0 && $(sums) == "$before" ]] || { echo "$output" && false; }
        planned=$(steps)
        site --diff
        [[ $status == 0 && $(sums) != "$before" ]] || { echo "$output" && false; }
        [[ $planned == "$(steps)" && -n $planned ]] || { echo "planned: $planned" && echo "done: $(steps)" && false; }
        conditions cleared
        site
        [[ $status == 0 ]] && all_recaps changed 0 || { echo "$output" && false; }
        play "$TOP/ansible/playbooks/rollback.yml"
        [[ $status == 0 && $(sums) == "$before" ]] || { echo "$output" && false; }
        conditions raised
        echo "# whole: $((SECONDS - t)) s" >&3
}

# Which kernel host N is asked about: six of them, where there are as many hosts.
kernel_of() { # N
        echo "9.9.$(($1 % KERNELS))-1-amd64"
}

@test "as many kernels as need headers cost as many downloads; a set that was tampered with is no host's" {
        local i KERNELS=$((HOSTS < 12 ? HOSTS / 2 : 6)) BROKEN=("" "" "" "" "") key
        mapfile -t kernels < <(for ((i = 0; i < KERNELS; i++)); do kernel_of "$i"; done)
        repo_serve "${kernels[@]}"
        fleet_boot
        for ((i = 1; i <= HOSTS; i++)); do
                repo_for "h$i"
                sed -i "s/^    h$i: {/&connector_kernel: $(kernel_of "$i"), /" "$FLEET/inventory.yml"
        done
        site --skip-tags repair
        [[ $status == 0 ]] || { echo "$output" && false; }
        headers=(-e '{"connector_faults": ["kernel-headers"]}' -e "connector_headers_cache=$FLEET/kept" --tags repair)
        site "${headers[@]}"
        [[ $status == 0 ]] || { echo "$output" && false; }
        for ((i = 1; i <= HOSTS; i++)); do [[ -e ${HOST_ROOT[h$i]}/usr/src/linux-headers-$(kernel_of "$i")/Makefile ]] || { echo "h$i" && echo "$output" && host_ssh "$i" secep-repair --fault 11 --plan --kernel "$(kernel_of "$i")" && false; }; done
        # each kernel's two packages, once
        echo "# $HOSTS hosts, $KERNELS kernels: $(repo_downloads) files downloaded" >&3
        [[ $(repo_downloads) == $((KERNELS * 2)) ]] || { cat "$FLEET/asked" && false; }
        site "${headers[@]}"
        [[ $status == 0 && $(repo_downloads) == $((KERNELS * 2)) ]] && all_recaps changed 0 || { echo "$output" && false; }
        # what the controller keeps is not believed: the host fetches its own, and has it
        host_ssh 1 "dpkg --purge linux-headers-$(kernel_of 1) secep-test-kbuild-$(kernel_of 1) >/dev/null"
        for key in "$FLEET"/kept/*/; do echo more >>"$(find "$key" -name 'linux-headers-*' | head -1)"; done
        site "${headers[@]}" --limit h1
        [[ $status == 0 && $output == *"is not the file that this host's own package lists name"* && $(repo_downloads) == $((KERNELS * 2 + 2)) ]] || { echo "$output" && false; }
}
