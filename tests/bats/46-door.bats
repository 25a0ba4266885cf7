#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The door into a root that is not running: every way out is tried, from a static program put into
# the root, in each profile. A way that worked would only be seen to work, not used.
bats_require_minimum_version 1.5.0
load ../lib/roots

setup() {
        root_tiny
        SECRET=$BATS_TEST_TMPDIR/secret
        echo secret >"$SECRET"
        mkdir -p "$ROOT/dev"
        cp "$BUILD/tests/escape" "$ROOT/usr/bin/"
        mknod "$ROOT/planted-null" c 1 3
        mknod "$ROOT/etc/planted-null" c 1 3
}

teardown() {
        [[ -z ${LISTENER:-} ]] || kill "$LISTENER"
        umount -q "$ROOT/var" || :
        root_drop
}

# In PROFILE nothing of the list gets out, and the list is whole.
held_in() { # PROFILE
        run timeout 60 "$BUILD/tests/door" "$ROOT" "$1" /usr/bin/escape "$SECRET"
        [[ $status == 0 ]] || { echo "$output" && return 1; }
        [[ $(grep -c '^held ' <<<"$output") == 27 ]]
}

@test "outside of the door the same program does get out: the tries are real" {
        run timeout 60 chroot "$ROOT" /usr/bin/escape "$SECRET"
        [[ $status == 1 ]]
        for name in double-chroot mount planted-device-node mknod capabilities ptrace; do
                grep -x "ESCAPED $name" <<<"$output"
        done
}

@test "resolve: nothing gets out" {
        held_in resolve
}

@test "transaction: nothing gets out" {
        held_in transaction
}

@test "build: nothing gets out" {
        held_in build
}

@test "transaction with the host's network: nothing gets out" {
        DOOR_NET=1 held_in transaction
}

# A socket that listens by a name without a file, which is the secret's.
listen() {
        python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind("\0" + sys.argv[1])
s.listen()
print("listens", flush=True)
while True: s.accept()' "$SECRET" >"$BATS_TEST_TMPDIR/listens" 3>&- &
        LISTENER=$!
        while [[ ! -s $BATS_TEST_TMPDIR/listens ]]; do kill -0 "$LISTENER"; sleep 0.02; done
}

@test "the host's abstract sockets are out of reach in its network, too" {
        [[ $(python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))') -ge 6 ]] ||
                skip "this machine's kernel lacks Landlock's scopes (Linux 6.12)"
        listen
        run timeout 60 chroot "$ROOT" /usr/bin/escape "$SECRET"
        grep -x "ESCAPED abstract-socket" <<<"$output"
        DOOR_NET=1 held_in transaction
        DOOR_NET=1 held_in resolve
        held_in build
}

@test "a device node below a mount of the root is not opened either" {
        mount -t tmpfs -o dev tmpfs "$ROOT/var"
        mknod "$ROOT/var/null" c 1 3
        cp "$(command -v busybox)" "$ROOT/usr/bin/busybox"
        run timeout 60 "$BUILD/tests/door" "$ROOT" transaction /usr/bin/busybox cat /var/null
        [[ $status != 0 && $output == *"ermission denied"* ]]
}

@test "symlinks where the door mounts lead nowhere: /dev, /proc and /run of the root" {
        for name in dev proc run; do
                mv "$ROOT/$name" "$ROOT/$name.away"
                ln -s /etc "$ROOT/$name"
                run timeout 60 "$BUILD/tests/door" "$ROOT" transaction /usr/bin/escape "$SECRET"
                [[ $status == 125 && $output == *"/$name of the root is not a directory"* ]]
                rm "$ROOT/$name"
                mv "$ROOT/$name.away" "$ROOT/$name"
        done
}

@test "the status of what runs is the caller's, a signal too" {
        cp "$(command -v busybox)" "$ROOT/usr/bin/busybox"
        run timeout 60 "$BUILD/tests/door" "$ROOT" transaction /usr/bin/busybox sh -c 'exit 7'
        [[ $status == 7 ]]
        run timeout 60 "$BUILD/tests/door" "$ROOT" transaction /usr/bin/busybox sh -c 'kill -TERM $$'
        [[ $status == 143 ]]
}

@test "what it leaves running ends with it" {
        local long=$((1000000 + BASHPID)) # nobody else sleeps that long
        cp "$(command -v busybox)" "$ROOT/usr/bin/busybox"
        run timeout 60 "$BUILD/tests/door" "$ROOT" transaction /usr/bin/busybox sh -c \
                'busybox() { /usr/bin/busybox "$@"; }; (busybox sleep '"$long"' >/dev/null 2>&1 </dev/null &); echo done'
        [[ $status == 0 && $output == "done" ]]
        run ! pgrep -f "busybox sleep $long"
}
