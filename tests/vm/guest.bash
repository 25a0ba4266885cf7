# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The lab's guest: Debian with systemd, SELinux enforcing with a domain unconfined_service_t that may
# not use bpf (RHEL 7's situation), the stand-in connector in that domain, a compiler, and the headers'
# packages in a repository of the guest's own.
#
#   guest_base          the tree without anything of ours, made once (SECEP_CACHE); prints its path
#   guest_disk IMAGE    $ROOT: a copy with our programs, the stand-in and tests/vm/inside/, as a disk
#   guest_run WORK NAME [QEMU OPTION...]   boots WORK/disk.img enforcing; the console on stdout
#   guest_saved WORK [QEMU OPTION...]      boots it, and keeps what runs as WORK/state: from then on
#                                          guest_run with these options goes on from there
#
# The guest starts /lab/start, which runs /lab/NAME as its second disk says, of one block.
. tests/lib/kernel-headers.bash
. tests/lib/roots.bash
. tests/lib/selinux.bash
. tests/lib/nspawn.bash
. tests/vm/vm.bash

ROOT_PACKAGES[lab]="${ROOT_PACKAGES[service]} apt selinux-policy-default policycoreutils gcc gcc-12 make iproute2 util-linux"
ADMIN=lab_admin_t # the administrator's domain: without bpf, too

guest_kernel() { # ROOT
        local name
        vm_disk_modules "$1" || return 1
        # what ss asks the kernel by
        (cd "$KERNEL_ROOT/usr/lib/modules/$KERNEL_RELEASE" && printf '%s\n' kernel/net/ipv4/{inet,tcp}_diag.ko* | cpio -pdm --quiet "$1/lib/modules/$KERNEL_RELEASE") &&
                depmod -b "$1" "$KERNEL_RELEASE" || return 1
        for name in config System.map; do cp "$KERNEL_ROOT/boot/$name-$KERNEL_RELEASE" "$1/boot/"; done
}

# The headers of this kernel and what they need, as apt finds them there; packed for quick unpacking and
# with one sum, for the emulator is slow at both. GUEST_HEADERS=few: without what no module of an x86
# kernel reads, which is two files of three.
guest_packages() { # prints their directory
        local debs=$KERNEL_CACHE/lab-$KERNEL_RELEASE${GUEST_HEADERS:+-$GUEST_HEADERS} deb open
        mkdir -p "$debs"
        if [[ ! -e $debs/.ready ]]; then
                # shellcheck disable=SC2046 # package names
                (cd "$debs" && kernel_apt apt-get -qq download linux-compiler-gcc-12-x86 \
                        $(kernel_closure "linux-headers-$KERNEL_RELEASE" | grep -v linux-image)) || return 1
                open=$debs/open
                for deb in "$debs"/*.deb; do
                        rm -rf "$open" && dpkg-deb -R "$deb" "$open" || return 1
                        [[ -z ${GUEST_HEADERS:-} ]] || guest_package_few "$open" || return 1
                        dpkg-deb -Zgzip -z1 --root-owner-group -b "$open" "$deb" >/dev/null || return 1
                done
                rm -rf "$open"
                touch "$debs/.ready"
        fi
        echo "$debs"
}

guest_package_few() { # DIR: an unpacked package
        local src=$1/usr/src
        [[ -d $src ]] || return 0
        find "$src" -path '*/arch/*' ! -type d ! -path '*/arch/x86/*' -delete
        find "$src" -path '*/include/config/*' -type f ! -name 'auto.conf*' ! -name kernel.release -delete
        rm -rf "$src"/*/include/{dt-bindings,media,sound,scsi,drm,rdma,video,pcmcia,linux/mfd}
        (cd "$1" && find usr -type f -print0 | xargs -0r md5sum >DEBIAN/md5sums)
}

guest_repository() { # ROOT
        local debs
        debs=$(guest_packages) || return 1
        mkdir -p "$1/srv/repo"
        cp "$debs"/*.deb "$1/srv/repo/"
        (cd "$1/srv/repo" && dpkg-scanpackages -h sha256 . /dev/null >Packages 2>/dev/null) || return 1
        rm -rf "$1"/etc/apt/apt.conf.d/70debconf "$1"/etc/apt/sources.list.d/* "$1"/var/lib/apt/lists/*
        echo "deb [trusted=yes] copy:/srv/repo ./" >"$1/etc/apt/sources.list"
        chroot "$1" apt-get -qq update
}

# The trimmed policy of selinux.bash, by one build: what it would disable is not there at all.
guest_policy() { # ROOT
        local store=$1/$STORE m
        for m in "$store"/active/modules/100/*; do
                [[ " ${SELINUX_KEEP//$'\n'/ } " == *" ${m##*/} "* ]] || rm -r "$m"
        done
        cp tests/data/selinux-domain.cil "$1/lab-domain.cil"
        tests/vm/selinux-rights.sh "$store" "$ADMIN" >"$1/lab-rights.cil" || return 1
        printf 'SELINUX=enforcing\nSELINUXTYPE=default\n' >"$1/etc/selinux/config"
        semodule -n -p "$1" -s default -X 100 -i "$1/lab-domain.cil" -i "$1/lab-rights.cil" && rm "$1"/lab-*.cil
}

guest_base() {
        local base key dir
        base=$(root_base lab) || return 1
        [[ -n ${KERNEL_RELEASE:-} ]] || { echo "guest_base: of no kernel" >&2; return 1; }
        key=$(cache_key "$base $KERNEL_RELEASE ${GUEST_HEADERS:-}" tests/vm/guest.bash tests/vm/selinux-rights.sh tests/lib/selinux.bash tests/data/selinux-domain.cil) || return 1
        dir=$CACHE/lab-$key
        (
                flock 9
                [[ ! -e $dir/.ready ]] || exit 0
                rm -rf "$dir" && mkdir "$dir" && cp -a "$base" "$dir/root" || exit 1
                guest_kernel "$dir/root" && guest_repository "$dir/root" && guest_policy "$dir/root" || exit 1
                echo '/dev/vda / ext4 rw,noatime 0 0' >"$dir/root/etc/fstab"
                printf '%032d\n' 7 >"$dir/root/etc/machine-id"
                chroot "$dir/root" systemctl -q mask serial-getty@ttyS0 getty@tty1 apt-daily.timer apt-daily-upgrade.timer \
                        dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap systemd-timesyncd selinux-autorelabel-mark || exit 1
                guest_labels "$dir/root" && touch "$dir/.ready"
        ) 9>"$dir.lock" >&2 || return 1
        echo "$dir/root"
}

guest_labels() { # ROOT
        setfiles -r "$1" "$1/etc/selinux/default/contexts/files/file_contexts" "$1"
}

# What the copy $ROOT has beyond its base: in an overlay setfiles ends at each file of the other layer.
guest_labels_new() {
        find "$COPY/upper" -printf "$ROOT/%P\\0" |
                setfiles -0 -f - -r "$ROOT" "$ROOT/etc/selinux/default/contexts/files/file_contexts"
}

guest_disk() { # IMAGE
        local base
        base=$(guest_base) && root_copy_of "$base" || return 1
        make -s BUILD="$BUILD" DESTDIR="$ROOT" install || return 1
        # a connector of old: it needs headers, its monitors are modules, custom ones are told to us
        STANDIN_VERSION=1.24.1.1013 tests/connector/pack.sh deb "$BUILD/tests/standin" "$ROOT/root/connector.deb"
        chroot "$ROOT" dpkg -i /root/connector.deb || return 1
        mkdir -p "$ROOT"/{lab,etc/secep,var/spool/amp-queue,srv/connector-modules} "$ROOT/etc/systemd/system/cisco-amp.service.d"
        cp "$FAULTLAB" "$BUILD/tests/selinux-try" "$(command -v busybox)" "$ROOT/usr/bin/"
        cp kmod-build/ampfsm/* "$ROOT/srv/connector-modules/"
        cp tests/vm/inside/* "$ROOT/lab/"
        : >"$ROOT/opt/cisco/amp/etc/by-modules"
        echo 'ModuleSource=/srv/connector-modules' >"$ROOT/etc/secep/secep.conf"
        printf '[Service]\nSELinuxContext=system_u:system_r:unconfined_service_t:s0\n' >"$ROOT/etc/systemd/system/cisco-amp.service.d/domain.conf"
        printf '[Service]\nType=oneshot\nExecStart=/bin/bash /lab/start\nTimeoutStartSec=infinity\n[Install]\nWantedBy=multi-user.target\n' \
                >"$ROOT/etc/systemd/system/lab.service"
        chroot "$ROOT" systemctl -q enable lab cisco-amp && guest_labels_new && mke2fs -q -t ext4 -d "$ROOT" "$1" 4G
}

GUEST_CMDLINE="lab=guest security=selinux selinux=1 enforcing=1 systemd.show_status=0 loglevel=1"
guest_options() { # WORK NAME
        printf '%-511s\n' "$2" >"$1/order"
        GUEST_OPTIONS=(-m 2048 -drive "file=$1/disk.img,format=raw,if=virtio,cache=unsafe,snapshot=${GUEST_SNAPSHOT:-on}"
                -drive "file=$1/order,format=raw,if=virtio,readonly=on")
        [[ ! -s $1/state ]] || GUEST_OPTIONS+=(-incoming "exec:cat '$1/state'")
}

guest_run() { # WORK NAME [QEMU OPTION...]
        guest_options "$1" "$2"
        vm_run "$KERNEL_ROOT/boot/vmlinuz-$KERNEL_RELEASE" "$1/initrd" "$GUEST_CMDLINE" "${GUEST_OPTIONS[@]}" "${@:3}"
}

# Its disk is written to, for the state is of that disk. The monitor takes quit only when the state is whole.
guest_saved() { # WORK [QEMU OPTION...]
        local line asked=false
        rm -f "$1"/{state,saving,monitor.in,monitor.out}
        mkfifo "$1"/monitor.{in,out}
        while IFS= read -r line; do
                echo "$line"
                [[ $line == LAB-READY && $asked == false ]] || continue
                asked=true
                printf 'migrate_set_parameter max-bandwidth 10G\nmigrate "exec:cat >%s"\nquit\n' "'$1/saving'" >"$1/monitor.in"
        done < <(GUEST_SNAPSHOT=off guest_run "$1" wait -chardev "pipe,id=monitor,path=$1/monitor" -mon chardev=monitor "${@:2}") >"$1/saved"
        [[ -s $1/saving ]] && mv "$1/saving" "$1/state"
}

# Has NAME run and prints its TAP, numbered on from $tap_n; adds to $tap_failed. The console: WORK/NAME.
guest_tap() { # WORK NAME [QEMU OPTION...]
        local began=$SECONDS name=$2 console=$1/$2
        guest_run "$@" >"$console"
        echo "# $name: booted and ran for $((SECONDS - began)) s"
        grep -aE '^(ok |not ok |# )' "$console" | awk -v n="${tap_n:-0}" '/^(not )?ok / { n++; sub(/[0-9]+/, n) } { print }'
        tap_n=$((${tap_n:-0} + $(grep -acE '^(not )?ok ' "$console")))
        grep -aqx 'VM-RC=0' "$console" && return
        # shellcheck disable=SC2034 # for the caller
        tap_failed=1
        grep -aq '^1\.\.' "$console" && return
        tap_n=$((tap_n + 1))
        tail -n 30 "$console" | sed 's/^/# /'
        echo "not ok $tap_n - $name came to its end"
}

# WORK/disk.img and WORK/initrd, or TAP that says why not, and 1.
guest_made() { # WORK
        if { kernel_image 6.1 && guest_disk "$1/disk.img" && vm_disk_initrd "$1"; } >"$1/log" 2>&1; then
                root_drop
                echo "# built in $SECONDS s"
                return
        fi
        tail -n 30 "$1/log" | sed 's/^/# /'
        printf '1..1\nnot ok 1 - the guest is made\n'
        return 1
}
