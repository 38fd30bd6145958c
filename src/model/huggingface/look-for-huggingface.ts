import path from "node:path";
import type { DirectoryListing } from "../directory-listing.ts";
import type { Finding } from "../finding.ts";
import type { TokenizerFiles } from "./tokenizer.ts";

/** A directory that Hugging Face's transformers saved, or a part of a sentence-transformers one. */
export interface HuggingfaceModel {
  readonly form: "huggingface";
  readonly directory: string;
  readonly config: string;
  readonly weights: { readonly kind: WeightsKind; readonly path: string };
  readonly tokenizer: TokenizerFiles;
}

export type WeightsKind = "safetensors" | "safetensors-index" | "pytorch" | "pytorch-index";

/** In the order in which they are taken where a directory holds the same model twice. */
const WEIGHTS: ReadonlyArray<readonly [string, WeightsKind]> = [
  ["model.safetensors", "safetensors"],
  ["model.safetensors.index.json", "safetensors-index"],
  ["pytorch_model.bin", "pytorch"],
  ["pytorch_model.bin.index.json", "pytorch-index"],
];

const FORM = "a Hugging Face model";

/** Looks for config.json, weights and a vocabulary. */
export function lookForHuggingface(listing: DirectoryListing): Finding | undefined {
  const { directory, files } = listing;
  const has = (name: string) => files.has(name);
  const weights = WEIGHTS.find(([name]) => has(name));
  if (weights === undefined) return undefined;
  const [name, kind] = weights;
  const missing: string[] = [];
  if (!has("config.json")) missing.push("config.json");
  if (!has("vocab.txt") && !has("tokenizer.json")) missing.push("vocab.txt");
  const found = has("config.json") ? [name, "config.json"] : [name];
  if (missing.length > 0) return { form: FORM, found, missing };
  const at = (file: string) => path.join(directory, file);
  const tokenizer: TokenizerFiles = {
    ...(has("vocab.txt") ? { vocabulary: at("vocab.txt") } : {}),
    ...(has("tokenizer.json") ? { json: at("tokenizer.json") } : {}),
    ...(has("tokenizer_config.json") ? { config: at("tokenizer_config.json") } : {}),
    ...(has("added_tokens.json") ? { added: at("added_tokens.json") } : {}),
  };
  const model: HuggingfaceModel = {
    form: "huggingface",
    directory,
    config: at("config.json"),
    weights: { kind, path: at(name) },
    tokenizer,
  };
  return { form: FORM, found, missing, model };
}
