# SPDX-License-Identifier: GPL-2.0-or-later
# Faults 8 and 9 that a build, a signature and an installation end: an overlay of this machine with an old module,
# without eBPF, with a key. The compiler's work is done once; afterwards the sandbox's make lays down what it made.
# After kernel-headers.bash; a private mount namespace.
# shellcheck shell=bash

# Both modules, from a real build, and a key: DIR, once.
kmod_made() { # DIR
        local m root=$1/o/root
        [[ ! -d $1 ]] || return 0
        mkdir -p "$1"
        kernel_overlay "$1/o" || return 1
        echo "secep-build:x:64711:64711::/nonexistent:/usr/sbin/nologin" >>"$root/etc/passwd"
        rm -rf "$root/var/lib/secep" "$root/etc/secep"
        "$BUILD/tests/kmod-tool" "$root" "$KERNEL_RELEASE" build ampfsm || return 1
        for m in ampfsm ampnetworkflow; do cp "$root"/var/lib/secep/kmod/*-$m.ko "$1/$m.ko" || return 1; done
        umount -R "$1/o"
        openssl req -new -x509 -nodes -newkey rsa:2048 -days 90 -subj /CN=t/ -keyout "$1/k" -outform DER -out "$1/c" 2>/dev/null
}

# $1/root; $KO: the module's place, $1/old: what is there.
kmod_fault_root() { # DIR MODULE MADE
        local root=$1/root made=$3 modules conf
        kernel_overlay "$1" || return 1
        rm -f "$root"/boot/config-*
        sed -i /secep-build/d "$root"/etc/{passwd,group,shadow,gshadow}
        rm -rf "$root/var/lib/secep" "$root/var/log/secep" "$root/opt/cisco" "$root/etc/secep"
        modules=$root/lib/modules/$KERNEL_RELEASE
        [[ ! -d $modules/kernel ]] || mount -t tmpfs none "$modules/kernel" # nothing to index
        conf=$root/usr/src/linux-headers-$KERNEL_RELEASE/include/generated/autoconf.h
        sed /CONFIG_BPF_EVENTS/d "$conf" >"$1/autoconf.h"
        mount --bind "$1/autoconf.h" "$conf" # no eBPF: a module is needed
        mkdir -p "$root/etc/secep" "$root/opt/made"
        cp "$made"/{k,c} "$root/etc/secep/"
        printf 'ModuleSigningKey=/etc/secep/k\nModuleSigningCertificate=/etc/secep/c\n' >"$root/etc/secep/secep.conf"
        install -m 644 "$made"/*.ko "$root/opt/made/"
        printf '#!/bin/sh\nexec cp /opt/made/ampfsm.ko /opt/made/ampnetworkflow.ko /tmp/secep/\n' >"$root/opt/made/make"
        chmod 755 "$root/opt/made/make"
        mount --bind "$root/opt/made/make" "$root/usr/bin/make"
        KO=$modules/updates/secep/$2.ko
        sed 's/modversions /modversionx /' "$made/$2.ko" >"$1/old"
        mkdir -p "${KO%/*}"
        cp "$1/old" "$KO"
}
