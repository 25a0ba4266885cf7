# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts for Ansible that are real: each a root of its own under systemd (nspawn), its own network namespace and
# sshd. All of it lies in a network namespace of the test. Load after roots.bash, nspawn.bash and fleet.bash.
# shellcheck shell=bash disable=SC2034

ROOT_PACKAGES[fleet]="${ROOT_PACKAGES[service]} apt openssh-server python3 python3-apt sudo"

declare -gA HOST_PID=() HOST_ROOT=() HOST_COPY=() HOST_GROUP=()
HOSTS_NET=10.123

# What keeps such hosts from running here, in words; nothing when all is well.
hosts_lack() {
        local program
        for program in ip ssh ssh-keygen ansible-playbook unshare nsenter dpkg-deb; do
                command -v "$program" >/dev/null || { echo "$program" && return; }
        done
        unshare -n ip link add hosts type bridge 2>/dev/null || { echo "network namespaces with bridges" && return; }
        unshare -n ip link add one type veth peer name other 2>/dev/null || { echo "veth interfaces" && return; }
        nspawn_lacks
}

# A package of what `make install` lays down, as a repository would give it.
hosts_package() { # FILE
        local tree=$FLEET/package
        make -s -C "$TOP" BUILD="$BUILD" DESTDIR="$tree" install
        mkdir -p "$tree/DEBIAN"
        printf '%s\n' 'Package: secep' 'Version: 0.2.0' "Architecture: $(dpkg --print-architecture)" 'Maintainer: the test <root@localhost>' 'Description: what make install lays down' \
                >"$tree/DEBIAN/control"
        dpkg-deb --root-owner-group -Znone -b "$tree" "$1" >/dev/null
        rm -rf "$tree"
}

# The test's own network: a bridge and nothing else. From here on everything of the test that needs the hosts is run
# by in_net.
hosts_net() {
        unshare -n sleep infinity 3>&- &
        HOSTS_SLEEPER=$!
        until [[ $(readlink "/proc/$HOSTS_SLEEPER/ns/net") != "$(readlink /proc/self/ns/net)" ]]; do sleep 0.05; done
        mount -t tmpfs -o mode=0755 tmpfs /run # names of network namespaces, and what nspawn keeps
        mkdir -p /run/systemd/nspawn-of-tests /run/lock /run/netns
        mount -t tmpfs tmpfs /run/systemd/nspawn-of-tests
        in_net ip link set lo up
        in_net ip link add hosts type bridge
        in_net ip addr add $HOSTS_NET.0.1/16 dev hosts
        in_net ip link set hosts up
}

in_net() {
        nsenter -n -t "$HOSTS_SLEEPER" -- "$@"
}

# What all hosts have: the stand-in connector, a key to come in by. Made once for a test, as a layer.
hosts_base() {
        local unit
        ssh-keygen -q -t ed25519 -N '' -f "$FLEET/key"
        root_copy fleet
        root_standin
        rm -f "$ROOT/usr/bin/secep-repair"
        mkdir -p "$ROOT/root/.ssh"
        cp "$FLEET/key.pub" "$ROOT/root/.ssh/authorized_keys"
        printf 'UseDNS no\nUsePAM no\n' >"$ROOT/etc/ssh/sshd_config.d/test.conf"
        rm -f "$ROOT"/etc/systemd/system/timers.target.wants/* # nothing of its own in the middle of a test
        # All hosts share what the kernel allows one user to watch by inotify (128 descriptors as a rule).
        for unit in systemd-ask-password-{console,wall}.path systemd-logind.service console-getty.service dbus-org.freedesktop.login1.service; do
                ln -sf /dev/null "$ROOT/etc/systemd/system/$unit"
        done
        root_keep_layer "$FLEET"
        HOSTS_BASE=$FLEET/upper:$(root_base fleet)
}

host_make() { # NAME
        local name=$1
        root_copy_of "$HOSTS_BASE"
        HOST_ROOT[$name]=$ROOT HOST_COPY[$name]=$COPY
        echo "$name" >"$ROOT/etc/hostname"
}

# Groups of its own for a host: two systemds in one would each take the other's away.
host_groups() { # NAME
        local dir
        for dir in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
                [[ -e $dir/cgroup.procs ]] || continue
                mkdir -p "$dir/secep-$$-$1"
                HOST_GROUP[$1]+="$dir/secep-$$-$1 "
        done
}

host_boot() { # NAME NUMBER
        local name=$1 address=$HOSTS_NET.1.$2 dir line
        in_net ip netns add "$name"
        in_net ip link add "to-$name" type veth peer name eth0 netns "$name"
        in_net ip link set "to-$name" master hosts up
        ip -n "$name" link set lo up
        ip -n "$name" addr add "$address/16" dev eth0
        ip -n "$name" link set eth0 up
        [[ -n ${HOST_GROUP[$name]:-} ]] || host_groups "$name"
        line="systemd-nspawn -q -D ${HOST_ROOT[$name]} -b -M $name --register=no --keep-unit --network-namespace-path=/run/netns/$name --link-journal=no --system-call-filter='fanotify_init fanotify_mark bpf'"
        # nspawn with --keep-unit ends with 133 where its guest asks for a reboot.
        (
                for dir in ${HOST_GROUP[$name]}; do echo "$BASHPID" >"$dir/cgroup.procs"; done
                status=133
                while ((status == 133)); do
                        status=0
                        setsid -w script -qec "$line" "${HOST_COPY[$name]}/console" || status=$?
                done
        ) </dev/null >/dev/null 2>&1 3>&- &
        HOST_PID[$name]=$!
        disown # its end is no news of this shell's
}

host_ssh() { # NUMBER COMMAND...
        in_net ssh -i "$FLEET/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=5 -o BatchMode=yes "root@$HOSTS_NET.1.$1" "${@:2}"
}

# Waits until host N lets somebody in.
hosts_wait_one() { # N
        local end=$((SECONDS + 240))
        until host_ssh "$1" true 2>/dev/null; do
                ((SECONDS < end)) || { tail -20 "${HOST_COPY[h$1]}/console" && return 1; }
                sleep 0.3
        done
}

hosts_wait() { # N: each of 1..N
        local i
        for ((i = 1; i <= $1; i++)); do hosts_wait_one "$i"; done
}

# All that runs in a host ends at once.
host_kill() { # NAME
        local dir pid
        for dir in ${HOST_GROUP[$1]:-}; do
                while read -r pid; do kill -KILL "$pid" 2>/dev/null || true; done < <(find "$dir" -name cgroup.procs -exec cat '{}' + 2>/dev/null)
        done
        while [[ -n ${HOST_PID[$1]:-} ]] && kill -0 "${HOST_PID[$1]}" 2>/dev/null; do sleep 0.1; done
        unset "HOST_PID[$1]"
}

hosts_drop() {
        local name dir end
        for name in "${!HOST_COPY[@]}"; do
                host_kill "$name"
                ip netns del "$name" 2>/dev/null || true
                for dir in ${HOST_GROUP[$name]:-}; do
                        # what was killed leaves its group when it is gone
                        end=$((SECONDS + 60))
                        until [[ ! -e $dir ]] || ((SECONDS > end)); do
                                find "$dir" -depth -type d -exec rmdir '{}' ';' 2>/dev/null || sleep 0.1
                        done
                done
                COPY=${HOST_COPY[$name]} ROOT=${HOST_ROOT[$name]} root_drop
        done
        [[ -z ${HOSTS_SLEEPER:-} ]] || kill "$HOSTS_SLEEPER" 2>/dev/null || true
}

hosts_setup() {
        local lacks
        lacks=$(hosts_lack)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        fleet_make 0
        hosts_net
        hosts_base
        hosts_package "$FLEET/secep.deb"
}

hosts_teardown() {
        hosts_drop
        fleet_drop
}

# HOSTS hosts h1..hN, each broken by faultlab's causes in BROKEN, by its number modulo 5.
fleet_boot() {
        local i broken
        PLAY_IN=(nsenter -n -t "$HOSTS_SLEEPER" --)
        {
                echo "all:"
                echo "  vars:"
                echo "    ansible_user: root"
                echo "    ansible_ssh_private_key_file: $FLEET/key"
                echo "    ansible_ssh_common_args: -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=20"
                echo "    ansible_python_interpreter: /usr/bin/python3"
                echo "    ansible_ssh_pipelining: true"
                echo "    connector_secep_files: [$FLEET/secep.deb]"
                echo "    connector_faults: [scan-user, scan-start]"
                echo "  hosts:"
        } >"$FLEET/inventory.yml"
        for ((i = 1; i <= HOSTS; i++)); do
                host_make "h$i"
                # shellcheck disable=SC2153 # of the test
                for broken in ${BROKEN[i % 5]}; do "$FAULTLAB" --root "${HOST_ROOT[h$i]}" break "$broken" >/dev/null; done
                host_boot "h$i" "$i"
                echo "    h$i: {ansible_host: $HOSTS_NET.1.$i}" >>"$FLEET/inventory.yml"
        done
        hosts_wait "$HOSTS"
}

# What the monitor of host N says of FAULT: raised, cleared or something else.
condition() { # N FAULT
        host_ssh "$1" cat /run/secep/faults.json | jq -r --argjson id "$2" '.faults[] | select(.id == $id) | .condition'
}
