import type { StoreHost } from "./host.ts";
import { BLOCK_SIZE, type ManifestFile } from "./manifest.ts";
import type { Arrived } from "./push-plan.ts";
import { HASH } from "./scripts/hash.ts";
import type { HashTool } from "./survey.ts";

export interface VerifyOptions {
  readonly host: StoreHost;
  readonly directory: string;
  readonly tool: HashTool;
  readonly signal: AbortSignal;
}

/** Hashes files on the host and names those that are not what they should be, missing ones included. */
export async function findFaults(
  files: readonly ManifestFile[],
  options: VerifyOptions,
): Promise<readonly ManifestFile[]> {
  if (files.length === 0) return [];
  const found = new Map<string, string>();
  const { stdout } = await hash(files, "files", options);
  for (const line of stdout.split("\n")) {
    const entry = /^f (?<hash>[0-9a-f]{64}) (?<path>.+)$/u.exec(line)?.groups;
    if (entry?.["hash"] !== undefined && entry["path"] !== undefined) found.set(entry["path"], entry["hash"]);
  }
  return files.filter((file) => found.get(file.path) !== file.sha256);
}

/** Hashes what an unfinished upload left, block by block. Without python3 only whole files can be told. */
export async function findArrived(files: readonly ManifestFile[], options: VerifyOptions): Promise<Arrived> {
  if (files.length === 0) return new Map();
  if (options.tool !== "python3") {
    const faults = new Set(await findFaults(files, options));
    return new Map(files.filter((file) => !faults.has(file)).map(({ path, blocks }) => [path, blocks]));
  }
  const { stdout } = await hash(files, "blocks", options);
  const arrived = new Map<string, readonly string[]>();
  let blocks: string[] = [];
  for (const line of stdout.split("\n")) {
    if (line.startsWith("b ")) blocks.push(line.slice(2));
    if (!line.startsWith("f ")) continue;
    arrived.set(line.slice(67), blocks);
    blocks = [];
  }
  return arrived;
}

/** Two minutes, and one more for each 50 MB: the slowest tool on a slow machine. */
function hash(files: readonly ManifestFile[], mode: "files" | "blocks", options: VerifyOptions) {
  const bytes = files.reduce((sum, { blocks }) => sum + blocks.length * BLOCK_SIZE, 0);
  return options.host.run(HASH, [options.directory, options.tool, mode], {
    stdin: `${files.map(({ path }) => path).join("\n")}\n`,
    timeout: 120_000 + (bytes / 50e6) * 60_000,
    signal: options.signal,
  });
}
