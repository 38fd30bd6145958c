import { UserError } from "../../errors.ts";
import { checkNames } from "../../store/destination/names.ts";
import { MANIFEST_NAME } from "../../store/layout.ts";
import { contentHash, type Manifest, parseManifest } from "../../store/manifest.ts";
import type { OpenedToRead } from "../../store/open-to-read.ts";
import { readText } from "../../store/transfer/read-text.ts";
import type { Sender } from "../../store/transfer/sender.ts";
import { LONGEST, readManifest } from "../../store/read-manifest.ts";
import type { ModelStore } from "./store.ts";
import { checkHasVersions, findVersion } from "./use.ts";

/** The beginning of a manifest, which holds its summary. */
const SUMMARY = 1000;

export interface WantedOptions {
  /** An id, or its beginning or its end. */
  readonly named?: string;
  /** What was fetched before. */
  readonly base?: Manifest;
  /** Told of how much there is as soon as that is known, which is before all of the manifest is there. */
  readonly onSize?: (size: { readonly bytes: number; readonly files: number }) => void;
}

/**
 * The manifest of the version that is wanted, the current one unless it is named. Where `base`, which was fetched before, is of just
 * this content, its blocks' hashes need not travel again.
 */
export async function wantedVersion(
  store: ModelStore,
  { survey, sender }: OpenedToRead,
  { named, base, onSize }: WantedOptions,
): Promise<Manifest> {
  const { host, root, model, signal } = store;
  checkHasVersions(survey, model);
  const version = findVersion(survey, named ?? survey.current ?? survey.versions.at(-1) ?? "", model);
  const reading = { sender, version, signal };
  if (sender !== undefined && base?.version === version && (await isSame(base, { ...reading, sender })))
    return base;
  const onBegin = (text: string): void => {
    const { bytes, files } = /"bytes":(?<bytes>\d+),"fileCount":(?<files>\d+)/u.exec(text)?.groups ?? {};
    if (bytes !== undefined) onSize?.({ bytes: Number(bytes), files: Number(files) });
  };
  const manifest =
    sender === undefined
      ? await readManifest(host, root, model, version)
      : manifestIn(await readText(sender, placeOf(version), { most: LONGEST, signal, onBegin }), version);
  if (manifest === undefined)
    throw new UserError({
      reason: "manifest-damaged",
      message: `The manifest of ${version} cannot be read.`,
      next: ["bertops models verify", "bertops models list"],
    });
  checkNames(manifest);
  return manifest;
}

async function isSame(
  base: Manifest,
  {
    sender,
    version,
    signal,
  }: { readonly sender: Sender; readonly version: string; readonly signal: AbortSignal },
): Promise<boolean> {
  const text = await readText(sender, placeOf(version), { most: SUMMARY, signal });
  const content = /"content":"(?<hash>[0-9a-f]{64})"/u.exec(text ?? "")?.groups?.["hash"];
  return content === contentHash(base);
}

function placeOf(version: string): string {
  return `versions/${version}/${MANIFEST_NAME}`;
}

function manifestIn(text: string | undefined, version: string): Manifest | undefined {
  if (text === undefined) return undefined;
  try {
    const manifest = parseManifest(text);
    return manifest.version === version ? manifest : undefined;
  } catch {
    return undefined;
  }
}
