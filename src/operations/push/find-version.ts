import { contentHash } from "../../store/manifest.ts";
import type { Survey } from "../../store/survey.ts";
import { contentOf } from "../../store/version-id.ts";
import { readManifest } from "../../store/read-manifest.ts";
import type { PushOptions } from "./push.ts";

/** The version that has exactly this content, which must be read, if there is one; its name alone is only a hint. `told` are hashes that the host told of. */
export async function findVersion(
  survey: Survey,
  { content, host, root, model }: PushOptions,
  told?: ReadonlyMap<string, string | undefined>,
): Promise<string | undefined> {
  const hash = content.hash();
  const alike = survey.versions.filter((id) => contentOf(id) === hash.slice(0, 8));
  for (const id of alike.toReversed()) {
    const whole = told?.get(id);
    if (whole === hash) return id;
    if (whole !== undefined) continue;
    const manifest = await readManifest(host, root, model, id);
    if (manifest !== undefined && contentHash(manifest) === hash) return id;
  }
  return undefined;
}
