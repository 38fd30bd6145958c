/**
 * A file of a version: its size, and the hash of each of its blocks.
 * @typedef {{ path: string, size: number, blocks: readonly string[] }} ManifestFile
 */

/**
 * What `push-model` wrote down about a version (`bertops-manifest.json`), as far as the service needs it.
 * @typedef {object} Manifest
 * @property {string} model
 * @property {string} version
 * @property {number} blockSize bytes of a block
 * @property {ReadonlyMap<string, ManifestFile>} files by path
 */

export const MANIFEST_FILE = "bertops-manifest.json";

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Reads a manifest and checks every field that is used later; throws an Error that says what is wrong.
 * @param {string} text
 * @returns {Manifest}
 */
export function parseManifest(text) {
  const manifest = object(parseJson(text), "the manifest");
  if (manifest.format !== 1) {
    throw new Error(
      `the manifest's format is ${JSON.stringify(manifest.format)}; this service reads format 1`,
    );
  }
  const blockSize = count(manifest.blockSize, "blockSize");
  if (blockSize < 4096 || blockSize > 64 * 1024 * 1024)
    throw new Error(`blockSize ${blockSize} is out of bounds`);
  if (!Array.isArray(manifest.files)) throw new Error("the manifest has no list of files");
  const files = manifest.files.map((entry) => file(entry, blockSize));
  return {
    model: string(manifest.model, "model"),
    version: string(manifest.version, "version"),
    blockSize,
    files: new Map(files.map((entry) => [entry.path, entry])),
  };
}

/** @param {unknown} value @param {number} blockSize @returns {ManifestFile} */
function file(value, blockSize) {
  const entry = object(value, "a file of the manifest");
  const path = string(entry.path, "path");
  const size = count(entry.size, `size of ${path}`);
  const blocks = entry.blocks;
  if (!Array.isArray(blocks) || !blocks.every((hash) => typeof hash === "string" && SHA256.test(hash))) {
    throw new Error(`the manifest's blocks of ${path} are no list of hashes`);
  }
  if (blocks.length !== Math.ceil(size / blockSize)) {
    throw new Error(`the manifest lists ${blocks.length} blocks for the ${size} bytes of ${path}`);
  }
  return { path, size, blocks };
}

/** @param {string} text */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error("the manifest is not JSON", { cause: error });
  }
}

/** @param {unknown} value @param {string} what @returns {Record<string, unknown>} */
function object(value, what) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${what} is no object`);
  return Object.fromEntries(Object.entries(value));
}

/** @param {unknown} value @param {string} what */
function string(value, what) {
  if (typeof value !== "string" || value === "") throw new Error(`the manifest's ${what} is no text`);
  return value;
}

/** @param {unknown} value @param {string} what */
function count(value, what) {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new Error(`the manifest's ${what} is no whole number`);
  }
  return value;
}
