# SPDX-License-Identifier: GPL-2.0-or-later
# A running system to change: a copy of this machine's own root (an overlay), entered with a process
# and mount namespace of its own, so that secep takes it for the live one. Needs roots.bash and a
# private mount namespace (SECEP_TEST_MOUNTS=private).
#
#   live_copy            # $LIVE: the copy; /b inside is build/
#   live COMMAND...      # runs there; the caller sees its status
#   live_drop
# shellcheck shell=bash

live_copy() {
        LIVE_AT=$(mktemp -d "${BATS_TMPDIR:-/tmp}/secep-live.XXXXXX")
        mount -t tmpfs -o mode=0755 tmpfs "$LIVE_AT"
        mkdir "$LIVE_AT"/{root,upper,work}
        LIVE=$LIVE_AT/root
        mount -t overlay -o "lowerdir=/,upperdir=$LIVE_AT/upper,workdir=$LIVE_AT/work" overlay "$LIVE"
        mount --bind /dev "$LIVE/dev"
        mount -t tmpfs tmpfs "$LIVE/run"
        mount -t tmpfs tmpfs "$LIVE/tmp"
        mkdir -p "$LIVE/b"
        mount --bind "$BUILD" "$LIVE/b"
        rm -rf "${LIVE:?}"/var/lib/secep "$LIVE"/opt/cisco "$LIVE"/etc/secep
        export LIVE LIVE_AT
}

# "/" of the copy has to be a mount: only there can a namespace change its own mounts.
live() {
        # shellcheck disable=SC2016
        unshare --pid --fork --kill-child --mount --propagation private \
                sh -ec 'mount -t proc proc "$0/proc"; exec chroot "$0" "$@"' "$LIVE" "$@"
}

live_drop() {
        [[ -n ${LIVE_AT:-} ]] || return 0
        umount -R "$LIVE_AT" || umount -lR "$LIVE_AT"
        rmdir "$LIVE_AT"
        unset LIVE LIVE_AT
}
