import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors.ts";
import { mountHook } from "../../plan/mount-script.ts";
import { HOOK_NAME } from "../../plan/mount-script/hook-failure.ts";
import type { World } from "../../world.ts";
import { byPath, collectApp } from "./collect.ts";
import type { BundleEntry } from "./entry.ts";
import { installPackages } from "./install-packages.ts";
import { packageFiles } from "./package-files.ts";
import { MissingPackage, placePackages, type PlacedPackage } from "./packages.ts";
import { refuseSecrets } from "./secrets.ts";
import type { Target } from "./target.ts";

/** What a version of the service is made of. The same content has the same label. */
export interface Bundle {
  readonly label: string;
  readonly entries: readonly BundleEntry[];
  /** In bytes, before compression. */
  readonly bytes: number;
  /** The packages still have to be installed, so the label is not known yet. */
  readonly incomplete: boolean;
}

/** The label that stands for a bundle whose packages are not installed. */
export const INCOMPLETE_LABEL = "(known after npm install)";

/** Where the mount hook goes: at each deployment, and at each change of the environment's properties. */
const HOOKS = ["hooks", "confighooks"].map((kind) => `.platform/${kind}/prebuild/${HOOK_NAME}`);

export interface BundleOptions {
  /** The app's directory. */
  readonly app: string;
  readonly target: Target;
  /** False: packages that are missing are not installed, and the bundle is incomplete. */
  readonly install: boolean;
}

/** Puts the bundle together: the app as it is on disk, its production packages for the target, the mount hook. */
export async function makeBundle(
  options: BundleOptions,
  world: Pick<World, "emit" | "environment" | "signal">,
): Promise<Bundle> {
  const { app, target } = options;
  const { entries: own, withoutPackages } = await collectApp(app);
  await refuseSecrets(own);
  const packages = withoutPackages ? [] : await findPackages(options, world);
  const script = mountHook();
  const hooks = HOOKS.map((place): BundleEntry => {
    if (own.some((entry) => entry.path === place))
      world.emit({
        type: "warning",
        message: `The app's own ${place} is not bundled: bertops mounts the file system in its place.`,
        hint: "Give it another name; hooks run in the order of their names.",
      });
    return { path: place, mode: 0o755, content: { text: script }, size: Buffer.byteLength(script) };
  });
  const entries = [
    ...own.filter((entry) => !HOOKS.includes(entry.path)),
    ...hooks,
    ...(await packageFiles(packages ?? [], target)),
  ].toSorted(byPath);
  const incomplete = packages === undefined;
  return {
    label: incomplete ? INCOMPLETE_LABEL : await labelOf(entries, world.signal),
    entries,
    bytes: entries.reduce((sum, entry) => sum + entry.size, 0),
    incomplete,
  };
}

async function findPackages(
  { app, target, install }: BundleOptions,
  world: Pick<World, "emit" | "environment" | "signal">,
): Promise<readonly PlacedPackage[] | undefined> {
  // Where bertops itself is a checkout, its workspaces have installed what the template asks for.
  const fallback = [fileURLToPath(new URL("../../../", import.meta.url))];
  const found = placeOrMissing(app, fallback, target);
  if (!(found instanceof MissingPackage)) return found;
  if (!install) return undefined;
  world.emit({ type: "note", message: `${found.dependency} is not installed; npm fetches it once.` });
  await installPackages(app, world);
  const installed = placeOrMissing(app, fallback, target);
  if (!(installed instanceof MissingPackage)) return installed;
  throw new UserError({
    reason: "npm-failed",
    message: `npm installed the packages of ${app}, but ${installed.dependency} is still not there.`,
    hint: "Check package.json and its lock file.",
    next: [`npm install --omit=dev --prefix ${app}`],
    cause: installed,
  });
}

function placeOrMissing(
  app: string,
  fallback: readonly string[],
  target: Target,
): readonly PlacedPackage[] | MissingPackage {
  try {
    return placePackages(app, fallback, target);
  } catch (error) {
    if (error instanceof MissingPackage) return error;
    throw error;
  }
}

/** Files up to this many bytes are read at once, which is quicker than a stream. */
const WHOLE = 4 * 1024 * 1024;

/** A label from the content alone: paths, modes, hashes. */
async function labelOf(entries: readonly BundleEntry[], signal: AbortSignal): Promise<string> {
  const whole = createHash("sha256");
  for (const { path, mode, content, size } of entries) {
    signal.throwIfAborted();
    const one = createHash("sha256");
    if ("text" in content) one.update(content.text);
    else if (size <= WHOLE) one.update(await readFile(content.file));
    else await pipeline(createReadStream(content.file, { highWaterMark: 1 << 20 }), one);
    whole.update(`${JSON.stringify([path, mode, one.digest("hex")])}\n`);
  }
  return `app-${whole.digest("hex").slice(0, 12)}`;
}
