#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what building or testing needs on Debian: only what is missing, so that it costs nothing
# when all is there.   tests/deps.sh build|test|demo|distros ...   (--list prints instead)
set -euo pipefail

declare -A packages=(
        [build]="make gcc g++ libc6-dev pkg-config libjansson-dev libexpat1-dev libbz2-dev libssl-dev
                 libselinux1-dev libsemanage-dev libsepol-dev libapt-pkg-dev librpm-dev libkmod-dev libsystemd-dev
                 libclamav-dev libseccomp-dev libbpf-dev libelf-dev clang bpftool gettext"
        [unit]="libcmocka-dev libmnl-dev"
        [test]="git bats jq mmdebstrap debian-archive-keyring clang clang-format clang-tidy cppcheck
                shellcheck strace rpm createrepo-c dpkg-dev python3-minimal attr e2fsprogs util-linux python3-jsonschema groff passwd
                gnupg gpgv grub-common grub-emu binutils semodule-utils policycoreutils secilc checkpolicy acl gettext po4a kmod openssl systemd-container time mount"
        [package]="build-essential git libcmocka-dev debhelper dpkg-dev lintian piuparts rpm rpmlint python3-minimal"
        [demo]="jq util-linux passwd policycoreutils"
        [vm]="qemu-system-x86 busybox-static cpio bpftool ovmf sbsigntool openssl kmod keyutils
              mmdebstrap debian-archive-keyring policycoreutils e2fsprogs bzip2 util-linux xz-utils zstd"
        [fleet]="ansible-core ansible-lint yamllint chromium prometheus jq
                 iproute2 openssh-client systemd-container bsdutils"
        [distros]="mmdebstrap debian-archive-keyring util-linux"
)
packages[test]+=" ${packages[unit]}"

list=false
names=()
for set in "$@"; do
        case $set in
        --list) list=true ;;
        build | package | unit | test | demo | vm | fleet | distros)
                read -ra words <<<"${packages[$set]//$'\n'/ }"
                names+=("${words[@]}")
                ;;
        *)
                echo "usage: deps.sh [--list] build|package|unit|test|demo|vm|fleet|distros ..." >&2
                exit 2
                ;;
        esac
done
if $list; then
        printf '%s\n' "${names[@]}" | sort -u
        exit
fi

mapfile -t missing < <(
        printf '%s\n' "${names[@]}" | sort -u | while read -r p; do
                [[ $(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null) == installed ]] || echo "$p"
        done
)
[[ ${#missing[@]} -gt 0 ]] || exit 0
if [[ $(id -u) != 0 ]]; then
        echo "deps.sh: missing packages, and only root can install them: ${missing[*]}" >&2
        exit 1
fi
echo "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
quiet=(-qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
install() {
        apt-get "${quiet[@]}" install -y --no-install-recommends "${missing[@]}" >"$1" 2>&1
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! install "$log"; then
        apt-get "${quiet[@]}" update
        install "$log" || {
                tail -20 "$log" >&2
                exit 1
        }
fi
