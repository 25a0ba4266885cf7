# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In a guest: each CO-RE object of a folder loaded, and taken away again, by bpftool, which is none of our
# code. A line each: "WHEN: OBJECT: N programs loaded", or "refused: " and why.   extra-bpf.sh WHEN DIR BPFTOOL
when=$1 dir=$2 bpftool=$3
pins=/sys/fs/bpf/extra said=/tmp/extra.$$
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
for object in "$dir"/*.o; do
        [ -e "$object" ] || continue
        if $bpftool prog loadall "$object" $pins >$said 2>&1; then
                what="$(find $pins -type f | grep -c .) programs loaded"
        else
                why=$(grep -a -m 1 -E 'unknown func|load failed' $said || tail -n 1 $said)
                what="refused: $(echo "$why" | tr -d '\r' | cut -c1-160)"
        fi
        echo "$when: ${object##*/}: $what"
        rm -rf $pins $said
done
