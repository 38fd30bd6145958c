import { createHash, createPublicKey } from "node:crypto";

/** A public key in OpenSSH's format, taken apart. */
export interface PublicKey {
  readonly type: "rsa" | "ed25519";
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly line: string;
  readonly blob: Buffer;
}

/** Reads one line of OpenSSH's public key format (RSA or ED25519); `undefined` when it is none. */
export function readPublicKey(text: string): PublicKey | undefined {
  const [algorithm = "", base64 = ""] = text.trim().split(/\s+/);
  const type = ({ "ssh-rsa": "rsa", "ssh-ed25519": "ed25519" } as const)[algorithm];
  if (!type || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const blob = Buffer.from(base64, "base64");
  const fields = readFields(blob);
  if (fields?.[0]?.toString("latin1") !== algorithm) return undefined;
  const sound = type === "ed25519" ? fields.length === 2 && fields[1]?.length === 32 : fields.length === 3;
  return sound ? { type, line: `${algorithm} ${base64}`, blob } : undefined;
}

/** The fingerprint that EC2 shows of an imported key: MD5 of the DER for RSA, OpenSSH's SHA-256 for ED25519. */
export function importedFingerprint(key: PublicKey): string {
  if (key.type === "ed25519") return createHash("sha256").update(key.blob).digest("base64");
  const [, exponent, modulus] = readFields(key.blob)!;
  const der = createPublicKey({
    key: {
      kty: "RSA",
      e: unsigned(exponent!).toString("base64url"),
      n: unsigned(modulus!).toString("base64url"),
    },
    format: "jwk",
  }).export({ type: "spki", format: "der" });
  return colons(createHash("md5").update(der).digest("hex"));
}

/** `0123…` -> `01:23:…` */
export function colons(hex: string): string {
  return hex.replace(/(..)(?=.)/g, "$1:");
}

/** SSH's multiple-precision integers have a leading zero byte where the first bit is set. */
function unsigned(integer: Buffer): Buffer {
  return integer[0] === 0 ? integer.subarray(1) : integer;
}

function readFields(blob: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  let offset = 0;
  while (offset < blob.length) {
    if (offset + 4 > blob.length) return undefined;
    const length = blob.readUInt32BE(offset);
    if (offset + 4 + length > blob.length) return undefined;
    fields.push(blob.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
  return fields;
}
