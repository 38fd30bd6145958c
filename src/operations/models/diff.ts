import { UserError } from "../../errors.ts";
import { type ChangedFile, diffManifests } from "../../store/diff.ts";
import type { Manifest } from "../../store/manifest.ts";
import { readManifest } from "../../store/read-manifest.ts";
import type { ModelStore } from "./store.ts";
import { findVersion, surveyModel } from "./use.ts";

export interface VersionDiff {
  readonly from: string;
  readonly to: string;
  readonly files: readonly ChangedFile[];
}

/** Compares two versions by their manifests; nothing of the files is read. `to` is the current version where absent. */
export async function diffVersions(
  store: ModelStore,
  from: string,
  to: string | undefined,
): Promise<VersionDiff> {
  const survey = await surveyModel(store);
  const ids = [from, to ?? survey.current ?? survey.versions.at(-1) ?? ""].map((id) =>
    findVersion(survey, id, store.model),
  );
  const manifests = await Promise.all(ids.map((id) => manifestOf(store, id)));
  const [older, newer] = manifests;
  if (older === undefined || newer === undefined) throw new Error("two versions are compared");
  return { from: older.version, to: newer.version, files: diffManifests(older, newer) };
}

async function manifestOf({ host, root, model }: ModelStore, id: string): Promise<Manifest> {
  const manifest = await readManifest(host, root, model, id);
  if (manifest !== undefined) return manifest;
  throw new UserError({
    reason: "manifest-damaged",
    message: `The manifest of ${id} cannot be read.`,
    next: ["bertops models verify"],
  });
}
