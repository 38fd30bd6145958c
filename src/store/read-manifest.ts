import type { StoreHost } from "./host.ts";
import { MANIFEST_NAME, versionDirectory } from "./layout.ts";
import { type Manifest, parseManifest } from "./manifest.ts";

/** Bytes of the longest manifest that is read: a model of some 200,000 files, or of a terabyte. */
export const LONGEST = 512 * 1024 * 1024;

/** The manifest of a version; undefined where there is none or it is damaged, so that nothing is built on it. */
export async function readManifest(
  host: StoreHost,
  root: string,
  model: string,
  version: string,
): Promise<Manifest | undefined> {
  const file = `${versionDirectory(root, model, version)}/${MANIFEST_NAME}`;
  const { code, stdout } = await host.run('exec cat "$1"', [file], { timeout: 600_000, maxOutput: LONGEST });
  if (code !== 0) return undefined;
  try {
    const manifest = parseManifest(stdout);
    return manifest.version === version ? manifest : undefined;
  } catch {
    return undefined;
  }
}
