/**
 * What makes a root directory an instance's own: run by `unshare` in new mount, pid, uts and ipc namespaces.
 * Arguments: root, host name, the Node.js directory to show (or empty), `real` or `one` (user ids).
 * It prints its process id as this machine counts, then waits for the end of its standard input: when the sandbox dies,
 * however it dies, so does this process, which is the namespace's init, and with it every process and every mount.
 */
export const BOOT_SCRIPT = `
set -eu
root=$1 name=$2 node=$3 users=$4
read -r pid rest </proc/self/stat
# Root of a user namespace may call sethostname, but not write to /proc/sys.
hostname "$name" 2>/dev/null || echo "$name" >/proc/sys/kernel/hostname

for each in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$each" ]; then
    [ -L "$root/$each" ] || ln -s "$(readlink "/$each")" "$root/$each"
  elif [ -d "/$each" ]; then
    mkdir -p "$root/$each"
    mount --rbind "/$each" "$root/$each"
  fi
done
mkdir -p "$root/usr" "$root/dev" "$root/proc" "$root/sys"
mount --rbind /usr "$root/usr"
mount -o remount,bind,ro "$root/usr" 2>/dev/null || :

# Device nodes one by one: the disks of this machine are none of the instance's.
mount -t tmpfs -o mode=755,size=256m tmpfs "$root/dev"
for each in null zero full random urandom tty; do
  [ -e "/dev/$each" ] || continue
  : >"$root/dev/$each"
  mount --bind "/dev/$each" "$root/dev/$each"
done
mkdir "$root/dev/pts" "$root/dev/shm"
chmod 1777 "$root/dev/shm"
mount -t devpts -o newinstance,mode=620,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"

mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
# Read only or not at all: tuning read-ahead must not reach this machine's disks.
if mount --rbind /sys "$root/sys" 2>/dev/null; then
  mount -o remount,bind,ro "$root/sys" 2>/dev/null || umount -l "$root/sys"
fi
for each in alternatives ssl pki crypto-policies; do
  [ -d "/etc/$each" ] || continue
  mkdir -p "$root/etc/$each"
  mount --rbind "/etc/$each" "$root/etc/$each"
  mount -o remount,bind,ro "$root/etc/$each" 2>/dev/null || :
done
if [ -n "$node" ]; then
  mount --rbind "$node" "$root/opt/sandbox/node"
  mount -o remount,bind,ro "$root/opt/sandbox/node" 2>/dev/null || :
fi
if [ "$users" = real ]; then
  # sudo's power: setpriv, set-uid root, for the sudoers' group, on a file system that only this instance sees.
  mount -t tmpfs -o mode=755,size=4m tmpfs "$root/opt/sandbox/libexec"
  cp "$(command -v setpriv)" "$root/opt/sandbox/libexec/as"
  chown 0:10 "$root/opt/sandbox/libexec/as"
  chmod 4750 "$root/opt/sandbox/libexec/as"
fi
exec chroot "$root" /bin/sh -c 'cd /; echo "ready $1"; exec 3<&0 </dev/null >/dev/null 2>&1; cat <&3 & wait $!' init "$pid"
`;
