import type { BertWeights } from "../bert/architecture.ts";
import { transposed } from "../matrix-bands.ts";
import type { TensorStore } from "../tensor.ts";
import { mismatch, unsupported } from "../unsupported.ts";
import type { Naming } from "./names.ts";

/** Google's view of a model that Hugging Face's code saved: names translated, kernels turned to [in, out]. */
export function huggingfaceWeights(
  store: TensorStore,
  naming: Naming,
  measures: { readonly layers: number; readonly tokenTypes: number },
  config: string,
): BertWeights {
  const prefix = prefixOf(store);
  checkLayers(store, prefix, naming, measures.layers, config);
  const hint = `Use the ${config} that was published with these weights.`;
  return {
    tokenTypes: measures.tokenTypes,
    tensor: (variable, shape) => {
      const names = naming.namesOf(variable).map((name) => `${prefix}${name}`);
      const name = names.find((candidate) => store.shape(candidate) !== undefined);
      if (name === undefined) throw mismatch(`${store.path} has no tensor ${names.join(" or ")}.`, hint);
      const turned = variable.endsWith("/kernel");
      const wanted = turned ? shape.toReversed() : shape;
      const found = store.shape(name) ?? [];
      if (found.length !== wanted.length || found.some((size, index) => size !== wanted[index])) {
        const shapes = `has the shape [${found.join(", ")}], but ${config} means [${wanted.join(", ")}]`;
        throw mismatch(`${store.path}: ${name} ${shapes}.`, hint);
      }
      const tensor = { ...store.tensor(name), name: variable };
      return turned ? transposed(tensor) : tensor;
    },
  };
}

/** `bert.`, `distilbert.`, nothing, or whatever one model in the file has in front of its names. */
function prefixOf(store: TensorStore): string {
  const key = "embeddings.word_embeddings.weight";
  const prefixes = store.names.filter((name) => name.endsWith(key)).map((name) => name.slice(0, -key.length));
  for (const usual of ["", "bert.", "distilbert."]) if (prefixes.includes(usual)) return usual;
  if (prefixes.length === 1 && prefixes[0] !== undefined) return prefixes[0];
  if (prefixes.length > 1) {
    throw unsupported(
      `${store.path} holds several encoders: ${prefixes.map((prefix) => `${prefix}*`).join(", ")}.`,
    );
  }
  throw unsupported(`${store.path} holds no BERT: it has ${store.names.length} tensors, none is ${key}.`);
}

function checkLayers(
  store: TensorStore,
  prefix: string,
  naming: Naming,
  layers: number,
  config: string,
): void {
  let found = 0;
  for (const name of store.names) {
    const match = name.startsWith(prefix) ? naming.layer.exec(name.slice(prefix.length)) : null;
    if (match !== null) found = Math.max(found, Number(match[1]) + 1);
  }
  if (found === layers) return;
  throw mismatch(
    `${store.path} has ${found} layers, but ${config} says ${layers}.`,
    `Use the ${config} that was published with these weights.`,
  );
}
