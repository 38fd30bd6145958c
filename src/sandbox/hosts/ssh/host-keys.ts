import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** An SSH host key: what is kept secret, and the line that clients know it by. */
export interface HostKey {
  readonly kind: "ED25519" | "ECDSA";
  /** OpenSSH or SEC 1 text. */
  readonly private: string;
  /** `ssh-ed25519 AAAA… root@hostname`. */
  readonly public: string;
}

/** Makes the host keys of a fresh instance. Not by ssh2, whose generator makes an unusable key now and then. */
export function makeHostKeys(hostname: string): HostKey[] {
  const comment = `root@${hostname}`;
  return [ed25519(comment), ecdsa(comment)];
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

function ed25519(comment: string): HostKey {
  const jwk = privateJwk(generateKeyPairSync("ed25519").privateKey);
  const seed = Buffer.from(jwk.d, "base64url");
  const point = Buffer.from(jwk.x, "base64url");
  const blob = Buffer.concat([field("ssh-ed25519"), field(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, blob, field(Buffer.concat([seed, point])), field(comment)]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).subarray(0, (8 - (secret.length % 8)) % 8);
  // openssh-key-v1: no cipher, no key derivation, one key.
  const text = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    Buffer.from([0, 0, 0, 1]),
    field(blob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = text.toString("base64").replaceAll(/.{70}(?=.)/gu, "$&\n");
  return {
    kind: "ED25519",
    private: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`,
    public: `ssh-ed25519 ${blob.toString("base64")} ${comment}`,
  };
}

function ecdsa(comment: string): HostKey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
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

/** A string of the SSH wire: its length, then itself. */
function field(value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
