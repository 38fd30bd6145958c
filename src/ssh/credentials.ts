import { readFile } from "node:fs/promises";
import path from "node:path";
import type { AnyAuthMethod, ParsedKey } from "ssh2";
import ssh2 from "ssh2";
import { EXIT, UserError } from "../errors.ts";
import type { Ask } from "../events.ts";
import type { SshTarget } from "./target.ts";

/** A key that lives only in this process; `admit` lets it in for a minute, through EC2 Instance Connect. */
export interface EphemeralKey {
  readonly privateKey: string;
  admit(target: SshTarget): Promise<void>;
}

/** What may be offered to a host, in the order in which it is offered. */
export interface Credentials {
  methods(target: SshTarget): Promise<readonly AnyAuthMethod[]>;
}

export interface CredentialsOptions {
  readonly ask: Ask;
  /** SSH_AUTH_SOCK. */
  readonly agent?: string | undefined;
  readonly home: string;
  /** For instances; `undefined` for a host that has no Instance Connect. */
  readonly ephemeral?: (target: SshTarget) => EphemeralKey | undefined;
}

const DEFAULT_IDENTITIES = ["id_ed25519", "id_ecdsa", "id_rsa"];

/** Gathers what can be offered: the ephemeral key, named identity files, the agent's keys, ssh's default files. */
export function credentials(options: CredentialsOptions): Credentials {
  const opened = new Map<string, Promise<ParsedKey>>();
  const open = (file: string): Promise<ParsedKey> => {
    const key = opened.get(file) ?? openIdentity(file, options.ask);
    opened.set(file, key);
    return key;
  };
  return {
    async methods(target) {
      const username = target.user;
      const methods: AnyAuthMethod[] = [];
      const ephemeral = options.ephemeral?.(target);
      if (ephemeral !== undefined) {
        await ephemeral.admit(target);
        methods.push({ type: "publickey", username, key: ephemeral.privateKey });
      }
      for (const file of target.identities)
        methods.push({ type: "publickey", username, key: await open(file) });
      if (options.agent !== undefined && options.agent !== "")
        methods.push({ type: "agent", username, agent: options.agent });
      if (target.identities.length === 0 && ephemeral === undefined)
        for (const name of DEFAULT_IDENTITIES) {
          const key = await defaultIdentity(path.join(options.home, ".ssh", name));
          if (key !== undefined) methods.push({ type: "publickey", username, key });
        }
      return methods;
    },
  };
}

/** A new key pair for one run: the private key for ssh2, the public line for EC2 Instance Connect. */
export function generateEphemeralKey(): { readonly privateKey: string; readonly publicKey: string } {
  const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment: "bertops" });
  return { privateKey: pair.private, publicKey: pair.public };
}

async function openIdentity(file: string, ask: Ask): Promise<ParsedKey> {
  const text = await readFile(file).catch((error: unknown) => {
    throw new UserError({
      reason: "identity-unreadable",
      message: `Cannot read the private key ${file}: ${error instanceof Error ? error.message : String(error)}`,
      hint: "Name an existing private key with --identity.",
      exitCode: EXIT.usage,
      cause: error,
    });
  });
  let key = parse(text);
  if (key instanceof Error && /encrypted|passphrase/iu.test(key.message)) {
    const passphrase = await ask.secret({ message: `Passphrase of ${file}`, flag: "an SSH agent (ssh-add)" });
    key = parse(text, passphrase);
  }
  if (!(key instanceof Error) && key.getPrivatePEM() !== null) return key;
  throw new UserError({
    reason: "identity-unusable",
    message: `${file} is not a private key that can be used: ${key instanceof Error ? key.message : "it is a public key"}`,
    hint: "Name the private key, and check its passphrase.",
    exitCode: EXIT.denied,
  });
}

/** Keys in the usual places are offered only when they need no passphrase: nobody asked for them. */
async function defaultIdentity(file: string): Promise<ParsedKey | undefined> {
  try {
    const key = parse(await readFile(file));
    return key instanceof Error ? undefined : key;
  } catch {
    return undefined;
  }
}

function parse(text: Buffer, passphrase?: string): ParsedKey | Error {
  const parsed: unknown = ssh2.utils.parseKey(text, passphrase);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  return key as ParsedKey | Error;
}
