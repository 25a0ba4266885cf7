#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# piuparts.sh SUITE DEB...: Debian's piuparts in a root of SUITE made for it: installed, removed, purged,
# and what that leaves of files, links and processes. Exit status piuparts'.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/lib/roots.bash
. tests/lib/roots.bash
suite=$1
[[ ${SECEP_TEST_MOUNTS:-} == private ]] ||
        exec env SECEP_TEST_MOUNTS=private unshare -m --propagation private tests/piuparts.sh "$@"
shift
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
# With all files of each package, which piuparts compares with its sums; with systemd, of which a purge
# leaves files that this piuparts may not know. tmp.ci is a folder that debconf makes for itself.
mapfile -t options < <(root_apt_options)
mmdebstrap --quiet --variant=minbase --mode=root --include=systemd "${options[@]}" "$suite" "$work/root" "$(root_mirror "$suite")"
read -r _ mirror _ < <(root_mirror "$suite")
timeout 1800 piuparts --existing-chroot "$work/root" --distribution "$suite" --mirror "$mirror main" --no-eatmydata \
        --tmpdir "$work" --ignore-regex '^/var/cache/debconf/tmp\.ci/?$' --log-level "${PIUPARTS_LOG:-info}" "$@"
