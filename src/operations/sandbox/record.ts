import { readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { UserError } from "../../errors.ts";

/** What a running sandbox says of itself, kept in a file that only its owner can read. */
export interface SandboxRecord {
  readonly pid: number;
  readonly endpoint: string;
  readonly region: string;
  readonly isolation: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sshPort: number;
  /** Where instances have no address of their own: the host to go through, with its keys as OpenSSH writes them. */
  readonly jump?: { readonly address: string; readonly port: number; readonly hostKeys: readonly string[] };
  /** The directory that holds everything that the sandbox keeps on disk. */
  readonly directory: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The directory of the sandbox: BERTOPS_SANDBOX_DIR, else one under the user's state directory. */
export function sandboxDirectory(environment: Environment): string {
  const chosen = environment["BERTOPS_SANDBOX_DIR"];
  if (chosen) return path.resolve(chosen);
  const state =
    environment["XDG_STATE_HOME"] || path.join(environment["HOME"] ?? homedir(), ".local", "state");
  return path.join(state, "bertops", "sandbox");
}

/** The file that the record is kept in. */
export function recordFile(directory: string): string {
  return path.join(directory, "sandbox.json");
}

/** Writes the record for other commands to find; readable by its owner alone, since it holds keys. */
export async function writeRecord(record: SandboxRecord): Promise<void> {
  await mkdir(record.directory, { recursive: true });
  await writeFile(recordFile(record.directory), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  // The jump host is no instance, so no console shows its keys: whoever started it knows them.
  const { address = "", port = 0, hostKeys = [] } = record.jump ?? {};
  const lines = hostKeys.map((key) => `[${address}]:${port} ${key.split(" ").slice(0, 2).join(" ")}\n`);
  await writeFile(knownHostsFile(record), lines.join(""), { mode: 0o600 });
}

/** The process that the record of a sandbox's directory names; for handlers that may not wait. */
export function pidIn(directory: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(recordFile(directory), "utf8")) as SandboxRecord).pid;
  } catch {
    return undefined;
  }
}

/** The file of host keys that belongs to the sandbox: what is verified there says nothing about the person's own hosts. */
export function knownHostsFile({ directory }: Pick<SandboxRecord, "directory">): string {
  return path.join(directory, "known_hosts");
}

/** The record of the sandbox that runs, or undefined; a record whose process is gone is removed. */
export async function findSandbox(environment: Environment): Promise<SandboxRecord | undefined> {
  const file = recordFile(sandboxDirectory(environment));
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return undefined;
  }
  const record = JSON.parse(text) as SandboxRecord;
  if (isAlive(record.pid)) return record;
  await rm(file, { force: true });
  return undefined;
}

/** The record of the sandbox that runs; throws a UserError where none does. */
export async function runningSandbox(environment: Environment): Promise<SandboxRecord> {
  const record = await findSandbox(environment);
  if (record !== undefined) return record;
  throw new UserError({
    reason: "no-sandbox",
    message: "No sandbox runs.",
    hint: "Start one first.",
    next: ["bertops sandbox start"],
  });
}

/** Does a process of that id exist? One of another user counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
