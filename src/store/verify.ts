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
export async function findFaults<F extends ManifestFile>(
  files: readonly F[],
  options: VerifyOptions,
): Promise<readonly F[]> {
  const found = await findArrived(files, options);
  return files.filter(({ path, blocks }) => {
    const there = found.get(path);
    return there?.length !== blocks.length || there.some((hash, index) => hash !== blocks[index]);
  });
}

/** Hashes what lies on the host, block by block. Files that are not there are left out. */
export async function findArrived(files: readonly ManifestFile[], options: VerifyOptions): Promise<Arrived> {
  const arrived = new Map<string, readonly string[]>();
  if (files.length === 0) return arrived;
  const { stdout } = await hashOnHost(files, options);
  let blocks: string[] = [];
  for (const line of stdout.split("\n")) {
    if (line.startsWith("b ")) blocks.push(line.slice(2));
    if (!line.startsWith("f ")) continue;
    arrived.set(line.slice(2), blocks);
    blocks = [];
  }
  return arrived;
}

/** Two minutes, and one more for each 50 MB: the slowest tool on a slow machine. */
function hashOnHost(files: readonly ManifestFile[], options: VerifyOptions) {
  const bytes = files.reduce((sum, { blocks }) => sum + blocks.length * BLOCK_SIZE, 0);
  // A file of one block is hashed as a whole, which takes one program for hundreds of them.
  const lines = files.map(({ path, blocks }) => `${blocks.length <= 1 ? "s" : "l"} ${path}\n`);
  return options.host.run(HASH, [options.directory, options.tool], {
    stdin: lines.join(""),
    timeout: 120_000 + (bytes / 50e6) * 60_000,
    maxOutput: 16 * 1024 * 1024 + files.length * 4096 + (bytes / BLOCK_SIZE) * 80,
    signal: options.signal,
  });
}
