#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# make demo: secep-repair at work on a throw-away copy of this machine's own root.
# Ends 0 only if three faults held, were repaired, are gone, a second run changed nothing, and this
# machine is as it was.
set -euo pipefail
cd "$(dirname "$0")/.."

begun=$SECONDS

repair=$PWD/build/secep-repair
faultlab=$PWD/build/tests/faultlab
faults=(--fault "5,11,19")

say() {
        printf '\n\033[1m== %3ds  %s\033[0m\n' $((SECONDS - begun)) "$*" |
                if [[ -t 1 && -z ${NO_COLOR:-} ]]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi
}

die() {
        printf '\ndemo: %s\n' "$*" >&2
        exit 1
}

# Every file a repair could touch, with what changes when it is touched.
manifest() {
        find /etc /opt /boot /usr/src /usr/sbin /usr/lib/modules /var/lib/dpkg /var/lib/selinux /var/lib/secep -xdev \
                -printf '%p %y %m %U:%G %s %C@\n' 2>/dev/null | sort || true
}

# The file systems of this machine that a copy has to have: / and what is mounted below it from a disk.
disk_mounts() {
        findmnt -rno TARGET,FSTYPE,MAJ:MIN | awk '
                $2 ~ /^(ext[234]|xfs|btrfs|overlay|f2fs)$/ && $1 !~ /^\/(proc|sys|dev|run|tmp|mnt|media)(\/|$)/ { print $1 }' | sort -u
}

copy_mount() {
        local layers=$1 copy=$2 target n=0
        while read -r target; do
                target=$(printf '%b' "$target")
                [[ -d $target ]] || continue # a single file bound from elsewhere (a container's /etc/hosts)
                n=$((n + 1))
                mkdir -p "$layers/$n/upper" "$layers/$n/work"
                mount -t overlay -o "lowerdir=$target,upperdir=$layers/$n/upper,workdir=$layers/$n/work,redirect_dir=on" \
                        overlay "$copy${target%/}" ||
                        die "$target cannot be the lower layer of an overlay"
        done
        mount --bind /proc "$copy/proc"
        mount -o remount,bind,ro "$copy/proc"
        mount -t tmpfs -o mode=0755,size=1m tmpfs "$copy/dev"
        for n in null:3 zero:5 full:7 random:8 urandom:9; do
                mknod -m 0666 "$copy/dev/${n%:*}" c 1 "${n#*:}"
        done
        mount -t tmpfs -o mode=0755 tmpfs "$copy/run"
        mount -t tmpfs -o mode=1777 tmpfs "$copy/tmp"
        if [[ -L $copy/etc/resolv.conf ]]; then
                rm "$copy/etc/resolv.conf"
                cat /etc/resolv.conf >"$copy/etc/resolv.conf"
        fi
        printf '#!/bin/sh\nexit 101\n' >"$copy/usr/sbin/policy-rc.d" # no service is started in a copy
        chmod 0755 "$copy/usr/sbin/policy-rc.d"
}

inside() {
        chroot "$copy" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"
}

install_inside() {
        local log
        # shellcheck disable=SC2016
        inside dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed && return
        log=$(mktemp -p "$copy/tmp")
        inside apt-get -qq -y --no-install-recommends install "$1" >"$log" 2>&1 ||
                { inside apt-get -qq update && inside apt-get -qq -y --no-install-recommends install "$1"; } >>"$log" 2>&1 ||
                { tail -5 "$log" >&2 && die "$1 cannot be installed in the copy"; }
}

# What a repair of the three faults is there to change.
state() {
        local file
        for file in passwd group shadow gshadow; do sed "s/^/$file: /" "$copy/etc/$file"; done
        # shellcheck disable=SC2016
        inside dpkg-query -W -f 'package: ${Package} ${Version} ${db:Status-Abbrev}\n' | sort
        inside semodule -s default -lfull 2>/dev/null | awk '{ print "module: " $1 " " $2 }' | sort
        find "$copy/opt/cisco" -printf 'mode: /opt/cisco/%P %m %U:%G\n' | sort
        sed 's/^/login.defs: /' "$copy/etc/login.defs" | grep -v '^login.defs: #'
}

secep() {
        printf '$ secep-repair --root COPY --kernel %s %s\n' "$release" "$*" >&2
        "$repair" --root "$copy" --kernel "$release" "$@"
}

verdicts() {
        "$repair" --root "$copy" --kernel "$release" "${faults[@]}" --check --json 2>/dev/null |
                jq -r '[.faults[] | "\(.id)=\(.verdict)"] | join(" ")'
}

expect() {
        [[ $2 == "$3" ]] || die "$1: $2, not $3"
}

in_private_mounts() {
        local work=$1 status
        copy=$work/copy
        mount -t tmpfs -o mode=0755 tmpfs "$work"
        mkdir "$copy" "$work/layers"
        copy_mount "$work/layers" "$copy" < <(disk_mounts)

        say "breaking the copy"
        install_inside selinux-policy-default
        release=$(inside apt-cache depends "linux-headers-$(dpkg --print-architecture)" | sed -n 's/.*Depends: linux-headers-\([0-9].*\)/\1/p' | head -1)
        if [[ -z $release ]]; then
                inside apt-get -qq update
                release=$(inside apt-cache depends "linux-headers-$(dpkg --print-architecture)" | sed -n 's/.*Depends: linux-headers-\([0-9].*\)/\1/p' | head -1)
        fi
        [[ -n $release ]] || die "the apt sources of this machine have no linux-headers package"
        "$faultlab" --root "$copy" break scan-user kernel-headers selinux-policy
        sha256sum <"$copy/etc/login.defs" >"$work/login.defs"
        state >"$work/before"

        say "what is wrong"
        status=0
        secep "${faults[@]}" --check || status=$?
        expect "exit status of the check" "$status" 1
        expect "verdicts before" "$(verdicts)" "5=fault 11=fault 19=fault"

        say "what would be done"
        secep "${faults[@]}" --plan || true

        say "repairing, for real"
        status=0
        secep "${faults[@]}" || status=$?
        expect "exit status of the repair" "$status" 0

        say "each fault cleared"
        status=0
        secep "${faults[@]}" --check || status=$?
        expect "exit status of the check" "$status" 0
        expect "verdicts after" "$(verdicts)" "5=ok 11=ok 19=ok"

        say "a second run changes nothing"
        status=0
        state >"$work/after"
        secep "${faults[@]}" --json >"$work/second" || status=$?
        cat "$work/second"
        expect "exit status of the second run" "$status" 0
        expect "changed" "$(jq .changed "$work/second")" false
        state | cmp - "$work/after" || die "the second run changed something"
        sha256sum <"$copy/etc/login.defs" | cmp - "$work/login.defs" || die "login.defs is not what it was"
        echo "login.defs: byte for byte what it was"

        say "what had changed"
        diff --unchanged-line-format= --old-line-format='- %L' --new-line-format='+ %L' "$work/before" "$work/after" | sed 's/\(shadow: [^:]*:[^:]*\):.*/\1/' || true
        printf '  %s files of headers below /usr/src\n' "$(find "$copy/usr/src" -path "*/linux-headers-*" -type f | wc -l)"
        secep --history
}

if [[ ${1:-} == --in-private-mounts ]]; then
        in_private_mounts "$2"
        exit
fi
[[ $(id -u) == 0 ]] || die "run as root: it mounts an overlay of / (in a namespace of its own)"
say "packages and build"
tests/deps.sh build demo
make -s -j"$(nproc)" all build/tests/faultlab >/dev/null
work=$(mktemp -d /tmp/secep-demo.XXXXXX)
trap 'rm -rf --one-file-system "$work" "$work.before"' EXIT
manifest >"$work.before"
unshare -m --propagation private "$0" --in-private-mounts "$work" || die "not as it should be"
say "this machine itself"
diff "$work.before" <(manifest) || die "something changed on this machine meanwhile"
echo "as it was: $(wc -l <"$work.before") files compared in /etc /opt /boot /usr /var/lib"
say "done"
