# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In the initramfs: the disk with the labels, the policy, and its /sbin/init in a domain of its own.
for m in virtio_pci virtio_blk crc32c_generic ext4 overlay; do modprobe $m || echo "# no module $m"; done
n=0
while [ ! -b /dev/vda ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n + 1)); done
mkdir -p /disk
mount -t ext4 -o noatime /dev/vda /disk || exit 1
for d in proc sys dev; do mount --bind /$d /disk/$d; done
mount -t tmpfs run /disk/run
chroot /disk /usr/sbin/load_policy -i || exit 1
exec chroot /disk /sbin/init
