import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { forgetOldest } from "./forget-oldest.ts";
import { type Manifest, parseManifest } from "./manifest.ts";

/** Manifests that this machine saw in a store, kept so that its hosts need not send them again. */
export interface SeenManifests {
  /** By what they say, the oldest first. */
  readonly manifests: readonly Manifest[];
  /** What is kept of a version, if the host's file has the same content's hash and as many bytes. */
  same(version: string, content: string, bytes: number): Manifest | undefined;
  /** A host has it. */
  saw(version: string, text: string): void;
  /** Keeps what was seen since this was opened, and forgets what was not. Failing to do so is no failure. */
  keep(): Promise<void>;
}

/** Stores that are remembered; the one that was not pushed to for longest is forgotten first. */
const MOST_STORES = 32;
const SUFFIX = ".json";

/** One that knows nothing and keeps nothing. */
export const NONE_SEEN: SeenManifests = {
  manifests: [],
  same: () => undefined,
  saw: () => undefined,
  keep: () => Promise.resolve(),
};

/** Opens what is remembered of a store; `place` are the words that tell it from others. A damaged file counts as none. */
export async function openSeenManifests(directory: string, place: readonly string[]): Promise<SeenManifests> {
  const name = createHash("sha256").update(JSON.stringify(place)).digest("hex").slice(0, 24);
  const own = path.join(directory, name);
  const texts = new Map<string, string>();
  const manifests = new Map<string, Manifest>();
  for (const file of (await readdir(own).catch((): string[] => [])).toSorted()) {
    const text = await readFile(path.join(own, file), "utf8").catch(() => "");
    const manifest = parsed(text);
    if (manifest === undefined || `${manifest.version}${SUFFIX}` !== file) continue;
    texts.set(manifest.version, text);
    manifests.set(manifest.version, manifest);
  }
  const seen = new Map<string, string>();
  return {
    manifests: [...manifests.values()],
    same(version, content, bytes) {
      const text = texts.get(version);
      if (text === undefined || contentIn(text) !== content || Buffer.byteLength(text) !== bytes)
        return undefined;
      seen.set(version, text);
      return manifests.get(version);
    },
    saw: (version, text) => seen.set(version, text),
    async keep() {
      try {
        await mkdir(own, { recursive: true, mode: 0o700 });
        for (const [version, text] of seen) {
          if (texts.get(version) === text) continue;
          const beside = path.join(own, `.${version}.${process.pid}`);
          await writeFile(beside, text, { mode: 0o600 });
          await rename(beside, path.join(own, `${version}${SUFFIX}`));
        }
        for (const version of texts.keys())
          if (!seen.has(version)) await rm(path.join(own, `${version}${SUFFIX}`), { force: true });
        await forgetOldest(directory, MOST_STORES);
      } catch {
        // The host sends them once more.
      }
    },
  };
}

/** The hash of the content, which stands in the first kilobyte. */
function contentIn(text: string): string | undefined {
  return /"content":"([0-9a-f]{64})"/u.exec(text.slice(0, 1000))?.[1];
}

function parsed(text: string): Manifest | undefined {
  try {
    return parseManifest(text);
  } catch {
    return undefined;
  }
}
