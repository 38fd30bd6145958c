#!/bin/bash
# A host's boot, as process 1 in namespaces of its own: host.sh SHARED NAME
set -e
shared=$1 name=$2
own=$shared/hosts/$name
mount --make-rprivate /
hostname "$name"
root=$own/root
mount -t overlay overlay -o "lowerdir=$shared/debian,upperdir=$own/upper,workdir=$own/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 dev "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for device in null zero full random urandom tty fuse; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t tmpfs -o mode=755 run "$root/run"
mkdir -p "$root/run/sshd" "$root/run/lock" "$root/run/file-systems" "$root/run/mount"
mount --bind "$shared/payload" "$root/payload"
mount --bind "$shared/file-systems" "$root/run/file-systems"
cp "$(dirname "$0")/mount.nfs4" "$root/usr/sbin/mount.nfs4"

cd "$root"
pivot_root . mnt
umount -l /mnt
exec chroot . /bin/bash -c '
  python3 /payload/metadata.py &
  /usr/sbin/sshd
  # What systemd does with fstab: beside the boot, never before it.
  (until curl -s -m 1 http://169.254.169.254/ >/dev/null; do sleep 0.1; done; mount -a -O _netdev) &
  while :; do sleep 3600 & wait $!; done'
