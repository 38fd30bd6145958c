import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What hosts of a run carry beside their Debian, and what logs in to them. */
export interface Payload {
  /** Seen by hosts as /payload. */
  readonly directory: string;
  /** A private key that every user of a host admits. */
  readonly identity: string;
  /** The public part of the hosts' key, as `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

const HERE = import.meta.dirname;

/** Fills `directory` with keys, a package repository with our stand-in for amazon-efs-utils, and the metadata service. */
export function payload(directory: string): Payload {
  const inside = path.join(directory, "payload");
  mkdirSync(inside, { recursive: true });
  const identity = path.join(directory, "identity");
  for (const file of [identity, path.join(inside, "host_key")])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file]);
  copyFileSync(`${identity}.pub`, path.join(inside, "authorized_keys"));
  cpSync(path.join(HERE, "region", "metadata.py"), path.join(inside, "metadata.py"));
  packages(path.join(inside, "packages"), path.join(directory, "rpmbuild"));
  const hostKey = execFileSync("cut", ["-d", " ", "-f", "1,2", path.join(inside, "host_key.pub")], {
    encoding: "utf8",
  }).trim();
  return { directory: inside, identity, hostKey };
}

function packages(into: string, work: string): void {
  const source = path.join(HERE, "efs-utils");
  execFileSync(
    "rpmbuild",
    [
      "-bb",
      "--quiet",
      "--define",
      `_sourcedir ${source}`,
      "--define",
      `_topdir ${work}`,
      "--define",
      `_rpmdir ${into}`,
      path.join(source, "amazon-efs-utils.spec"),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  // Beside it a repository that has nothing.
  mkdirSync(`${into}-none`);
  for (const repository of [into, `${into}-none`]) execFileSync("createrepo_c", ["-q", repository]);
}

/** Writes a known_hosts file that holds the hosts' key for these names. */
export function knownHosts(file: string, { hostKey }: Payload, names: readonly string[]): string {
  writeFileSync(file, names.map((name) => `${name} ${hostKey}\n`).join(""));
  return file;
}
