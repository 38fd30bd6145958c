import { type KeyObject, randomBytes } from "node:crypto";

/** An Ed25519 private key as OpenSSH writes it, the one format that ssh2 reads such a key in. */
export function ed25519Key(key: KeyObject): string {
  const { seed, point, blob } = partsOf(key);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, blob, field(Buffer.concat([seed, point])), field("")]);
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
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** The public half of an Ed25519 private key as authorized_keys has it. */
export function ed25519PublicLine(key: KeyObject, comment: string): string {
  return `ssh-ed25519 ${partsOf(key).blob.toString("base64")} ${comment}`;
}

function partsOf(key: KeyObject): { readonly seed: Buffer; readonly point: Buffer; readonly blob: Buffer } {
  const { d = "", x = "" } = key.export({ format: "jwk" });
  const point = Buffer.from(x, "base64url");
  const blob = Buffer.concat([field("ssh-ed25519"), field(point)]);
  return { seed: Buffer.from(d, "base64url"), point, blob };
}

/** A string of the SSH wire: its length, then itself. */
function field(value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
