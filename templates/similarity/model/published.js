import { opendir, readFile, readlink, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { MANIFEST_FILE, parseManifest } from "./manifest.js";

/** @import { Manifest } from "./manifest.js" */

/**
 * What the store says now. `version` is known before anything of it is read.
 * @typedef {{ state: "unmounted", path: string }
 *   | { state: "none", path: string }
 *   | { state: "published", version: string, directory: string }} Published
 */

/**
 * Looks which version of a model is published: `ROOT/NAME/current -> versions/ID`.
 * @param {string} root
 * @param {string} name
 * @returns {Promise<Published>}
 */
export async function findPublished(root, name) {
  const home = join(root, name);
  // NFS caches a directory's entries for up to a minute; opening the directory asks the server whether they changed.
  const opened = await opendir(home).catch(absent);
  if (opened === undefined) {
    const mounted = await stat(root).catch(absent);
    return mounted === undefined ? { state: "unmounted", path: root } : { state: "none", path: home };
  }
  await opened.close();
  const target = await readlink(join(home, "current")).catch(absent);
  if (target === undefined) return { state: "none", path: home };
  // The version's own directory, not `current`: what is read must not change its meaning half way.
  return { state: "published", version: basename(target), directory: resolve(home, target) };
}

/**
 * The manifest of a version in the store. Throws when it is absent, unreadable or another version's.
 * @param {string} directory
 * @param {string} version
 * @returns {Promise<Manifest>}
 */
export async function readManifest(directory, version) {
  const manifest = parseManifest(await readFile(join(directory, MANIFEST_FILE), "utf8"));
  if (manifest.version !== version) {
    throw new Error(`the manifest in ${directory} is that of version ${manifest.version}`);
  }
  return manifest;
}

/**
 * The version and, where it has one, the manifest of a directory that is used as it is (MODEL_PATH).
 * @param {string} directory
 * @returns {Promise<{ version: string, manifest: Manifest | undefined }>}
 */
export async function readDirectory(directory) {
  const text = await readFile(join(directory, MANIFEST_FILE), "utf8").catch(absent);
  if (text === undefined) return { version: "local", manifest: undefined };
  const manifest = parseManifest(text);
  return { version: manifest.version, manifest };
}

/** @param {unknown} error @returns {undefined} */
function absent(error) {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EINVAL") return undefined;
  throw error;
}
