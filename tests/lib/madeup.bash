# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts that an administrator may sit before, each a small root at $ROOT with $KERNEL to ask about. Load after
# roots.bash.
# shellcheck shell=bash disable=SC2034

MADE_UP=(fresh healthy root-account half-account closed-opt old-connector unknown-kernel needs-module hostile-names)

madeup_account() { # UID GID PASSWORD GROUP
        echo "cisco-amp-scan-svc:x:$1:$2::/nonexistent:/usr/sbin/nologin" >>"$ROOT/etc/passwd"
        echo "cisco-amp-scan-svc:$3:19000::::::" >>"$ROOT/etc/shadow"
        [[ -z $4 ]] || echo "cisco-amp-scan-svc:x:$4:" >>"$ROOT/etc/group"
        [[ -z $4 ]] || echo "cisco-amp-scan-svc:!::" >>"$ROOT/etc/gshadow"
}

# A connector of VERSION with a scan program, as its package left it, on a kernel with BTF.
madeup_connector() { # VERSION
        root_connector "$1"
        cp "$ROOT/opt/cisco/amp/bin/ampdaemon" "$ROOT/opt/cisco/amp/bin/ampscansvc"
        root_owns
        mkdir -p "$ROOT/boot" "$ROOT/lib/modules/$KERNEL/kernel"
        printf '%s\n' '' CONFIG_BPF_EVENTS=y CONFIG_KPROBE_EVENTS=y CONFIG_DEBUG_INFO_BTF=y >"$ROOT/boot/config-$KERNEL"
}

madeup() { # NAME: makes that host of an empty root
        KERNEL=6.1.0-50-amd64
        case $1 in
        fresh) ;;
        healthy)
                madeup_connector 1.26.0.1
                madeup_account 300 300 '!' 300
                ;;
        root-account)
                madeup_connector 1.26.0.1
                madeup_account 0 0 '!' 0
                ;;
        half-account)
                madeup_connector 1.26.0.1
                madeup_account 300 100 '' ''
                sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/' "$ROOT/etc/login.defs"
                chmod 0700 "$ROOT"/opt/cisco/amp/{bin,etc}
                mkdir -m 0700 "$ROOT/opt/cisco/amp/quarantine"
                ;;
        closed-opt)
                madeup_connector 1.26.0.1
                madeup_account 300 300 '!' 300
                chmod 0750 "$ROOT/opt"
                ;;
        old-connector)
                madeup_connector 1.14.0.1
                madeup_account 300 300 '!' 300
                rm "$ROOT/opt/cisco/amp/bin/ampscansvc"
                ;;
        unknown-kernel)
                KERNEL=3.10.0-7
                madeup_connector 1.26.0.1
                madeup_account 300 300 '!' 300
                printf 'ID=own\nVERSION_ID=1\n' >"$ROOT/etc/os-release"
                printf 'ffffffff81000000 T vfs_read\n' >"$ROOT/boot/System.map-$KERNEL"
                printf '\nCONFIG_MODULES=y\n' >"$ROOT/boot/config-$KERNEL"
                ;;
        needs-module)
                madeup_connector 1.26.0.1
                madeup_account 300 300 '!' 300
                printf '\nCONFIG_MODULES=y\n' >"$ROOT/boot/config-$KERNEL"
                ;;
        hostile-names)
                madeup_connector 1.26.0.1
                madeup_account 300 300 '!' 300
                mkdir -m 0700 "$ROOT/opt/cisco/amp/etc/"$'$(reboot) \e]0;x\a\xc2\x9b31m\x7f\xe2\x80\xae txt.exe'
                root_owns
                ;;
        esac
}
