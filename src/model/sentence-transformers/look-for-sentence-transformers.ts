import path from "node:path";
import { readJsonArray } from "../config-file.ts";
import { type DirectoryListing, listDirectory } from "../directory-listing.ts";
import type { Finding } from "../finding.ts";
import { type HuggingfaceModel, lookForHuggingface } from "../huggingface/look-for-huggingface.ts";
import { beginsWithTransformer, listedModules, type ListedModule } from "./modules.ts";

/** A sentence-transformers directory: a Hugging Face model and what is done with its last layer. */
export interface SentenceTransformersModel {
  readonly form: "sentence-transformers";
  readonly directory: string;
  readonly transformer: HuggingfaceModel;
  readonly modules: readonly ListedModule[];
}

const FORM = "a sentence-transformers model";

/** Looks for modules.json, and for the Hugging Face model that its first module names. */
export async function lookForSentenceTransformers(listing: DirectoryListing): Promise<Finding | undefined> {
  const { directory, files } = listing;
  if (!files.has("modules.json")) return undefined;
  const file = path.join(directory, "modules.json");
  const modules = listedModules(await readJsonArray(file), file);
  const found = ["modules.json"];
  if (!beginsWithTransformer(modules)) {
    const missing = [`a Transformer as its first module (it lists ${modules[0]?.type})`];
    const hint =
      "bertops serves models that are a BERT with pooling behind it; push-model --raw sends any directory to a service of your own.";
    return { form: FORM, found, missing, hint };
  }
  const folder = modules[0]?.path ?? "";
  const inner = await listDirectory(path.join(directory, folder)).catch(() => undefined);
  const finding = inner === undefined ? undefined : lookForHuggingface(inner);
  if (finding === undefined) return { form: FORM, found, missing: [path.join(folder, "model.safetensors")] };
  const { model, missing } = finding;
  if (model?.form !== "huggingface") return { form: FORM, found: [...found, ...finding.found], missing };
  return {
    form: FORM,
    found,
    missing,
    model: { form: "sentence-transformers", directory, transformer: model, modules },
  };
}
