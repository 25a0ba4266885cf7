# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In the initramfs: the disk becomes the root, and its own init the first process.
for m in virtio_pci virtio_blk crc32c_generic ext4; do modprobe $m || echo "# no module $m"; done
n=0
while [ ! -b /dev/vda ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n + 1)); done
mkdir -p /disk
mount -t ext4 -o noatime /dev/vda /disk || poweroff -f
umount /tmp /run /sys/kernel/tracing /sys/fs/bpf /sys/kernel/security /sys
for d in dev proc; do mount --move /$d /disk/$d; done
exec switch_root /disk /sbin/init
