#!/bin/sh
# shellcheck disable=SC2016
# Builds what hosts of the tests run: build.sh DIRECTORY
#   DIRECTORY/root       a Debian with systemd, sshd, sudo, an NFS client and server, dnf and rpm: the lower layer of chroot hosts
#   DIRECTORY/kernel     Debian's cloud kernel; DIRECTORY/initrd finds the disk; DIRECTORY/disk.ext4 is that root as a disk: the virtual machine
# The name of the directory holds a hash of this file (debian.ts), so that a change here builds anew.
set -eu
out=$1
suite=bookworm

packages=systemd,systemd-sysv,dbus,udev,kmod,iproute2,nftables,netbase,procps,psmisc
packages=$packages,openssh-server,sudo,python3,curl,busybox-static,libstdc++6
packages=$packages,nfs-kernel-server,nfs-common,rpm,dnf,createrepo-c,mergerfs,socat

rm -rf "$out/root"
mmdebstrap --mode=root --variant=minbase --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook='
    image=$(chroot "$1" apt-cache depends linux-image-cloud-amd64 | sed -n "s/^ *Depends: //p" | head -n 1)
    chroot "$1" sh -c "cd /tmp && apt-get -q download $image && dpkg-deb -x $image*.deb unpacked"
    mv "$1"/tmp/unpacked/boot/vmlinuz-* "$1/boot/vmlinuz"
    mv "$1"/tmp/unpacked/lib/modules "$1/usr/lib/modules"
    rm -rf "$1"/tmp/unpacked "$1"/tmp/*.deb
    chroot "$1" depmod "$(ls "$1/usr/lib/modules")"' \
  "$suite" "$out/root"
root=$out/root

# Who logs in: one with sudo as on EC2, one whose sudo asks for a password, one without; and who serves on Beanstalk.
chroot "$root" groupadd --gid 900 webapp
chroot "$root" useradd --uid 900 --gid 900 --no-create-home --shell /usr/sbin/nologin webapp
for user in ec2-user maria guest; do
  chroot "$root" useradd --create-home --shell /bin/bash "$user"
done
echo 'maria:correct horse battery' | chroot "$root" chpasswd
printf 'ec2-user ALL=(ALL) NOPASSWD: ALL\nmaria ALL=(ALL) ALL\n' >"$root/etc/sudoers.d/users"
chmod 440 "$root/etc/sudoers.d/users"

# Keys, packages and programs of a run come on a disk (or directory) of their own, so that this one can be kept.
mkdir -p "$root/payload" "$root/etc/yum.repos.d"
rm -f "$root"/etc/ssh/ssh_host_*
cat >"$root/etc/ssh/sshd_config" <<'END'
HostKey /payload/host_key
AuthorizedKeysFile /payload/authorized_keys
UsePAM yes
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
Subsystem sftp internal-sftp
END
cat >"$root/etc/yum.repos.d/local.repo" <<'END'
[local]
name=Packages of this run
baseurl=file:///payload/packages
enabled=1
gpgcheck=0
END
printf '# The disk of this machine\n/dev/vda\t/\text4\tdefaults\t0 0\n' >"$root/etc/fstab"
cat >"$root/etc/systemd/system/network.service" <<'END'
[Unit]
Description=The address of the virtual machine's user network
Before=network.target network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'ip link set lo up; ip addr replace 10.0.2.15/24 dev eth0; ip link set eth0 up; ip route replace default via 10.0.2.2'
[Install]
WantedBy=network-online.target multi-user.target
END
# Mount targets and what else is around the instance come with the run, before anything that is mounted over a network.
cat >"$root/etc/systemd/system/region.service" <<'END'
[Unit]
Description=The region around this instance
ConditionPathExists=/payload/region
After=network.service
Wants=remote-fs-pre.target
Before=remote-fs-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/payload/region up
[Install]
WantedBy=multi-user.target
END
: >"$root/etc/resolv.conf"
echo host >"$root/etc/hostname"
printf '127.0.0.1 localhost host\n' >"$root/etc/hosts"
chroot "$root" systemctl enable network region ssh >/dev/null 2>&1
chroot "$root" systemctl disable systemd-networkd systemd-networkd.socket nfs-server nfs-blkmap nfsdcld nfs-client.target rpcbind rpcbind.socket apt-daily.timer apt-daily-upgrade.timer \
  dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-timesyncd >/dev/null 2>&1 || true
chroot "$root" systemctl mask systemd-firstboot serial-getty@ttyS0.service getty@tty1.service systemd-logind.service systemd-binfmt.service >/dev/null 2>&1
: >"$root/etc/machine-id"

# The kernel finds its disk with modules from a first root of busybox; they are loaded in the order that modprobe says.
first=$out/first
rm -rf "$first"
mkdir -p "$first/bin" "$first/modules" "$first/proc" "$first/dev" "$first/new"
cp "$root/bin/busybox" "$first/bin/busybox"
version=$(ls "$root/usr/lib/modules")
for module in virtio_pci virtio_blk virtio_net ext4; do
  chroot "$root" modprobe -S "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
  cp "$root$file" "$first/modules/"
  echo "insmod /modules/$(basename "$file")"
done >"$first/load"
cat >"$first/init" <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
. /load
n=0
until [ -b /dev/vdb ] || [ "$n" -ge 100 ]; do n=$((n + 1)); sleep 0.1; done
mount -t ext4 /dev/vda /new
mount -t ext4 -o ro /dev/vdb /new/payload
umount /proc
exec switch_root /new /sbin/init
END
chmod +x "$first/init"
(cd "$first" && find . | cpio --quiet -o -H newc) | gzip -1 >"$out/initrd"
mv "$root/boot/vmlinuz" "$out/kernel"
rm -rf "$first"

rm -f "$out/disk.ext4"
truncate -s 3G "$out/disk.ext4"
mke2fs -q -t ext4 -L root -O ^metadata_csum -E lazy_itable_init=1,lazy_journal_init=1 -d "$root" "$out/disk.ext4"
