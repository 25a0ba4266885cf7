# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the guest of cgroup.sh, after tests/lib/inside.bash: each test is a function whose lines must
# all succeed.
slice=/sys/fs/cgroup/system.slice
tool=/usr/lib/secep-test/kmod-tool
n=0 failed=0

# A build as a unit with OPTIONs; what it says goes to /result/said.
build_in() { # NAME OPTION... -- COMMAND...
        local name=$1 options=()
        shift
        while [[ $1 != -- ]]; do options+=("$1"); shift; done
        shift
        systemd-run -q --wait --unit "$name" "${options[@]}" -p StandardOutput=file:/result/said -p StandardError=file:/result/said "$@"
}

says() { # WORDS
        cat /result/said
        grep -q "$1" /result/said
}

group_is_there() { # UNIT
        compgen -G "$slice/$1.service/secep-work.*" >/dev/null
}

nothing_is_left() {
        [[ -z $(find /sys/fs/cgroup -name 'secep*.[0-9]*') ]]
}

# While make waits: who is in it and what it may have. $1: the unit, the rest as build_in.
waits_in() {
        local group available
        rm -f /etc/make-may-end
        echo wait >/etc/make-does
        build_in "$@" &
        soon 60 group_is_there "$1"
        group=$(echo "$slice/$1.service"/secep-work.*)
        soon 60 has_make "$group"
        [[ $(cat "$group/pids.max") =~ ^(72|80)$ ]] # 64 and 8 a job: one or two, by the memory
        available=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
        [[ $(cat "$group/memory.max") -le $((available * 768)) && $(cat "$group/memory.max") -gt 100000000 ]]
        [[ $(cat "$group/memory.oom.group") == 1 ]]
        touch /etc/make-may-end
        wait $! && return 1
        says "this make makes nothing"
        nothing_is_left
}

has_make() { # GROUP
        local pid
        while read -r pid; do [[ $(cat "/proc/$pid/comm") != make ]] || return 0; done <"$1/cgroup.procs"
        return 1
}

limits_are_set() { waits_in delegated -p Delegate=yes -- "$tool" / "$RELEASE" build ampfsm; }

others_are_in_the_unit() { waits_in shared -p "Delegate=memory pids" -- /bin/bash -c "$tool / $RELEASE build ampfsm || exit 1"; }

memory_together() {
        echo memory >/etc/make-does
        build_in hungry -p Delegate=yes -- "$tool" / "$RELEASE" build ampfsm && return 1
        says "used more memory than the [0-9]* MiB that a build may: it was stopped"
        nothing_is_left
        [[ -z $(ls -d /var/lib/secep/kmod/work.* 2>/dev/null) ]]
        # that is no property of the source: tried again, it is built again
        echo wait >/etc/make-does
        touch /etc/make-may-end
        build_in again -p Delegate=yes -- "$tool" / "$RELEASE" build ampfsm && return 1
        says "this make makes nothing"
}

not_handed_on() {
        rm -f /etc/make-may-end
        echo wait >/etc/make-does
        build_in plain -- "$tool" / "$RELEASE" build ampfsm &
        soon 60 has_make "$slice/plain.service"
        not group_is_there plain
        touch /etc/make-may-end
        wait $! && return 1
        says "this make makes nothing"
        nothing_is_left
}

run() { # NAME FUNCTION
        n=$((n + 1))
        if (set -ex; "$2") >/result/trace 2>&1; then
                echo "ok $n - $1" >>/result/tap
        else
                echo "not ok $n - $1" >>/result/tap
                cut -c1-500 /result/trace | tail -40 | sed 's/^/# /' >>/result/tap
                failed=1
        fi
}

set +ex
run "a unit with Delegate=: the build has a group with limits, and it is gone after it" limits_are_set
run "another process in the unit is no hindrance" others_are_in_the_unit
run "what its processes take together ends a build, and nothing else" memory_together
run "a unit that was not handed on is left alone, and builds" not_handed_on
echo "1..$n" >>/result/tap
exit $failed
