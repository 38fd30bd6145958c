import type { TestHost } from "./host.ts";

/**
 * What bertops can change on a host, as one text: fstab byte for byte, mounts, units, packages, what lies at the mount
 * point on the host's own disk and in places for temporary files.
 */
export async function hostState(host: TestHost): Promise<string> {
  const { stdout, stderr, code } = await host.root(STATE);
  if (code !== 0) throw new Error(`the host's state cannot be read: ${stderr}`);
  return stdout;
}

const STATE = String.raw`
echo '# fstab'; base64 /etc/fstab; ls -l /etc/fstab | awk '{ print $1, $3, $4 }'; ls /etc | grep fstab
echo '# mounts'; findmnt -rn -o TARGET,SOURCE,FSTYPE | grep -v -e binfmt -e /run/user -e /run/credentials | sort
echo '# units'; ls /etc/systemd/system /etc/systemd/system/timers.target.wants /usr/local/sbin 2>/dev/null
if [ -d /run/systemd/system ]; then
  systemctl list-units --all --plain --no-legend 'bertops*.timer' | awk '{ print $1, $3 }'
  systemctl list-units --failed --plain --no-legend | awk '{ print $1 }'
fi
echo '# packages'; rpm -qa | sort; dpkg-query -W 2>/dev/null | cksum
echo '# mount point'; ls -d /efs 2>/dev/null; findmnt -M /efs >/dev/null || ls -A /efs 2>/dev/null
echo '# temporary'; ls -A /tmp /var/tmp /root /home/ec2-user | grep -v -e systemd-private
true
`;
