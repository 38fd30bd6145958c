import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import { type DirectoryListing, listDirectory } from "./directory-listing.ts";
import type { Finding, Form, RecognisedModel } from "./finding.ts";
import { lookForHuggingface } from "./huggingface/look-for-huggingface.ts";
import { lookForOnnxExport } from "./onnx-export/look-for-onnx-export.ts";
import { isReadable } from "./huggingface/architecture.ts";
import { type ModelPlace, modelPlace } from "./model-place.ts";
import { none } from "./no-model.ts";
import { lookForSentenceTransformers } from "./sentence-transformers/look-for-sentence-transformers.ts";
import { lookForPrepared } from "./prepared/look-for-prepared.ts";
import { lookForTensorflow } from "./tensorflow/look-for-tensorflow.ts";

/** What helps where the files alone do not tell. */
export interface RecogniseOptions {
  /** The form that is meant; others are not looked for. */
  readonly as?: Form;
  /** Asks which of several is meant; undefined where nobody can be asked. */
  readonly choose?: (question: {
    readonly message: string;
    readonly choices: readonly string[];
    readonly flag: string;
  }) => Promise<number | undefined>;
}

/**
 * Finds out what model a directory holds by looking into its files: in the directory itself, else in a folder of it (an
 * unzipped release). A checkpoint's own path without `.index` and an .onnx file's path are taken as well. Throws UserError
 * (exit code 2) for none, several and incomplete ones, saying what was found and what is missing.
 */
export async function recogniseModel(
  input: string,
  options: RecogniseOptions = {},
): Promise<RecognisedModel> {
  const place = await modelPlace(input);
  const listing = await listDirectory(place.directory);
  const findings = await look(listing, place, options.as);
  const complete = findings.filter((finding) => finding.model !== undefined);
  if (complete.length > 0) return theOne(input, complete, options);
  const [partial] = findings;
  if (partial !== undefined) throw incomplete(place.directory, partial);
  return inFolders(listing, 2, options);
}

async function look(
  listing: DirectoryListing,
  { checkpoint, graph }: Omit<ModelPlace, "directory">,
  as?: Form,
): Promise<Finding[]> {
  const prepared = await lookForPrepared(listing);
  // What bertops wrote is an ONNX model with a vocabulary as well: nothing else needs to be looked for.
  if (prepared !== undefined && graph === undefined) return [prepared];
  // What was named is what is meant, whatever lies beside it.
  const wanted = as ?? (checkpoint === undefined ? (graph === undefined ? undefined : "onnx") : "tensorflow");
  if (wanted !== undefined) return present(await LOOK[wanted](listing, { checkpoint, graph }));
  const exported = await lookForOnnxExport(listing);
  const weights = (await lookForSentenceTransformers(listing)) ?? lookForHuggingface(listing);
  return present(await better(weights, exported), await lookForTensorflow(listing));
}

const LOOK: Readonly<
  Record<
    Form,
    (
      listing: DirectoryListing,
      named: { readonly checkpoint: string | undefined; readonly graph: string | undefined },
    ) => Finding | undefined | Promise<Finding | undefined>
  >
> = {
  tensorflow: (listing, { checkpoint }) => lookForTensorflow(listing, checkpoint),
  huggingface: (listing) => lookForHuggingface(listing),
  "sentence-transformers": (listing) => lookForSentenceTransformers(listing),
  onnx: (listing, { graph }) => lookForOnnxExport(listing, graph),
};

function present(...findings: readonly (Finding | undefined)[]): Finding[] {
  return findings.filter((finding) => finding !== undefined);
}

/**
 * Hubs' directories hold the same model twice: weights, and an export of them. The weights are taken where bertops can
 * write a graph of its own for them, which is faster than any export; the export where it cannot.
 */
async function better(
  weights: Finding | undefined,
  exported: Finding | undefined,
): Promise<Finding | undefined> {
  if (exported === undefined || weights === undefined) return weights ?? exported;
  const { model } = weights;
  if (model === undefined) return exported;
  const inner = model.form === "sentence-transformers" ? model.transformer : model;
  return inner.form === "huggingface" && (await isReadable(inner.config)) ? weights : exported;
}

async function inFolders(
  listing: DirectoryListing,
  depth: number,
  options: RecogniseOptions,
): Promise<RecognisedModel> {
  const findings = await findInFolders(listing, depth, options.as);
  const complete = findings.filter((finding) => finding.model !== undefined);
  if (complete.length > 0) return theOne(listing.directory, complete, options);
  const [partial] = findings;
  if (partial !== undefined) throw incomplete(partial.directory, partial);
  throw none(listing, options.as);
}

/** The only complete model, or the one that somebody chooses. */
async function theOne(
  input: string,
  complete: readonly Finding[],
  { choose }: RecogniseOptions,
): Promise<RecognisedModel> {
  const models = complete.flatMap(({ model }) => model ?? []);
  const choices = complete.map(({ form, model }) => `${form} in ${model?.directory}`);
  const message = `${input} holds several models: ${choices.join("; ")}.`;
  const index =
    models.length === 1 ? 0 : await choose?.({ message: "Which model is meant?", choices, flag: "--as" });
  const chosen = index === undefined ? undefined : models[index];
  if (chosen !== undefined) return chosen;
  const forms = [...new Set(models.map(({ form }) => form))];
  throw new UserError({
    reason: "ambiguous-model",
    message,
    hint:
      forms.length === models.length
        ? `Pass ${forms.map((form) => `--as ${form}`).join(" or ")}, or name the directory of one of them.`
        : "Name the directory of one of them, or move the files of the others away.",
    exitCode: EXIT.usage,
  });
}

type FolderFinding = Finding & { readonly directory: string };

/** Enough for an archive that holds many models; more folders than this are no unpacked release. */
const MOST_FOLDERS = 100;

async function findInFolders(listing: DirectoryListing, depth: number, as?: Form): Promise<FolderFinding[]> {
  const all: FolderFinding[] = [];
  for (const name of listing.directories.slice(0, MOST_FOLDERS)) {
    const directory = path.join(listing.directory, name);
    const inner = await listDirectory(directory).catch(() => undefined);
    if (inner === undefined) continue;
    const findings = await look(inner, {}, as);
    all.push(...findings.map((finding) => ({ ...finding, directory })));
    if (findings.length === 0 && depth > 1) all.push(...(await findInFolders(inner, depth - 1, as)));
  }
  return all;
}

function incomplete(directory: string, finding: Finding): UserError {
  return new UserError({
    reason: "incomplete-model",
    message: `${directory} looks like ${finding.form} (found ${finding.found.join(", ")}), but is missing ${finding.missing.join(" and ")}.`,
    hint: finding.hint ?? "Copy or download the missing files into the same directory.",
    exitCode: EXIT.usage,
  });
}
