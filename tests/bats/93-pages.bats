#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# secep-faults(7) and the completions against what the programs say themselves.
load ../lib/roots

@test "every cause of the page is one the code gives, and every fault is there" {
        local cause
        while read -r cause; do
                grep -rqF "\"$cause\"" "$TOP"/faults "$TOP"/repair "$TOP"/packages || { echo "$cause" && false; }
        done < <(sed -n 's/^\.It Cm //p' "$TOP/man/secep-faults.7" | sed 's/ , /\n/g')
        while read -r id name _; do
                grep -q "^\.Ss $id $name:" "$TOP/man/secep-faults.7" || { echo "$id $name" && false; }
        done < <("$BUILD/secep-repair" --list)
}

@test "bash completes faults by number and name, verbs, and behind a comma" {
        PATH=$BUILD:$PATH
        source "$TOP/data/completion/secep-repair.bash"
        source "$TOP/data/completion/secep-installer.bash"
        COMP_WORDS=(secep-repair --fault sc) COMP_CWORD=2
        _secep_repair
        [[ " ${COMPREPLY[*]} " == *" scan-user "* ]]
        COMP_WORDS=(secep-repair --fault "5,ker") COMP_CWORD=2
        _secep_repair
        [[ " ${COMPREPLY[*]} " == *" 5,kernel-headers "* ]]
        COMP_WORDS=(secep-repair --una) COMP_CWORD=1
        _secep_repair
        [[ ${#COMPREPLY[@]} == 0 ]]
        COMP_WORDS=(secep-installer pre) COMP_CWORD=1
        _secep_installer
        [[ " ${COMPREPLY[*]} " == *" preflight "* ]]
}
