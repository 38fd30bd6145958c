import { createHash } from "node:crypto";

/** A public host key as it goes over the wire. */
export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`. */
  readonly type: string;
  readonly blob: Buffer;
}

/** Reads a key blob: it begins with its own type, length first. */
export function hostKeyFromBlob(blob: Buffer): HostKey | undefined {
  if (blob.length < 8) return undefined;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length < 4 + length) return undefined;
  return { type: blob.toString("latin1", 4, 4 + length), blob };
}

/** Reads `TYPE BASE64 [comment]`, a line of a .pub file. */
export function hostKeyFromLine(line: string): HostKey | undefined {
  const [type, base64] = line.trim().split(/\s+/u);
  if (type === undefined || base64 === undefined) return undefined;
  const key = hostKeyFromBlob(Buffer.from(base64, "base64"));
  return key?.type === type ? key : undefined;
}

/** The form that ssh shows: `SHA256:` and 43 characters. */
export function fingerprint(key: HostKey): string {
  const hash = createHash("sha256").update(key.blob).digest("base64").replace(/=+$/u, "");
  return `SHA256:${hash}`;
}

/** Are these the same key? */
export function sameKey(a: HostKey, b: HostKey): boolean {
  return a.blob.equals(b.blob);
}

/** `ssh-ed25519` as people say it: ED25519. */
export function keyTypeName(type: string): string {
  if (type.startsWith("ecdsa-")) return "ECDSA";
  return type.replace(/^ssh-/u, "").toUpperCase();
}
