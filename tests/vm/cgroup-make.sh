#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The make of cgroup.sh's guest: does what /etc/make-does says, and fails.
case $(cat /etc/make-does) in
memory) # 2 GiB in pieces that no process is held back from
        for ((i = 0; i < 8; i++)); do (head -c 256M /dev/zero | tail -c 256M | wc -c) & done
        wait
        ;;
wait) until [[ -e /etc/make-may-end ]]; do sleep 0.2; done ;;
esac
echo "/tmp/x.c:1:1: error: this make makes nothing" >&2
exit 2
