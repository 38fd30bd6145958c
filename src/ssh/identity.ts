import { createPrivateKey } from "node:crypto";
import type { ParsedKey } from "ssh2";
import ssh2 from "ssh2";
import { EXIT, UserError } from "../errors.ts";
import { ed25519Key } from "./ed25519-key.ts";
import { type HostKey, hostKeyFromLine } from "./host-key.ts";

/** What a file that was named as an identity holds. */
export type Identity =
  | { readonly kind: "key"; readonly key: ParsedKey }
  /** A private key that a passphrase opens. */
  | { readonly kind: "encrypted"; open(passphrase: string): ParsedKey }
  /** A public key: the private half is in an agent. */
  | { readonly kind: "public"; readonly key: HostKey };

/**
 * Reads an identity: OpenSSH's own format, PEM (PKCS#1, SEC 1) and PKCS#8, encrypted or not, or a public key. Throws a UserError for
 * what cannot be used: PuTTY's format, keys on hardware tokens, certificates, anything else.
 */
export function readIdentity(text: Buffer, file: string): Identity {
  const head = text.toString("latin1").trimStart();
  if (head.startsWith("PuTTY-User-Key-File"))
    throw unusable(file, "it is in PuTTY's format", "Convert it, then name the new file.", [
      `puttygen ${file} -O private-openssh-new -o ${file.replace(/\.ppk$/u, "")}.key`,
    ]);
  if (/^\S+-cert-v01@openssh\.com\s/u.test(head))
    throw unusable(
      file,
      "it is a certificate, and bertops does not present certificates",
      "Name the private key itself: the host must admit it without the certificate.",
    );
  const publicKey = hostKeyFromLine(head.split("\n")[0] ?? "");
  if (publicKey !== undefined) return { kind: "public", key: publicKey };
  if (hardwareType(head) !== undefined)
    throw unusable(
      file,
      `it is a key on a hardware token (${hardwareType(head)}), which bertops cannot sign with`,
      "Use another key, or EC2 Instance Connect, which needs none.",
    );
  if (/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/u.test(head)) return pkcs8(text, head, file);
  const key = parse(text);
  if (!(key instanceof Error)) return { kind: "key", key: usable(key, file) };
  if (/encrypted|passphrase/iu.test(key.message))
    return {
      kind: "encrypted",
      open: (passphrase) => {
        const opened = parse(text, passphrase);
        if (opened instanceof Error) throw notOpened(file, opened);
        return usable(opened, file);
      },
    };
  throw unusable(file, "it is not a private key that can be read", "Name the private key.");
}

/** PKCS#8 is what OpenSSL writes today; Node.js reads it, and ssh2 takes it from there in an older format. */
function pkcs8(text: Buffer, head: string, file: string): Identity {
  const open = (passphrase: string | undefined): ParsedKey => {
    try {
      const key = createPrivateKey({
        key: text,
        format: "pem",
        ...(passphrase === undefined ? {} : { passphrase }),
      });
      if (key.asymmetricKeyType === "ed25519") return usable(parse(Buffer.from(ed25519Key(key))), file);
      const type = key.asymmetricKeyType === "rsa" ? "pkcs1" : "sec1";
      return usable(parse(Buffer.from(key.export({ type, format: "pem" }))), file);
    } catch (error) {
      throw error instanceof UserError ? error : notOpened(file, error);
    }
  };
  if (head.startsWith("-----BEGIN ENCRYPTED")) return { kind: "encrypted", open };
  return { kind: "key", key: open(undefined) };
}

/** The type of a key that lives on a token, as its OpenSSH file names it. */
function hardwareType(head: string): string | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----(?<body>[^-]*)/u.exec(head)?.groups?.["body"] ?? "";
  // The public half is not encrypted.
  const found = /sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com/u.exec(
    Buffer.from(body, "base64").toString("latin1"),
  );
  return found?.[0];
}

function parse(text: Buffer, passphrase?: string): ParsedKey | Error {
  try {
    const parsed: unknown = ssh2.utils.parseKey(text, passphrase);
    return (Array.isArray(parsed) ? parsed[0] : parsed) as ParsedKey | Error;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function usable(key: ParsedKey | Error, file: string): ParsedKey {
  if (!(key instanceof Error) && key.isPrivateKey()) return key;
  const why = key instanceof Error ? key.message : "it is a public key";
  throw unusable(file, `it is not a private key that can be used: ${why}`, "Name the private key.");
}

function notOpened(file: string, cause: unknown): UserError {
  return new UserError({
    reason: "identity-unusable",
    message: `The passphrase does not open the private key ${file}.`,
    hint: "Try again; ssh-add keeps it open, so that it is asked once.",
    next: [`ssh-add ${file}`],
    exitCode: EXIT.denied,
    cause,
  });
}

function unusable(file: string, why: string, hint: string, next: readonly string[] = []): UserError {
  return new UserError({
    reason: "identity-unusable",
    message: `The identity ${file} cannot be used: ${why}.`,
    hint,
    next,
    exitCode: EXIT.usage,
  });
}
