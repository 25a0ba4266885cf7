#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints a CIL module for the policy store STORE: unconfined_service_t may do everything but use bpf
# and perf_event, as on RHEL 7, and what starts services may enter it.   selinux-rights.sh STORE
set -euo pipefail
domain=unconfined_service_t

attributes="mlsfileread mlsfilewrite mlsprocread mlsprocwrite can_change_object_identity
can_change_process_identity can_change_process_role can_load_kernmodule can_load_policy can_setenforce"

echo '(typeattribute vm_every) (typeattributeset vm_every (all))'
for a in $attributes; do
        echo "(typeattributeset $a ($domain))"
done
# the classes the policy declares
bzip2 -dc "$1/active/modules/100/base/cil" | sed -n 's/^(class \([a-z0-9_]*\) .*/\1/p' | sort -u |
        while read -r class; do
                [[ $class == bpf || $class == perf_event ]] || echo "(allow $domain vm_every ($class (all)))"
        done
for from in init_t initrc_t kernel_t; do
        echo "(allow $from $domain (process (transition siginh rlimitinh noatsecure)))"
done
echo "(allow vm_every $domain (process (sigchld)))"
echo "(allow vm_every $domain (fd (use)))"
