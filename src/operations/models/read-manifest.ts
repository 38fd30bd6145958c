import type { StoreHost } from "../../store/host.ts";
import { MANIFEST_NAME, versionDirectory } from "../../store/layout.ts";
import { type Manifest, parseManifest } from "../../store/manifest.ts";

/** The manifest of a version; undefined where there is none or it is damaged, so that nothing is built on it. */
export async function readManifest(
  host: StoreHost,
  root: string,
  model: string,
  version: string,
): Promise<Manifest | undefined> {
  try {
    const files = await host.files();
    const text = await files.readFile(`${versionDirectory(root, model, version)}/${MANIFEST_NAME}`);
    const manifest = parseManifest(text.toString("utf8"));
    return manifest.version === version ? manifest : undefined;
  } catch {
    return undefined;
  }
}
