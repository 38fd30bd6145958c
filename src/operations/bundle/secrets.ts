import { open } from "node:fs/promises";
import { EXIT, UserError } from "../../errors.ts";
import type { BundleEntry } from "./entry.ts";

const SIGNS: readonly { readonly sign: RegExp; readonly what: string }[] = [
  {
    sign: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s+[A-Za-z0-9+/=:]{16}/u,
    what: "a private key",
  },
  { sign: /PuTTY-User-Key-File-\d/u, what: "a private key of PuTTY" },
  { sign: /aws_secret_access_key\s*[=:]\s*["']?[A-Za-z0-9/+]{40}/iu, what: "an AWS secret access key" },
];
/** Secrets are short texts at the head of small files. */
const LOOK_AT = 65_536;
const SMALL = 1_048_576;

/** Refuses an app that would publish a private key or AWS keys to whoever reads the bundle. */
export async function refuseSecrets(entries: readonly BundleEntry[]): Promise<void> {
  const found: string[] = [];
  for (const entry of entries) {
    if (!("file" in entry.content) || entry.size > SMALL) continue;
    const text = await head(entry.content.file);
    const sign = SIGNS.find((candidate) => candidate.sign.test(text));
    if (sign !== undefined) found.push(`${entry.path} (${sign.what})`);
  }
  if (found.length === 0) return;
  throw new UserError({
    reason: "secret-in-bundle",
    message: `The app holds what nobody should read in a bundle: ${found.join(", ")}.`,
    hint: "Move it to Secrets Manager or SSM and name it by ARN, or list the file in app/.ebignore.",
    exitCode: EXIT.usage,
  });
}

async function head(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOOK_AT), 0, LOOK_AT, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
