import { EXIT, UserError } from "../errors.ts";
import type { StoreHost } from "./host.ts";
import { denied } from "./lock.ts";
import { SURVEY, USED } from "./scripts/survey.ts";
import { isVersionId } from "./version-id.ts";

/** How a host can hash files, the fastest first. */
export type HashTool = "python3" | "openssl" | "sha256sum" | "shasum";

/** A store as one host sees it, before anything is changed. */
export interface Survey {
  readonly user: string;
  readonly writable: boolean;
  /** `ec2-user:webapp drwxr-sr-x`, for messages. */
  readonly owner: string;
  /** The model's directory, or the root where it has none yet. */
  readonly place: string;
  /** What the system says to whoever tries to write, where it is not writable. */
  readonly refused: string;
  readonly hashTool: HashTool;
  /** The version that readers get. */
  readonly current?: string;
  /** Oldest first. */
  readonly versions: readonly string[];
  /** Uploads that were not finished. */
  readonly incoming: readonly string[];
  /** Bytes that the store holds; measured only where a quota asks for it. */
  readonly used?: number;
  /** Bytes that are free; EFS says 8 EiB. */
  readonly free?: number;
  /** How many more files it takes; absent where the file system sets no limit. */
  readonly freeFiles?: number;
}

/** Looks at a store. Rejects where none is mounted. */
export async function surveyStore(
  host: StoreHost,
  root: string,
  model: string,
  signal?: AbortSignal,
): Promise<Survey> {
  const answer = await host.run(SURVEY, [root, model], {
    timeout: 60_000,
    ...(signal === undefined ? {} : { signal }),
  });
  const facts = factsOf(answer.stdout);
  const receives = facts.get("python")?.[0] === "yes";
  const said = answer.stderr || answer.stdout || `exit code ${answer.code}`;
  return surveyFrom(host.label, root, { facts, receives, said });
}

/** What a host told of a store; `receives` where it can run the program that receives. Throws where no store is mounted. */
export function surveyFrom(
  label: string,
  root: string,
  told: {
    readonly facts: ReadonlyMap<string, readonly string[]>;
    readonly receives: boolean;
    readonly said: string;
  },
): Survey {
  const { facts, receives, said } = told;
  const [state] = facts.get("root") ?? [];
  if (state === "hung") throw hung(label, root);
  if (state === "missing") throw notMounted(label, root, facts.get("user")?.[0]);
  const [blocked] = facts.get("blocked") ?? [];
  if (blocked !== undefined) throw blockedCurrent(label, blocked);
  if (state !== "present") throw noCommands(label, said);
  return surveyOf(facts, receives);
}

/** Refuses to go on where the login user may not write. */
export function checkWritable(survey: Survey, label: string): void {
  if (!survey.writable) throw denied(label, survey.place, survey);
}

/** Bytes that a store holds; undefined where the host could not say. */
export async function measureStore(
  host: StoreHost,
  root: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { stdout } = await host.run(USED, [root], { timeout: 600_000, signal });
  const kilobytes = count(stdout.trim());
  return kilobytes === undefined ? undefined : kilobytes * 1024;
}

/** Reads facts, one `NAME VALUE` a line. */
export function factsOf(output: string): ReadonlyMap<string, readonly string[]> {
  const facts = new Map<string, string[]>();
  for (const line of output.split("\n")) {
    const space = line.indexOf(" ");
    if (space === -1) continue;
    const name = line.slice(0, space);
    facts.set(name, [...(facts.get(name) ?? []), line.slice(space + 1)]);
  }
  return facts;
}

/** `versions/ID`, as a link has it: the ID. */
export function versionOfLink(link: string | undefined): string | undefined {
  const name = link?.trim().split("/").at(-1);
  return name !== undefined && isVersionId(name) ? name : undefined;
}

function surveyOf(facts: ReadonlyMap<string, readonly string[]>, receives: boolean): Survey {
  const one = (name: string): string | undefined => facts.get(name)?.[0];
  const current = versionOfLink(one("current"));
  const free = count(one("free"));
  const inodes = count(one("inodes"));
  const tool = one("hash");
  return {
    user: one("user") ?? "",
    writable: one("writable") === "yes",
    owner: one("owner") ?? "",
    place: one("place") ?? "",
    refused: (one("refused") ?? "").replace(/^mkdir: .*: /u, ""),
    hashTool: receives ? "python3" : tool === "openssl" || tool === "shasum" ? tool : "sha256sum",
    ...(current === undefined ? {} : { current }),
    versions: (facts.get("version") ?? []).filter(isVersionId).toSorted(),
    incoming: (facts.get("incoming") ?? []).filter(isVersionId).toSorted(),
    ...(free === undefined ? {} : { free: free * 1024 }),
    ...(inodes === undefined || inodes === 0 ? {} : { freeFiles: inodes }),
  };
}

/** A host that logs people in but does not run what they ask for. */
export function noCommands(label: string, said: string): UserError {
  return new UserError({
    reason: "no-commands",
    message: `${label} ran no command: ${said.trim().slice(0, 300)}`,
    hint: "The user must be able to run `sh` over SSH, not only SFTP; docs/store.md says what else a host needs.",
    next: [`ssh HOST true`],
  });
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/u.test(text) ? Number(text) : undefined;
}

/** The root is not there: the file system is not mounted, since only mounting makes it. */
export function notMounted(label: string, root: string, user = "USER"): UserError {
  return new UserError({
    reason: "not-mounted",
    message: `There is no store at ${root} on ${label}: the file system is not mounted there.`,
    hint: `Mount it: that makes the store's directory, too. With --host, --root names another place; on a disk of the host's own, make it there: sudo install -d -o ${user} '${root}'`,
    next: ["bertops mount-efs"],
  });
}

function blockedCurrent(label: string, place: string): UserError {
  return new UserError({
    reason: "current-blocked",
    message: `${place} on ${label} is not a link that bertops made, so no version can be made current.`,
    hint: `Move it away on the host, then run the same command again: mv '${place}' '${place}.before'`,
  });
}

function hung(label: string, root: string): UserError {
  return new UserError({
    reason: "mount-hung",
    message: `${root} on ${label} does not answer: the file system behind it cannot be reached.`,
    hint: "See the mount targets and their security group.",
    next: ["bertops mount-efs --check", "bertops doctor"],
    exitCode: EXIT.retry,
  });
}
