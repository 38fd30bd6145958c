import path from "node:path";
import { readJsonObject } from "../config-file.ts";
import type { DirectoryListing } from "../directory-listing.ts";
import type { Finding } from "../finding.ts";
import { PREPARED, preparedFiles } from "./settings.ts";

/** A directory that bertops wrote. */
export interface PreparedModelDirectory {
  readonly form: "prepared";
  readonly directory: string;
}

/** Looks for a model that bertops prepared earlier: its settings say so, and its files are there. */
export async function lookForPrepared(listing: DirectoryListing): Promise<Finding | undefined> {
  if (!listing.files.has(PREPARED.settings)) return undefined;
  const settings = await readJsonObject(path.join(listing.directory, PREPARED.settings)).catch(
    () => undefined,
  );
  if (settings?.["preparedBy"] !== "bertops") return undefined;
  const missing = preparedFiles(settings).filter((name) => !listing.files.has(name));
  const form = "a model that bertops prepared";
  if (settings["format"] !== 1) {
    const hint = `${PREPARED.settings} has format ${JSON.stringify(settings["format"])}: use the bertops that wrote it, or a newer one.`;
    return { form, found: [PREPARED.settings], missing: ["format 1"], hint };
  }
  if (missing.length > 0) return { form, found: [PREPARED.settings], missing };
  return {
    form,
    found: [PREPARED.settings],
    missing: [],
    model: { form: "prepared", directory: listing.directory },
  };
}
