import { access, readFile, stat } from "node:fs/promises";
import type { ParsedKey } from "ssh2";
import { EXIT, UserError } from "../errors.ts";
import type { Ask, Emit } from "../events.ts";
import { type Identity, readIdentity } from "./identity.ts";

/** An identity file that was found. */
export interface IdentityFile {
  readonly file: string;
  /** The public key as it goes over the wire, where it can be known without a passphrase. */
  readonly blob: Buffer | undefined;
  /** The private key, which may ask for a passphrase; undefined where the file holds only the public half. */
  readonly open: (() => Promise<ParsedKey>) | undefined;
}

/** Reads identity files, each once however many hosts it is offered to. */
export interface IdentityFiles {
  /** One that somebody named. Throws a UserError where it cannot be used. */
  named(file: string): Promise<IdentityFile>;
  /** One in a usual place, which nobody named: undefined unless it is there, readable and without a passphrase. */
  usual(file: string): Promise<IdentityFile | undefined>;
}

export interface IdentityFilesOptions {
  readonly ask: Ask;
  readonly emit: Emit;
  /** BERTOPS_KEY_PASSPHRASE. */
  readonly passphrase?: string | undefined;
}

const TRIES = 3;

/** Opens the reader. */
export function identityFiles(options: IdentityFilesOptions): IdentityFiles {
  const read = new Map<string, Promise<IdentityFile>>();
  const once = (file: string): Promise<IdentityFile> => {
    const found = read.get(file) ?? readFileOf(file, options);
    read.set(file, found);
    return found;
  };
  return {
    named: once,
    async usual(file) {
      try {
        if ((await tooOpen(file)) !== undefined) return undefined;
        const identity = readIdentity(await readFile(file), file);
        return identity.kind === "key" ? await describeFile(file, identity, options) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

async function readFileOf(file: string, options: IdentityFilesOptions): Promise<IdentityFile> {
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (error) {
    // The private half may be in an agent alone, and the public one beside where it was.
    const beside = await readFile(`${file}.pub`).catch(() => undefined);
    if (beside !== undefined) return describeFile(file, readIdentity(beside, `${file}.pub`), options);
    throw new UserError({
      reason: "identity-unreadable",
      message: `Cannot read the private key ${file}: ${error instanceof Error ? error.message : String(error)}`,
      hint: "Name an existing private key with --identity.",
      exitCode: EXIT.usage,
      cause: error,
    });
  }
  const identity = readIdentity(text, file);
  if (identity.kind !== "public") await warn(file, options);
  return describeFile(file, identity, options);
}

async function describeFile(
  file: string,
  identity: Identity,
  options: IdentityFilesOptions,
): Promise<IdentityFile> {
  if (identity.kind === "public") return { file, blob: identity.key.blob, open: undefined };
  if (identity.kind === "key") {
    const { key } = identity;
    return { file, blob: Buffer.from(key.getPublicSSH()), open: () => Promise.resolve(key) };
  }
  const beside = await readFile(`${file}.pub`).catch(() => undefined);
  const half = beside === undefined ? undefined : readIdentity(beside, `${file}.pub`);
  let opened: Promise<ParsedKey> | undefined;
  return {
    file,
    blob: half?.kind === "public" ? half.key.blob : undefined,
    open: () => (opened ??= unlock(file, identity, options)),
  };
}

async function unlock(
  file: string,
  identity: Extract<Identity, { kind: "encrypted" }>,
  { ask, passphrase }: IdentityFilesOptions,
): Promise<ParsedKey> {
  if (passphrase !== undefined && passphrase !== "") return identity.open(passphrase);
  if (!ask.interactive)
    throw new UserError({
      reason: "identity-locked",
      message: `The private key ${file} is encrypted, and there is no terminal to ask for its passphrase on.`,
      hint: "Add it to an SSH agent, or set BERTOPS_KEY_PASSPHRASE.",
      next: [`ssh-add ${file}`],
      exitCode: EXIT.denied,
    });
  for (let left = TRIES - 1; ; left -= 1) {
    const answer = await ask.secret({ message: `Passphrase of ${file}`, flag: "an SSH agent (ssh-add)" });
    try {
      return identity.open(answer);
    } catch (error) {
      if (left === 0 || answer === "") throw error;
    }
  }
}

/** Says what OpenSSH would say about a key file, without leaving the person outside. */
async function warn(file: string, { emit }: IdentityFilesOptions): Promise<void> {
  const mode = await tooOpen(file);
  if (mode !== undefined)
    emit({
      type: "warning",
      message: `Permissions ${mode} for ${file} are too open: other users of this machine can read the private key.`,
      hint: `chmod 600 ${file}`,
    });
  const certificate = `${file}-cert.pub`;
  const present = await access(certificate).then(
    () => true,
    () => false,
  );
  if (present)
    emit({
      type: "warning",
      message: `${certificate} is not used: bertops does not present certificates, only the key itself.`,
    });
}

/** The mode, where others than the owner may read; undefined where it is well, or the file is somebody else's. */
async function tooOpen(file: string): Promise<string | undefined> {
  if (process.getuid === undefined) return undefined;
  const { mode, uid } = await stat(file);
  if (uid !== process.getuid() || (mode & 0o077) === 0) return undefined;
  return (mode & 0o777).toString(8).padStart(4, "0");
}
