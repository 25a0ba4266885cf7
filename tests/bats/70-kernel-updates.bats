#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel that a package brings: hook, note, path unit, headers, and what goes with it again; all
# under real apt and systemd, from what `make install` lays down.
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/roots
load ../lib/nspawn
load ../lib/packages

setup() {
        local lacks
        lacks=$(nspawn_lacks)
        [[ -z $lacks ]] || skip "this machine lacks $lacks"
        root_copy service
        make -s -C "$TOP" BUILD="$BUILD" DESTDIR="$ROOT" install
        mkdir -p "$ROOT/result"
        repo_with_headers
        image_deb "$ROOT/srv/repo" "$RELEASE"
        repo_index
        chroot "$ROOT" apt-get -qq update
        chroot "$ROOT" systemctl -q enable secep-repair-pending.path # as a package's preset does
}

teardown() { root_drop; }

# A kernel's package as Debian makes them: scripts that run the hooks, and fail with them. eBPF will
# do for it, so that only headers are wanted.
image_deb() { # DIR RELEASE
        local work
        work=$(mktemp -d "$COPY/deb.XXXXXX")
        mkdir -p "$work"/{DEBIAN,boot,usr/lib/modules/"$2"/kernel}
        echo "kernel/x.ko:" >"$work/usr/lib/modules/$2/modules.dep"
        printf 'CONFIG_X=y\nCONFIG_BPF_EVENTS=y\nCONFIG_KPROBE_EVENTS=y\n' >"$work/boot/config-$2"
        control "$work" "linux-image-$2" ""
        local script
        for script in postinst postrm; do
                cat >"$work/DEBIAN/$script" <<X
#!/bin/sh
set -e
export DEB_MAINT_PARAMS="\$*"
[ ! -d /etc/kernel/$script.d ] || run-parts --report --exit-on-error --arg=$2 --arg=/boot/vmlinuz-$2 /etc/kernel/$script.d
[ $script != postinst ] || { sleep 3; ls /var/lib/secep/pending/new /var/lib/secep/pending/later >/result/during 2>/dev/null || true; }
X
                chmod 0755 "$work/DEBIAN/$script"
        done
        dpkg-deb -Znone --root-owner-group --build "$work" "$1" >/dev/null
        rm -rf "$work"
}

@test "apt installs a kernel: its headers follow when apt is done, and go unnoticed by apt" {
        boot '
                systemctl is-active secep-repair-pending.path
                apt-get -q -y install linux-image-9.9.9-1-amd64
                grep -x 9.9.9-1-amd64 /result/during     # apt was not done yet, so it waited
                gone() { [[ ! -e /var/lib/secep/pending/new/9.9.9-1-amd64 && ! -e /var/lib/secep/pending/later/9.9.9-1-amd64 ]]; }
                soon 60 gone
                journalctl --sync; journalctl -q -o cat -u secep-repair-pending.service | tee /result/journal
                dpkg -s linux-headers-9.9.9-1-amd64 | grep "^Status: install ok installed"
                grep "^  11  kernel-headers *cleared" /result/journal
                grep "file-monitor *ok" /result/journal
                sleep 1
                [[ $(systemctl show -P ActiveState secep-repair-pending.path) == active ]]

                # what we built for it goes with it, and only that
                key=$(printf x | sha256sum | cut -c1-64)
                mkdir -p /lib/modules/9.9.9-1-amd64/updates/secep /var/lib/secep/kmod
                touch /lib/modules/9.9.9-1-amd64/updates/secep/{ampfsm.ko,.secep-123456} \
                        /var/lib/secep/kmod/9.9.9-1-amd64{,-x}-$key{-ampfsm.ko,.bad}
                mkdir /lib/modules/9.9.9-9
                systemctl stop secep-repair-pending.path
                kernel-install add 9.9.9-9 /boot/config-9.9.9-1-amd64
                ls /var/lib/secep/pending/new/9.9.9-9
                kernel-install remove 9.9.9-9
                [[ ! -e /var/lib/secep/pending/new/9.9.9-9 ]]
                kernel-install add 9.9.9-9 /boot/config-9.9.9-1-amd64
                rm -r /lib/modules/9.9.9-9
                apt-get -q -y purge linux-image-9.9.9-1-amd64 linux-headers-9.9.9-1-amd64
                [[ ! -e /lib/modules/9.9.9-1-amd64 ]]
                [[ $(ls /var/lib/secep/kmod | grep -c ampfsm.ko) == 1 ]]
                ls /var/lib/secep/kmod/9.9.9-1-amd64-x-$key.bad
                # a kernel that is not there is forgotten, and the unit rests
                systemctl start secep-repair-pending.path
                soon 20 test ! -e /var/lib/secep/pending/new/9.9.9-9
                soon 20 test ! -e /var/lib/secep/pending/later/9.9.9-9
                not systemctl is-failed secep-repair-pending.path'
}

@test "nothing we do wrong fails or delays apt" {
        boot '
                systemctl mask --now secep-repair-pending.path
                systemctl stop secep-repair-pending.timer
                rm -rf /var/lib/secep/pending; mkdir -p /var/lib/secep; echo in the way >/var/lib/secep/pending
                apt-get -q -y install linux-image-9.9.9-1-amd64
                rm /var/lib/secep/pending
                /usr/lib/kernel/install.d/90-secep.install add 9.9.9-1-amd64
                ls /var/lib/secep/pending/new/9.9.9-1-amd64
                # no headers to be had: said, with a status, and tried again later
                rm -rf /srv/repo/linux-headers*; : >/srv/repo/Packages; apt-get -qq update
                found=0; secep-installer run-pending >/result/out 2>&1 || found=$?
                cat /result/out
                [[ $found != 0 ]]
                grep "is not in any" /result/out
                [[ ! -e /var/lib/secep/pending/new/9.9.9-1-amd64 ]]
                [[ $(jq .tries /var/lib/secep/pending/later/9.9.9-1-amd64) == 1 ]]
                secep-installer run-pending                       # not due yet
                [[ $(jq .tries /var/lib/secep/pending/later/9.9.9-1-amd64) == 1 ]]
                # wrong use, and what others leave there
                for r in "" -b ../../x a/b; do found=0; secep-installer kernel-added "$r" || found=$?; [[ $found == 2 ]]; done
                mkdir -p /var/lib/secep/pending/new/dir; touch /var/lib/secep/pending/new/{other,99,5.x,.hidden}
                secep-installer run-pending
                [[ -z $(ls -A /var/lib/secep/pending/new) && $(ls /var/lib/secep/pending/later) == 9.9.9-1-amd64 ]]
                # the program is gone, or broken
                printf "#!/bin/sh\nexit 7\n" >/usr/sbin/secep-installer
                run-parts --exit-on-error --arg=9.9.9-1-amd64 /etc/kernel/postinst.d
                rm /usr/sbin/secep-installer
                run-parts --exit-on-error --arg=9.9.9-1-amd64 /etc/kernel/postinst.d
                apt-get -q -y purge linux-image-9.9.9-1-amd64'
}
