import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { HostSpec } from "./host.ts";
import { groupText, passwdText, userNamed } from "./users.ts";

/** Directories of a fresh instance: path, owner, mode. */
const DIRECTORIES: readonly (readonly [string, string, number])[] = [
  ["/", "root", 0o755],
  ["/etc", "root", 0o755],
  ["/home", "root", 0o755],
  ["/home/ec2-user", "ec2-user", 0o700],
  ["/home/webapp", "webapp", 0o700],
  ["/media", "root", 0o755],
  ["/mnt", "root", 0o755],
  ["/opt", "root", 0o755],
  ["/opt/elasticbeanstalk", "root", 0o755],
  ["/opt/elasticbeanstalk/bin", "root", 0o755],
  ["/opt/elasticbeanstalk/deployment", "root", 0o755],
  ["/opt/sandbox", "root", 0o755],
  ["/opt/sandbox/bin", "root", 0o755],
  ["/opt/sandbox/lib", "root", 0o755],
  ["/opt/sandbox/libexec", "root", 0o755],
  ["/opt/sandbox/node", "root", 0o755],
  ["/root", "root", 0o700],
  ["/srv", "root", 0o755],
  ["/var", "root", 0o755],
  ["/var/app", "root", 0o755],
  ["/var/cache", "root", 0o755],
  ["/var/lib", "root", 0o755],
  ["/var/log", "root", 0o755],
  ["/var/spool", "root", 0o755],
  ["/var/tmp", "root", 0o1777],
];

/** Directories that a boot empties. */
const VOLATILE: readonly (readonly [string, string, number])[] = [
  ["/run", "root", 0o755],
  ["/run/lock", "root", 0o755],
  ["/run/sandbox", "root", 0o755],
  // Whoever calls one of the sandbox's programs leaves the call here.
  ["/run/sandbox/calls", "root", 0o1777],
  ["/tmp", "root", 0o1777],
];

const OS_RELEASE = `NAME="Amazon Linux"
VERSION="2023"
ID="amzn"
ID_LIKE="fedora"
VERSION_ID="2023"
PLATFORM_ID="platform:al2023"
PRETTY_NAME="Amazon Linux 2023"
ANSI_COLOR="0;33"
CPE_NAME="cpe:2.3:o:amazon:amazon_linux:2023"
HOME_URL="https://aws.amazon.com/linux/amazon-linux-2023/"
VARIANT_ID="sandbox"
`;

/** Files of this machine that programs of /usr need and that are small enough to copy. */
const COPIED = ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "services", "protocols", "resolv.conf"];

/** Writes a fresh instance's own files: everything outside /usr, /dev, /proc and /sys. */
export function writeRoot(root: string, spec: HostSpec, realUsers: boolean): void {
  makeDirectories(root, [...DIRECTORIES, ...VOLATILE], realUsers);
  symlinkSync("../run", join(root, "var/run"));
  symlinkSync("../run/lock", join(root, "var/lock"));
  for (const name of COPIED) {
    const from = join("/etc", name);
    if (existsSync(from)) cpSync(from, join(root, from), { recursive: true, dereference: true });
  }
  for (const [path, text] of Object.entries(ownFiles(spec))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    own(join(root, path), "root", 0o644, realUsers);
  }
  writeFileSync(join(root, "home/ec2-user/.bash_profile"), "[ -f ~/.bashrc ] && . ~/.bashrc\n");
  own(join(root, "home/ec2-user/.bash_profile"), "ec2-user", 0o644, realUsers);
}

/** Empties what does not outlive a shutdown: /run and /tmp. */
export function emptyVolatile(root: string, realUsers: boolean): void {
  rmSync(join(root, "run"), { recursive: true, force: true });
  rmSync(join(root, "tmp"), { recursive: true, force: true });
  makeDirectories(root, VOLATILE, realUsers);
}

function makeDirectories(root: string, directories: typeof VOLATILE, realUsers: boolean): void {
  for (const [path, owner, mode] of directories) {
    mkdirSync(join(root, path), { recursive: true });
    own(join(root, path), owner, mode, realUsers);
  }
}

function own(path: string, owner: string, mode: number, realUsers: boolean): void {
  chmodSync(path, mode);
  const user = userNamed(owner);
  if (realUsers) chownSync(path, user.uid, user.gid);
}

function ownFiles(spec: HostSpec): Record<string, string> {
  return {
    "/etc/passwd": passwdText(),
    "/etc/group": groupText(),
    "/etc/fstab":
      "#\nUUID=7b355c6b-f82b-4810-94b9-4f3af651f629     /           xfs    defaults,noatime  1   1\n",
    "/etc/hostname": `${spec.hostname}\n`,
    "/etc/hosts": `127.0.0.1   localhost localhost.localdomain ${spec.hostname}\n${spec.privateIp} ${spec.hostname}\n`,
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n",
    "/etc/os-release": OS_RELEASE,
    "/etc/system-release": "Amazon Linux release 2023 (Amazon Linux)\n",
    "/etc/profile": `umask 022\nexport PATH="/opt/sandbox/bin:$PATH"\n`,
    "/etc/shells": "/bin/sh\n/bin/bash\n",
    "/var/log/eb-engine.log": "",
    "/opt/elasticbeanstalk/deployment/env": "",
  };
}
