import { randomBytes } from "node:crypto";
import { newPrivateKey } from "./new-private-key.ts";

/**
 * Makes an Ed25519 key pair: OpenSSH's private text and the public line. Not by ssh2, whose generator drops a leading zero
 * byte and so makes an unusable key once in 256 times.
 */
export function makeEd25519Key(comment: string): { readonly private: string; readonly public: string } {
  const { d = "", x = "" } = newPrivateKey("ed25519").export({ format: "jwk" });
  const seed = Buffer.from(d, "base64url");
  const point = Buffer.from(x, "base64url");
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
    private: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`,
    public: `ssh-ed25519 ${blob.toString("base64")} ${comment}`,
  };
}

/** A string of the SSH wire: its length, then itself. */
export function field(value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
