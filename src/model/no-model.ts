import { EXIT, UserError } from "../errors.ts";
import type { DirectoryListing } from "./directory-listing.ts";

/** Forms of models that are recognised only to say that they are not read. */
const OTHERS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^tf_model\.h5$|\.keras$/, "Keras weights"],
  [/^saved_model\.pb$/, "a TensorFlow SavedModel"],
  [/^flax_model\.msgpack$/, "Flax weights"],
  [/\.gguf$/, "a GGUF file"],
  [/^adapter_model\.(safetensors|bin)$/, "an adapter without the model that it belongs to"],
  [/\.(zip|tar|gz|tgz)$/, "an archive that is not unpacked"],
];

/** The error for a directory in which no model was found, or none of the form that was asked for. */
export function none(listing: DirectoryListing, as?: string): UserError {
  const names = [...listing.files.keys(), ...listing.directories.map((name) => `${name}/`)];
  for (const [pattern, form] of OTHERS) {
    const name = names.find((candidate) => pattern.test(candidate));
    if (name === undefined || as !== undefined) continue;
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
    message: `${listing.directory} is no ${as === undefined ? "model that bertops knows" : `${as} model`}: ${found}.`,
    hint: KNOWN,
    exitCode: EXIT.usage,
  });
}

const KNOWN =
  "A model is a directory with bert_config.json, vocab.txt and bert_model.ckpt.* (Google's releases), with config.json, model.safetensors or pytorch_model.bin and vocab.txt or tokenizer.json (Hugging Face), with model.onnx and tokenizer.json (an ONNX export), or what bertops convert wrote.";
