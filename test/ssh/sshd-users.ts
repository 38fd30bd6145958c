import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { noSshd, type Sshd, startSshd } from "./sshd.ts";

/** An OpenSSH server on a machine whose users, passwords and sudo rules are its own: /etc lies under an overlay that only it sees. */
export interface UsersSshd extends Sshd {
  /** Of the users `free` (sudo without a password), `asked` (with one), `norights` (none) and `terminal` (requiretty). */
  readonly password: string;
  readonly home: string;
}

/** Why it cannot be had here; undefined when it can. */
export const noUsersSshd: string | undefined = noSshd ?? reason();

const PASSWORD = "S3kret-on-the-host";

/** Starts one. */
export async function startUsersSshd(): Promise<UsersSshd> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "bertops-users-"));
  await chmod(directory, 0o755);
  const at = (name: string): string => path.join(directory, name);
  for (const name of ["upper", "work", "home", "sudo"]) await mkdir(at(name));
  await writeFile(
    at("sudoers"),
    [
      "Defaults lecture=always",
      "Defaults:terminal requiretty",
      "free ALL=(ALL) NOPASSWD: ALL",
      "asked ALL=(ALL) ALL",
      "terminal ALL=(ALL) NOPASSWD: ALL",
      "",
    ].join("\n"),
  );
  const script = [
    "set -e",
    "mount --make-rprivate /",
    `mount -t overlay overlay -o lowerdir=/etc,upperdir=${at("upper")},workdir=${at("work")} /etc`,
    // What sudo remembers of users is this machine's own, too.
    `mkdir -p /run/sudo /var/lib/sudo; mount --bind ${at("sudo")} /run/sudo; mount --bind ${at("sudo")} /var/lib/sudo`,
    `for user in free asked norights terminal; do useradd -m -d ${at("home")}/$user -s /bin/bash $user; echo "$user:${PASSWORD}" | chpasswd; done`,
    `cp ${at("sudoers")} /etc/sudoers.d/bertops; chmod 440 /etc/sudoers.d/bertops`,
    'exec "$0" "$@"',
  ].join("\n");
  const sshd = await startSshd({
    within: ["unshare", "-m", "sh", "-c", script],
    directory,
    settings: "UsePAM yes\nKbdInteractiveAuthentication yes\nLogLevel VERBOSE",
  });
  return { ...sshd, password: PASSWORD, home: at("home") };
}

function reason(): string | undefined {
  if (process.getuid?.() !== 0) return "a machine with users of its own needs root";
  try {
    execFileSync(
      "sh",
      ["-c", "command -v sudo && command -v useradd && test -e /etc/pam.d/sshd && unshare -m true"],
      {
        stdio: "ignore",
      },
    );
    return undefined;
  } catch {
    return "no sudo, useradd, PAM or mount namespaces on this machine (Debian: apt-get install sudo)";
  }
}
