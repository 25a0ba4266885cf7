#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `tests/vm/lab shell` at a terminal: a prompt, a command's answer, an end. Prints TAP.   tests/vm/shell.sh
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0 failed=0
mkfifo "$work/keys"
exec 3<>"$work/keys"

tell() { # WHAT COMMAND...
        local what=$1
        shift
        n=$((n + 1))
        if "$@"; then echo "ok $n - $what"; else
                tail -n 30 "$work/console" | sed 's/^/# /'
                echo "not ok $n - $what"
                failed=1
        fi
}
shows() { # TEXT: while the shell lives, or for fifteen minutes
        local end=$((SECONDS + 900))
        until grep -aqF "$1" "$work/console"; do
                [[ $SECONDS -lt $end ]] && kill -0 "$terminal" 2>/dev/null || return 1
                sleep 0.2
        done
}
answers() {
        # shellcheck disable=SC2016 # for that shell
        echo 'echo "in $(id -Z), $((6 * 7)) enforcing $(cat /sys/fs/selinux/enforce)"' >&3
        shows ', 42 enforcing 1'
}
ends() {
        echo 'poweroff -ff' >&3
        wait "$terminal"
}

: >"$work/console"
script -qefc 'tests/vm/lab shell' "$work/console" <"$work/keys" >/dev/null 2>&1 &
terminal=$!
tell "a prompt" shows 'lab# '
tell "a command's answer" answers
tell "it ends with the guest" ends
kill "$terminal" 2>/dev/null
echo "1..$n"
exit "$failed"
