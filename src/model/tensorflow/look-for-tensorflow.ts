import path from "node:path";
import { TABLE_MAGIC } from "../checkpoint/table.ts";
import type { DirectoryListing } from "../directory-listing.ts";
import type { Finding } from "../finding.ts";
import { ModelFile, readSmallFile } from "../model-file.ts";

const FORM = "a TensorFlow release in Google's layout";

/** Looks for `bert_config.json`, `vocab.txt` and a TensorFlow V2 checkpoint. */
export async function lookForTensorflow(
  listing: DirectoryListing,
  wanted?: string,
): Promise<Finding | undefined> {
  const { directory, files } = listing;
  const prefixes = wanted === undefined ? await checkpointsIn(listing) : [wanted];
  const config = ["bert_config.json", "config.json"].find((name) => files.has(name));
  if (prefixes.length === 0) {
    const old = await oldCheckpoint(listing);
    if (old !== undefined) {
      const hint =
        "It is a TensorFlow V1 checkpoint; convert it with tf.compat.v1.train.Saver(write_version=2) and try again.";
      return { form: FORM, found: [old], missing: [`${old}.index`], hint };
    }
    if (config !== "bert_config.json") return undefined;
    return { form: FORM, found: [config], missing: ["a checkpoint (*.ckpt.index and its data files)"] };
  }
  const prefix = await choose(listing, prefixes);
  if (prefix === undefined) {
    const found = prefixes.map((name) => `${name}.index`);
    const hint = `Name one: ${path.join(directory, prefixes[0] ?? "")}.`;
    return { form: FORM, found, missing: ["a file named checkpoint that says which one counts"], hint };
  }
  const vocabulary = files.has("vocab.txt") ? "vocab.txt" : undefined;
  const missing: string[] = [];
  if (config === undefined) missing.push("bert_config.json");
  if (vocabulary === undefined) missing.push("vocab.txt");
  if (!hasData(listing, prefix)) missing.push(`${prefix}.data-00000-of-00001`);
  const found = [`${prefix}.index`, ...(config === undefined ? [] : [config])];
  if (config === undefined || vocabulary === undefined || missing.length > 0)
    return { form: FORM, found, missing };
  const at = (name: string) => path.join(directory, name);
  return {
    form: FORM,
    found,
    missing,
    model: {
      form: "tensorflow",
      directory,
      config: at(config),
      vocabulary: at(vocabulary),
      prefix: at(prefix),
    },
  };
}

/** Index files by their content, or at least by their data files where the content is damaged. */
async function checkpointsIn(listing: DirectoryListing): Promise<string[]> {
  const prefixes: string[] = [];
  for (const name of listing.files.keys()) {
    if (!name.endsWith(".index")) continue;
    const prefix = name.slice(0, -".index".length);
    if (hasData(listing, prefix) || (await isTable(path.join(listing.directory, name))))
      prefixes.push(prefix);
  }
  return prefixes;
}

function hasData(listing: DirectoryListing, prefix: string): boolean {
  return [...listing.files.keys()].some((name) => name.startsWith(`${prefix}.data-`));
}

async function choose(listing: DirectoryListing, prefixes: readonly string[]): Promise<string | undefined> {
  if (listing.files.has("checkpoint")) {
    const text = Buffer.from(
      await readSmallFile(path.join(listing.directory, "checkpoint"), 1 << 20),
    ).toString();
    const line = /^\s*model_checkpoint_path:\s*"(.*)"\s*$/m.exec(text);
    // The path may be absolute, and be that of the machine that trained the model: its last part is what counts here.
    const named = line?.[1] === undefined ? undefined : path.posix.basename(line[1].replaceAll("\\", "/"));
    if (named !== undefined && prefixes.includes(named)) return named;
  }
  return prefixes.length === 1 ? prefixes[0] : undefined;
}

async function oldCheckpoint(listing: DirectoryListing): Promise<string | undefined> {
  for (const [name, size] of listing.files) {
    if (size < 48 || !name.includes("ckpt") || name.includes(".data-")) continue;
    if (await isTable(path.join(listing.directory, name))) return name;
  }
  return undefined;
}

async function isTable(file: string): Promise<boolean> {
  try {
    const opened = await ModelFile.open(file);
    try {
      const tail = await opened.read(opened.size - TABLE_MAGIC.length, TABLE_MAGIC.length);
      return TABLE_MAGIC.every((byte, index) => tail[index] === byte);
    } finally {
      await opened.close();
    }
  } catch {
    return false;
  }
}
