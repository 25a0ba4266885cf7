#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# sign-file of a tree that somebody else wrote: what it sees, what it may leave, who may have put it
# there.
# bats file_tags=slow
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/kmod_build

@test "sign-file gets the key and no more, signs or nothing, and is root's own" {
        run inside '
                mkdir -p "$R/etc/secep/keys" "$R/root" "$R/home" "$R/var/lib"
                touch "$R/root/secret" "$R/home/secret" "$R/var/secret"
                (cd "$R/etc/secep/keys"; openssl req -new -x509 -nodes -newkey rsa:2048 -days 30 -subj /CN=t/ -keyout k -outform DER -out c 2>/dev/null; chmod 0600 k)
                printf "ModuleSigningKey=/etc/secep/keys/k\nModuleSigningCertificate=/etc/secep/keys/c\n" >"$R/etc/secep/secep.conf"
                kbuild=$(echo "$R"/usr/lib/linux-kbuild-*)
                cp -a "$kbuild/scripts" "$T/scripts"
                mount --bind "$T/scripts" "$kbuild/scripts"
                # $1: its text; it gets the hash, the key, the certificate, the module
                sign() {
                        rm -rf "$state" "$R/var/log/secep"
                        printf "#!/bin/sh\n%s\n" "$1" >"$T/scripts/sign-file"
                        tool build ampfsm 2>&1 | tee /dev/stderr
                }
                sees="echo uid \$(id -u) \$(head -c 16 \$2) \$(head -c 1 \$3 | wc -c) \$(head -c 4 \$4 | tail -c 3) hidden \$(ls /root /home /var | grep -c secret)"
                sign "$sees conf \$(cat /etc/secep/keys/k 2>&1 | grep -c PRIVATE) net \$(tail -n +3 /proc/net/dev | grep -vc lo:) caps \$(sed -n s/CapEff:.//p /proc/self/status) >&2; exit 1" |
                        grep -F "uid $builder -----BEGIN PRIVA 1 ELF hidden 0 conf 0 net 0 caps 0000000000000000"
                sign "printf x | dd of=\$4 conv=notrunc 2>/dev/null; echo \"~Module signature appended~\" >>\$4" | grep "left the module unsigned"
                sign "rm \$4; mkfifo \$4" | grep "left the module unsigned"
                [[ -z $(ls -d "$state"/work.* 2>/dev/null) ]]
                refuse grep -r PRIVATE "$state"
                chmod 0775 "$T/scripts"
                sign "exit 0" | grep "sign-file is not used to sign: /usr/lib/linux-kbuild-.*/scripts is writable by others than root (mode 0775)"'
        echo "$output"
        [ "$status" -eq 0 ]
}
