import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../errors.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { allows, type Target } from "./target.ts";

/** A production package: where it lies here, where it goes in the bundle. */
export interface PlacedPackage {
  readonly directory: string;
  /** `node_modules/a/node_modules/b`. */
  readonly place: string;
}

/** A production package that is installed nowhere. */
export class MissingPackage extends Error {
  readonly dependency: string;
  constructor(dependency: string) {
    super(`${dependency} is not installed`);
    this.dependency = dependency;
  }
}

/**
 * Finds the production packages of an app and lays them out as npm would: at the top where nothing is in the way.
 * `fallback` is where bertops itself may have them (a checkout): only an exact version is taken from there.
 * Throws `MissingPackage`.
 */
export function placePackages(
  app: string,
  fallback: readonly string[],
  target: Target,
): readonly PlacedPackage[] {
  const manifest = readManifest(app);
  if (manifest === undefined) return [];
  const placed = new Map<string, string>();
  const queue: { readonly manifest: Manifest; readonly from: string; readonly place: string }[] = [
    { manifest, from: app, place: "" },
  ];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { from, place } = next;
    const top = place === "";
    for (const [name, range, must] of wishes(next.manifest, top)) {
      const directory = top ? findTop(name, range, from, fallback) : find(name, from);
      if (directory === undefined) {
        if (must) throw new MissingPackage(`${name}@${range}`);
        continue;
      }
      const found = readManifest(directory);
      if (found === undefined || !allows(found.os, target.os) || !allows(found.cpu, target.cpu)) continue;
      const slot = slotFor(name, directory, place, placed);
      if (slot === undefined) continue;
      placed.set(slot, directory);
      queue.push({ manifest: found, from: directory, place: slot });
    }
  }
  return [...placed].map(([place, directory]) => ({ place, directory }));
}

/** Name, range, and whether it has to be there. */
function wishes(manifest: Manifest, top: boolean): readonly (readonly [string, string, boolean])[] {
  const list = (
    table: Readonly<Record<string, string>>,
    must: boolean,
  ): (readonly [string, string, boolean])[] =>
    Object.entries(table)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, range]) => [name, range, must] as const);
  const optional = list(manifest.optional, false);
  const names = new Set(optional.map(([name]) => name));
  return [
    ...list(manifest.dependencies, true).filter(([name]) => !names.has(name)),
    ...optional,
    ...(top ? [] : list(manifest.peers, false)),
  ];
}

/** Where the package goes; undefined where it is in sight already. */
function slotFor(
  name: string,
  directory: string,
  place: string,
  placed: ReadonlyMap<string, string>,
): string | undefined {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const slot = at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    const there = placed.get(slot);
    if (there === directory) return undefined;
    // Something else of that name is nearer: this one must be nearer still.
    if (there !== undefined) return place === "" ? undefined : `${place}/node_modules/${name}`;
    if (at === "" || !at.includes("node_modules/")) return slot;
  }
}

function findTop(name: string, range: string, app: string, fallback: readonly string[]): string | undefined {
  const own = path.join(app, "node_modules", name);
  if (existsSync(path.join(own, "package.json"))) {
    const directory = realpathSync(own);
    const version = versionOf(directory);
    if (isExact(range) && version !== range)
      throw new UserError({
        reason: "stale-packages",
        message: `The app asks for ${name} ${range}; its node_modules has ${version ?? "another"}.`,
        hint: "Install what package.json says, then run the command again.",
        next: [`npm install --prefix ${app}`],
      });
    return directory;
  }
  // A workspace's packages may lie above the app.
  const above = find(name, path.dirname(app));
  if (above !== undefined && (!isExact(range) || versionOf(above) === range)) return above;
  if (!isExact(range)) return undefined;
  for (const root of fallback) {
    const directory = find(name, root);
    if (directory !== undefined && versionOf(directory) === range) return directory;
  }
  return undefined;
}

/** As Node.js looks for packages: in node_modules here and above. */
function find(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (path.basename(folder) !== "node_modules") {
      const candidate = path.join(folder, "node_modules", name);
      if (existsSync(path.join(candidate, "package.json"))) return realpathSync(candidate);
    }
    if (path.dirname(folder) === folder) return undefined;
  }
}

function versionOf(directory: string): string | undefined {
  return readManifest(directory)?.version;
}

function isExact(range: string): boolean {
  return /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/u.test(range);
}
