import { versionDirectory } from "../../store/layout.ts";
import type { HashTool } from "../../store/survey.ts";
import { findFaults } from "../../store/verify.ts";
import { readManifest } from "../../store/read-manifest.ts";
import type { ModelStore } from "./store.ts";
import { surveyModel, findVersion } from "./use.ts";

export interface VerifiedVersion {
  readonly id: string;
  readonly active: boolean;
  readonly ok: boolean;
  /** Paths that are missing or not what the manifest says; the manifest's own name where that is damaged. */
  readonly damaged: readonly string[];
}

/** Hashes versions on the host and compares them with their manifests. */
export async function verifyVersions(
  store: ModelStore,
  ids: readonly string[],
): Promise<readonly VerifiedVersion[]> {
  const survey = await surveyModel(store);
  const wanted = ids.length === 0 ? survey.versions : ids.map((id) => findVersion(survey, id, store.model));
  const verified: VerifiedVersion[] = [];
  // One after the other: each uses all of the host's cores.
  for (const id of wanted) {
    const damaged = await damagedFiles(store, id, survey.hashTool);
    verified.push({ id, active: id === survey.current, ok: damaged.length === 0, damaged });
  }
  return verified;
}

async function damagedFiles(store: ModelStore, id: string, tool: HashTool): Promise<readonly string[]> {
  const { host, root, model, signal } = store;
  const manifest = await readManifest(host, root, model, id);
  if (manifest === undefined) return ["bertops-manifest.json"];
  const faults = await findFaults(manifest.files, {
    host,
    directory: versionDirectory(root, model, id),
    tool,
    signal,
  });
  return faults.map(({ path }) => path);
}
