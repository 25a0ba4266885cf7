# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts for Ansible that are target roots of this machine: $FLEET has collections, an inventory and a
# root a host. Needs roots.bash.
# shellcheck shell=bash

# N hosts h1..hN, each a tiny root; odd ones lack the scan user, even ones are healthy there.
fleet_make() { # N
        local i
        FLEET=$(mktemp -d "${BATS_TMPDIR:-/tmp}/secep-fleet.XXXXXX")
        mkdir -p "$FLEET/collections/ansible_collections/secep" "$FLEET/home"
        : >"$FLEET/ansible.cfg"
        ln -s "$TOP/ansible" "$FLEET/collections/ansible_collections/secep/endpoint"
        {
                echo "all:"
                echo "  vars: {ansible_connection: local, ansible_python_interpreter: /usr/bin/python3, secep_become: false,"
                echo "         secep_executable: $BUILD/secep-repair, secep_root: '{{ host_root }}'}"
                echo "  hosts:"
        } >"$FLEET/inventory.yml"
        for ((i = 1; i <= $1; i++)); do
                root_tiny
                mv "$ROOT" "$FLEET/h$i"
                root_drop
                if ((i % 2 == 0)); then
                        echo 'cisco-amp-scan-svc:x:998:998::/nonexistent:/usr/sbin/nologin' >>"$FLEET/h$i/etc/passwd"
                        echo 'cisco-amp-scan-svc:x:998:' >>"$FLEET/h$i/etc/group"
                        echo 'cisco-amp-scan-svc:!:19000::::::' >>"$FLEET/h$i/etc/shadow"
                        echo 'cisco-amp-scan-svc:!::' >>"$FLEET/h$i/etc/gshadow"
                fi
                echo "    h$i: {host_root: $FLEET/h$i}" >>"$FLEET/inventory.yml"
        done
        unset ROOT COPY
}

# The controller is this machine, or with SECEP_ANSIBLE_SUITE=sid a root of that suite with its ansible-core and its
# Python. Private mounts only, after fleet_make.
fleet_controller() {
        [[ -n ${SECEP_ANSIBLE_SUITE:-} ]] || return 0
        local dir
        # what ansible-playbook needs there, and what secep-repair is linked to
        # shellcheck disable=SC2034 # of roots.bash
        ROOT_PACKAGES[ansible]="python3 ansible-core openssh-client libjansson4 libexpat1 libselinux1 libsepol2 libbz2-1.0 libssl3t64 libkmod2 libacl1 libseccomp2 libcap2 libsystemd0"
        root_copy ansible "$SECEP_ANSIBLE_SUITE"
        CONTROLLER=$ROOT CONTROLLER_COPY=$COPY
        unset ROOT COPY
        for dir in /proc /dev "$FLEET" "$TOP" "$BUILD"; do
                mkdir -p "$CONTROLLER$dir"
                mount --rbind "$dir" "$CONTROLLER$dir"
        done
        PLAY_IN=(chroot "$CONTROLLER" env -C "$FLEET")
        echo "# controller: $(chroot "$CONTROLLER" ansible --version | head -1), $(chroot "$CONTROLLER" python3 --version)" >&3
}

fleet_drop() {
        [[ -z ${CONTROLLER_COPY:-} ]] || COPY=$CONTROLLER_COPY ROOT=$CONTROLLER root_drop
        [[ -z ${FLEET:-} ]] || rm -rf --one-file-system "$FLEET"
}

# ansible-playbook with nothing of this machine's own configuration: $status, $output. PLAY_IN: what it is run by.
PLAY_IN=()
# shellcheck disable=SC2034
play() {
        status=0
        output=$(cd "$FLEET" && env -i PATH="$PATH" HOME="$FLEET/home" LC_ALL=C.UTF-8 ANSIBLE_CONFIG="$FLEET/ansible.cfg" ANSIBLE_NOCOLOR=1 ANSIBLE_RETRY_FILES_ENABLED=0 \
                ANSIBLE_COLLECTIONS_PATH="$FLEET/collections" ANSIBLE_COLLECTIONS_PATHS="$FLEET/collections" ANSIBLE_DEPRECATION_WARNINGS=0 \
                timeout "${PLAY_LIMIT:-600}" "${PLAY_IN[@]}" ansible-playbook -i "$FLEET/inventory.yml" "$@" 2>&1) || status=$?
}

# A number of the recap: recap h1 changed
recap() {
        sed -n "s/^$1  *: .*\b$2=\([0-9]*\).*/\1/p" <<<"$output"
}
