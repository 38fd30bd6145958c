import { createHash } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { field, makeEd25519Key } from "../../ed25519-key.ts";
import { newPrivateKey } from "../../new-private-key.ts";

/** An SSH host key: what is kept secret, and the line that clients know it by. */
export interface HostKey {
  readonly kind: "ED25519" | "ECDSA";
  /** OpenSSH or SEC 1 text. */
  readonly private: string;
  /** `ssh-ed25519 AAAA… root@hostname`. */
  readonly public: string;
}

/** Makes the host keys of a fresh instance. */
export function makeHostKeys(hostname: string): HostKey[] {
  const comment = `root@${hostname}`;
  return [{ kind: "ED25519", ...makeEd25519Key(comment) }, ecdsa(comment)];
}

/** Keeps host keys in the instance's /etc/ssh, as sshd does. */
export function writeHostKeys(root: string, keys: readonly HostKey[]): void {
  for (const key of keys) {
    const path = join(root, `etc/ssh/ssh_host_${key.kind.toLowerCase()}_key`);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(path, key.private, { mode: 0o600 });
    writeFileSync(`${path}.pub`, `${key.public}\n`, { mode: 0o644 });
  }
}

/** Host keys kept in a directory of this machine, made at the first call. */
export function keptHostKeys(directory: string, hostname: string): HostKey[] {
  const path = join(directory, "host-keys.json");
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as HostKey[];
  const keys = makeHostKeys(hostname);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

/** `256 SHA256:… root@hostname (ED25519)`, as ssh-keygen -l writes it. */
export function fingerprint(key: HostKey): string {
  const [, blob = "", comment = ""] = key.public.split(" ");
  const hash = createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64").replace(/=+$/u, "");
  return `256 SHA256:${hash} ${comment} (${key.kind})`;
}

function ecdsa(comment: string): HostKey {
  const privateKey = newPrivateKey("P-256");
  const jwk = privateJwk(privateKey);
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(jwk.x, "base64url"),
    Buffer.from(jwk.y, "base64url"),
  ]);
  const blob = Buffer.concat([field("ecdsa-sha2-nistp256"), field("nistp256"), field(point)]);
  return {
    kind: "ECDSA",
    private: privateKey.export({ type: "sec1", format: "pem" }).toString(),
    public: `ecdsa-sha2-nistp256 ${blob.toString("base64")} ${comment}`,
  };
}

function privateJwk(key: KeyObject): { d: string; x: string; y: string } {
  const { d = "", x = "", y = "" } = key.export({ format: "jwk" });
  return { d, x, y };
}
