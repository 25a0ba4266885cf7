#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints a CIL module for the policy store STORE: unconfined_service_t, and each other DOMAIN, which is
# declared, may do everything but use bpf and perf_event, as on RHEL 7, and what starts services may enter
# it.   selinux-rights.sh STORE [DOMAIN...]
set -euo pipefail
store=$1
shift

attributes="mlsfileread mlsfilewrite mlsprocread mlsprocwrite can_change_object_identity
can_change_process_identity can_change_process_role can_load_kernmodule can_load_policy can_setenforce"
# the classes the policy declares
classes=$(bzip2 -dc "$store/active/modules/100/base/cil" | sed -n 's/^(class \([a-z0-9_]*\) .*/\1/p' | sort -u)

rights() { # DOMAIN
        local a class from
        for a in $attributes; do echo "(typeattributeset $a ($1))"; done
        for class in $classes; do
                [[ $class == bpf || $class == perf_event ]] || echo "(allow $1 vm_every ($class (all)))"
        done
        for from in init_t initrc_t kernel_t; do
                echo "(allow $from $1 (process (transition siginh rlimitinh noatsecure)))"
        done
        echo "(allow vm_every $1 (process (sigchld)))"
        echo "(allow vm_every $1 (fd (use)))"
}

echo '(typeattribute vm_every) (typeattributeset vm_every (all))'
for domain in unconfined_service_t "$@"; do
        [[ $domain == unconfined_service_t ]] ||
                printf '(type %s)\n(roletype system_r %s)\n(typeattributeset domain (%s))\n' "$domain" "$domain" "$domain"
        rights "$domain"
done
