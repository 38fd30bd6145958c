import { stat } from "node:fs/promises";
import path from "node:path";
import type { HeadActivation, HeadStep } from "../bert/head.ts";
import { ConfigFile, MOST } from "../config-file.ts";
import { openPytorch } from "../pytorch/pytorch-store.ts";
import { openSafetensors } from "../safetensors/safetensors-store.ts";
import { transposed } from "../matrix-bands.ts";
import type { Tensor, TensorStore } from "../tensor.ts";
import { mismatch, unsupported } from "../unsupported.ts";

/** A dense layer of a sentence-transformers directory, open until its store is closed. */
export interface OpenDense {
  readonly step: HeadStep;
  readonly store: TensorStore;
}

const ACTIVATIONS: Readonly<Record<string, HeadActivation>> = {
  Identity: "identity",
  Tanh: "tanh",
  ReLU: "relu",
  GELU: "gelu",
  Sigmoid: "sigmoid",
  SiLU: "silu",
};

/** Opens the Dense module in `directory`, which takes vectors of `width`. Throws UserError for what bertops does not have. */
export async function openDense(directory: string, width: number): Promise<OpenDense> {
  const config = await ConfigFile.read(path.join(directory, "config.json"));
  refuseOtherForms(config);
  const inner = config.count("in_features", MOST.head);
  const outer = config.count("out_features", MOST.head);
  if (inner !== width) {
    throw mismatch(
      `${config.path}: in_features is ${inner}, but what comes before has ${width} numbers.`,
      "Leave --pooling out, or use the files that were published together.",
    );
  }
  const activation = activationOf(config);
  const store = await openWeights(directory);
  try {
    const bias = config.members["bias"] !== false;
    const kernel = transposed(tensorOf(store, "linear.weight", [outer, inner], config));
    return {
      step: {
        kind: "dense",
        kernel,
        ...(bias ? { bias: tensorOf(store, "linear.bias", [outer], config) } : {}),
        activation,
      },
      store,
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function refuseOtherForms({ path: file, members }: ConfigFile): void {
  for (const member of ["module_input_name", "module_output_name"]) {
    const value = members[member] ?? "sentence_embedding";
    if (value !== "sentence_embedding")
      throw unsupported(`${file}: ${member} is ${JSON.stringify(value)}; bertops has sentence_embedding.`);
  }
  if (members["use_residual"] === true)
    throw unsupported(`${file}: use_residual is true, which bertops does not have.`);
}

function activationOf({ path: file, members }: ConfigFile): HeadActivation {
  const value = members["activation_function"] ?? "torch.nn.modules.activation.Tanh";
  const name = typeof value === "string" ? /^torch\.nn(?:\.\w+)*\.(\w+)$/.exec(value)?.[1] : undefined;
  const activation = name === undefined ? undefined : ACTIVATIONS[name];
  if (activation !== undefined) return activation;
  throw unsupported(
    `${file}: activation_function is ${JSON.stringify(value)}; bertops has ${Object.keys(ACTIVATIONS).join(", ")} of torch.nn.`,
  );
}

async function openWeights(directory: string): Promise<TensorStore> {
  const file = path.join(directory, "model.safetensors");
  const there = (await stat(file).catch(() => undefined))?.isFile() === true;
  return there ? openSafetensors(file) : openPytorch(path.join(directory, "pytorch_model.bin"));
}

function tensorOf(store: TensorStore, name: string, shape: readonly number[], config: ConfigFile): Tensor {
  const found = store.shape(name);
  const hint = `Use the ${config.path} that was published with these weights.`;
  if (found === undefined) throw mismatch(`${store.path} has no tensor ${name}.`, hint);
  if (found.join() === shape.join()) return store.tensor(name);
  throw mismatch(
    `${store.path}: ${name} has the shape [${found.join(", ")}], but ${config.path} means [${shape.join(", ")}].`,
    hint,
  );
}
