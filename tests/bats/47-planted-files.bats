#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Each file that a check reads in a root that is not running, in turn as a FIFO, a device node, a
# socket, a directory, a link out of the root, and 3 GiB without a block: no run waits, none opens
# the node, none says ok of what it did not read, and what could not be told is one line that names
# the file.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/packages

# File: the faults that cannot be ok where it cannot be read; then those where the link leads nowhere,
# and those of the 3 GiB, where other ones. "conf": the run ends with 2. -: what it says does not
# decide (headers that are whole do for every version of the connector). Of a log the end is read, and of
# a program nothing.
FILES='
/etc/secep/secep.conf                          conf       -
/etc/secep/kernel-compat.conf                  16         -
/etc/passwd                                    5          5
/etc/group                                     5          5
/etc/shadow                                    5          -
/etc/login.defs                                -          -
/etc/nsswitch.conf                             -          -
/etc/os-release                                16         -
/etc/selinux/config                            19         -
/opt/cisco/amp/etc/policy.xml                  8,9,11,16  8,9,11,16
/opt/cisco/amp/policy.xml                      8,9,11,16  8,9,11,16
/opt/cisco/amp/etc/global.xml                  16         16
/opt/cisco/amp/bin/ampdaemon                   -          7          -
/opt/cisco/amp/bin/ampscansvc                  7          7
/opt/cisco/amp/clamav/x.cvd                    7          7
/var/log/cisco/ampscansvc.log                  7          7          -
/var/lib/dpkg/status                           11         -
/var/lib/dpkg/statoverride                     5          -
/boot/config-RELEASE                           -          -
/boot/System.map-RELEASE                       -          -
/lib/modules/RELEASE/System.map                -          -
/usr/src/linux-headers-RELEASE/include/linux/fs.h  -      -
/lib/modules/RELEASE/build                     11         11
/lib/modules/RELEASE/modules.dep               -          -
/usr/src/linux-headers-RELEASE/Makefile        11         11
/usr/src/linux-headers-RELEASE/Module.symvers  11         11
/usr/src/linux-headers-RELEASE/include/generated/utsrelease.h  11  11
/usr/src/linux-headers-RELEASE/include/generated/autoconf.h    11  11
/etc/modprobe.d/planted.conf                   -          -
/var/lib/secep/runs/20260101-000000-1-abcd.jsonl  -       -
/var/lib/secep/state.json                      -          -
'
KINDS='fifo device socket directory link sparse'

# 5, 7, 11 and 16 are ok.
setup() {
        root_tiny
        root_connector 1.24.0
        printf '\x7fELF' >"$ROOT/opt/cisco/amp/bin/ampscansvc"
        chmod 0755 "$ROOT/opt/cisco/amp/bin/ampscansvc"
        mkdir -p "$ROOT"/{boot,etc/selinux,etc/secep,lib/modules/"$RELEASE",var/{log/cisco,lib/{dpkg/{info,updates},secep/runs}}}
        printf 'SELINUX=enforcing\nSELINUXTYPE=default\n' >"$ROOT/etc/selinux/config"
        printf 'ID=debian\nVERSION_ID="12"\nID_LIKE=\n' >"$ROOT/etc/os-release"
        printf 'Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nMaintainer: t <t@example.invalid>\nDescription: t\n\n' >"$ROOT/var/lib/dpkg/status"
        headers_deb "$COPY/headers.deb" "$RELEASE"
        dpkg-deb -x "$COPY/headers.deb" "$COPY/headers"
        cp -a "$COPY/headers/usr/src" "$ROOT/usr/"
        ln -s "/usr/src/linux-headers-$RELEASE" "$ROOT/lib/modules/$RELEASE/build"
        healthy_account
}

teardown() {
        root_drop
}

# What is good as the file is where the link leads, outside of the root.
plant() { # KIND PATH
        local at=$ROOT$2
        mkdir -p "${at%/*}" "$COPY/outside"
        rm -rf "$COPY/kept"
        if [[ -e $at || -L $at ]]; then mv "$at" "$COPY/kept"; fi
        case $1 in
        fifo) mkfifo "$at" ;;
        device) mknod "$at" c 1 3 ;;
        socket) python3 -c 'import os, stat, sys; os.mknod(sys.argv[1], stat.S_IFSOCK | 0o644)' "$at" ;;
        directory) mkdir "$at" ;;
        link)
                [[ ! -e $COPY/kept ]] || cp -a "$COPY/kept" "$COPY/outside/file"
                ln -s "$COPY/outside/file" "$at"
                ;;
        sparse) truncate -s 3G "$at" ;;
        esac
}

unplant() { # PATH
        rm -rf "${ROOT:?}$1" "$COPY/outside"
        if [[ -e $COPY/kept || -L $COPY/kept ]]; then mv "$COPY/kept" "$ROOT$1"; fi
}

# Nothing but a look (O_PATH) at PATH, by any name.
was_not_opened() { # PATH
        local name=${1#/}
        ! grep -F -e "<$ROOT/$name>" -e "<$ROOT/$name<" -e "\"$name\"" -e "\"${name##*/}\"" "$COPY/calls" | grep -v O_PATH
}

look() { # KIND PATH
        local watch=()
        case $1 in fifo | device | socket) watch=(strace -f -y -qq -e "trace=open,openat,openat2" -o "$COPY/calls") ;; esac
        : >"$COPY/calls"
        status=0
        timeout 60 "${watch[@]}" "$BUILD/secep-repair" --root "$ROOT" --kernel "$RELEASE" --all --check --json \
                >"$COPY/out" 2>"$COPY/err" || status=$?
        [[ $status != 124 ]] || { echo "waited"; return 1; }
        was_not_opened "$2" || { echo "opened"; return 1; }
}

verdict_of() { # FAULT
        jq -r ".faults[] | select(.id == $1).verdict" "$COPY/out"
}

# A fault of the list is neither ok nor said not to apply, and where it could not be told, why names
# a file.
judged() { # FAULTS
        local id verdict
        for id in ${1//,/ }; do
                [[ $id != - ]] || continue
                verdict=$(verdict_of "$id")
                [[ $verdict == @(fault|blocked|could-not-tell) ]] || { echo "fault $id: $verdict"; return 1; }
                [[ $verdict != could-not-tell || $(grep -c "fault $id: could not tell: /" "$COPY/err") == 1 ]] || return 1
        done
        ! grep -E 'Invalid argument|File too large|Too many levels' "$COPY/err"
}

one() { # KIND PATH FAULTS
        if [[ $3 == conf ]]; then
                look "$1" "$2" || return 1
                [[ $status == 2 && $(wc -l <"$COPY/err") == 1 ]] && grep -q "^secep-repair: $2: " "$COPY/err" && judged -
        else
                look "$1" "$2" && judged "$3"
        fi
}

@test "the root is as it should be before anything is planted" {
        look sparse /none
        for id in 5 7 11 16; do [[ $(verdict_of $id) == ok ]] || { cat "$COPY/out"; return 1; }; done
}

@test "a run opens no planted node, waits for none, and tells nothing of what it did not read" {
        local path unread dangling sparse kind faults failed=0
        command -v strace >/dev/null || skip "this machine lacks strace"
        while read -r path unread dangling sparse; do
                [[ -n $path ]] || continue
                path=${path//RELEASE/$RELEASE}
                for kind in $KINDS; do
                        plant "$kind" "$path"
                        case $kind in
                        link) faults=$dangling ;;
                        sparse) faults=${sparse:-$unread} ;;
                        *) faults=$unread ;;
                        esac
                        one "$kind" "$path" "$faults" || { echo "^ $path as $kind"; cat "$COPY/err"; failed=1; }
                        unplant "$path"
                done
        done <<<"$FILES"
        [[ $failed == 0 ]]
}

@test "a repair waits for no FIFO, neither itself nor the account tools" {
        local path
        sed -i /cisco-amp-scan-svc/d "$ROOT"/etc/{passwd,group,shadow,gshadow}
        for path in /etc/{group,gshadow,login.defs,.pwd.lock,subuid,nsswitch.conf,default/useradd} /var/lib/secep/lock; do
                plant fifo "$path"
                SECONDS=0 status=0
                timeout 100 "$BUILD/secep-repair" --root "$ROOT" --fault 5 >"$COPY/out" 2>&1 || status=$?
                [[ $status != 124 && $status != 0 ]] && grep -q "$path" "$COPY/out" && grep -q "not a regular" "$COPY/out" ||
                        { echo "$path: $status"; cat "$COPY/out"; return 1; }
                unplant "$path"
        done
}

@test "run logs that are no files: --history and --undo name them and wait for none" {
        local kind asked
        for kind in fifo device socket directory link; do
                plant "$kind" /var/lib/secep/runs/20260101-000000-1-abcd.jsonl
                for asked in --history "--undo 20260101-000000-1-abcd"; do
                        status=0
                        # shellcheck disable=SC2086 # two words
                        timeout 60 "$BUILD/secep-repair" --root "$ROOT" $asked >"$COPY/out" 2>&1 || status=$?
                        [[ $status == 2 ]] && grep -q 20260101-000000-1-abcd "$COPY/out" && ! grep -q "Invalid argument" "$COPY/out" ||
                                { echo "$asked, $kind: $status"; cat "$COPY/out"; return 1; }
                done
                unplant /var/lib/secep/runs/20260101-000000-1-abcd.jsonl
        done
}
