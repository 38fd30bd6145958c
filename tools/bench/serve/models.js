/** The same random weights in the form that each contender reads. */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { built } from "./built.js";
import { writePlainGraph } from "./plain-graph.js";
import { writeRandomModel } from "./random-model.js";

/** @type {readonly ("fp32" | "int8")[]} */
const PLAIN = ["fp32", "int8"];

/** @type {Readonly<Record<string, readonly string[]>>} */
const PREPARED = { fp32: ["fp32"], int8: ["int8", "int8-row"] };

/**
 * @typedef {object} Models
 * @property {string} source Hugging Face's layout
 * @property {(precision: string) => string} plain the plain graph
 * @property {(precision: string) => string} prepared
 */

/**
 * @param {string} home
 * @param {import("./random-model.js").Size} size
 * @param {readonly string[]} precisions
 * @returns {Promise<Models>}
 */
export async function makeModels(home, size, precisions) {
  const source = path.join(home, "source");
  const at = (/** @type {string} */ form, /** @type {string} */ precision) =>
    path.join(home, `${form}-${precision}`);
  await writeRandomModel(source, size);
  for (const precision of PLAIN.filter((each) => precisions.includes(each))) {
    const directory = at("plain", precision);
    await mkdir(directory, { recursive: true });
    await writePlainGraph(source, directory, precision);
    await copyFile(path.join(source, "vocab.txt"), path.join(directory, "vocab.txt"));
  }
  const { prepareModel } = await built("model/prepare.js");
  for (const precision of precisions.flatMap((each) => PREPARED[each] ?? [])) {
    const output = at("prepared", precision);
    const { signal } = new AbortController();
    // Random weights say nothing about fidelity.
    await prepareModel({ input: source, output, precision, minFidelity: 0, signal, emit: () => {} });
    await writeManifest(output);
  }
  return {
    source,
    plain: (precision) => at("plain", precision),
    prepared: (precision) => at("prepared", precision),
  };
}

/**
 * As `push-model` writes it, so that hashes are checked when the model is loaded.
 * @param {string} directory
 * @param {string} [version]
 */
export async function writeManifest(directory, version = "bench") {
  const [{ hashFiles }, { scanDirectory }, { BLOCK_SIZE }] = await Promise.all([
    built("store/hash-files.js"),
    built("store/scan-directory.js"),
    built("store/manifest.js"),
  ]);
  const { signal } = new AbortController();
  /** @type {import("../../../src/store/manifest.ts").ManifestFile[]} */
  const hashed = await hashFiles((await scanDirectory(directory)).files, { signal });
  const files = hashed.map(({ path: file, size, mode, blocks }) => ({ path: file, size, mode, blocks }));
  const manifest = { format: 1, model: "bert", version, blockSize: BLOCK_SIZE, files };
  await writeFile(path.join(directory, "bertops-manifest.json"), JSON.stringify(manifest));
}
