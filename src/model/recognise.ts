import { stat } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import { type DirectoryListing, listDirectory } from "./directory-listing.ts";
import type { Finding, RecognisedModel } from "./finding.ts";
import { lookForHuggingface } from "./huggingface/look-for-huggingface.ts";
import { lookForSentenceTransformers } from "./sentence-transformers/look-for-sentence-transformers.ts";
import { lookForPrepared } from "./prepared/look-for-prepared.ts";
import { lookForTensorflow } from "./tensorflow/look-for-tensorflow.ts";
import { unreadable } from "./unreadable.ts";

/**
 * Finds out what model a directory holds by looking into its files: in the directory itself, else in a folder of it (an
 * unzipped release). A checkpoint's own path without `.index` is taken as well. Throws UserError (exit code 2) for
 * none, several and incomplete ones, saying what was found and what is missing.
 */
export async function recogniseModel(input: string): Promise<RecognisedModel> {
  const place = await placeOf(input);
  const listing = await listDirectory(place.directory);
  const findings = await look(listing, place.checkpoint);
  const complete = findings.flatMap((finding) => finding.model ?? []);
  const [first, ...others] = complete;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined)
    throw several(
      input,
      findings.filter((finding) => finding.model !== undefined),
    );
  const [partial] = findings;
  if (partial !== undefined) throw incomplete(place.directory, partial);
  return inFolders(listing, 2);
}

async function look(listing: DirectoryListing, checkpoint?: string): Promise<Finding[]> {
  const prepared = await lookForPrepared(listing);
  // What bertops wrote is an ONNX model with a vocabulary as well: nothing else needs to be looked for.
  if (prepared !== undefined) return [prepared];
  const sentences = await lookForSentenceTransformers(listing);
  const findings = [
    // A checkpoint that was named is what is meant, whatever lies beside it.
    checkpoint === undefined ? (sentences ?? lookForHuggingface(listing)) : undefined,
    await lookForTensorflow(listing, checkpoint),
  ];
  return findings.filter((finding) => finding !== undefined);
}

/** A directory, or a checkpoint's prefix in a directory. */
async function placeOf(input: string): Promise<{ directory: string; checkpoint?: string }> {
  const status = await stat(input).catch((error: NodeJS.ErrnoException) => error);
  if (!(status instanceof Error) && status.isDirectory()) return { directory: input };
  if (await isFile(`${input}.index`))
    return { directory: path.dirname(input), checkpoint: path.basename(input) };
  if (status instanceof Error) throw unreadable(input, status);
  throw new UserError({
    reason: "not-a-directory",
    message: `${input} is a file; a model is a directory.`,
    hint: "Unpack it first if it is an archive, or name the directory that it lies in.",
    exitCode: EXIT.usage,
  });
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}

async function inFolders(listing: DirectoryListing, depth: number): Promise<RecognisedModel> {
  const findings = await findInFolders(listing, depth);
  const complete = findings.filter((finding) => finding.model !== undefined);
  const [only] = complete;
  if (only?.model !== undefined && complete.length === 1) return only.model;
  if (complete.length > 1) throw several(listing.directory, complete);
  const [partial] = findings;
  if (partial !== undefined) throw incomplete(partial.directory, partial);
  throw none(listing);
}

type FolderFinding = Finding & { readonly directory: string };

/** Enough for an archive that holds many models; more folders than this are no unpacked release. */
const MOST_FOLDERS = 100;

async function findInFolders(listing: DirectoryListing, depth: number): Promise<FolderFinding[]> {
  const all: FolderFinding[] = [];
  for (const name of listing.directories.slice(0, MOST_FOLDERS)) {
    const directory = path.join(listing.directory, name);
    const inner = await listDirectory(directory).catch(() => undefined);
    if (inner === undefined) continue;
    const findings = await look(inner);
    all.push(...findings.map((finding) => ({ ...finding, directory })));
    if (findings.length === 0 && depth > 1) all.push(...(await findInFolders(inner, depth - 1)));
  }
  return all;
}

function several(input: string, findings: readonly Finding[]): UserError {
  const candidates = findings.map((finding) => `${finding.form} in ${finding.model?.directory}`);
  return new UserError({
    reason: "ambiguous-model",
    message: `${input} holds several models: ${candidates.join("; ")}.`,
    hint: "Name the directory of one of them, or move the files of the others away.",
    exitCode: EXIT.usage,
  });
}

function incomplete(directory: string, finding: Finding): UserError {
  return new UserError({
    reason: "incomplete-model",
    message: `${directory} looks like ${finding.form} (found ${finding.found.join(", ")}), but is missing ${finding.missing.join(" and ")}.`,
    hint: finding.hint ?? "Copy or download the missing files into the same directory.",
    exitCode: EXIT.usage,
  });
}

/** Forms of models that are recognised only to say that they are not read. */
const OTHERS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\.onnx$|^onnx\/$/, "an ONNX export"],
  [/^tf_model\.h5$|\.keras$/, "Keras weights"],
  [/^saved_model\.pb$/, "a TensorFlow SavedModel"],
  [/^flax_model\.msgpack$/, "Flax weights"],
  [/\.gguf$/, "a GGUF file"],
  [/\.(zip|tar|gz|tgz)$/, "an archive that is not unpacked"],
];

function none(listing: DirectoryListing): UserError {
  const names = [...listing.files.keys(), ...listing.directories.map((name) => `${name}/`)];
  for (const [pattern, form] of OTHERS) {
    const name = names.find((candidate) => pattern.test(candidate));
    if (name === undefined) continue;
    return new UserError({
      reason: "unsupported-model",
      message: `${listing.directory} holds ${form} (${name}), which bertops does not read.`,
      hint: KNOWN,
      exitCode: EXIT.usage,
    });
  }
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  const found = names.length === 0 ? "it is empty" : `it holds ${names.slice(0, 5).join(", ")}${more}`;
  return new UserError({
    reason: "no-model",
    message: `${listing.directory} is no model that bertops knows: ${found}.`,
    hint: KNOWN,
    exitCode: EXIT.usage,
  });
}

const KNOWN =
  "A model is a directory with bert_config.json, vocab.txt and bert_model.ckpt.* (Google's releases), with config.json, model.safetensors or pytorch_model.bin and vocab.txt (Hugging Face), or what bertops convert wrote.";
