import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeBundle } from "../checkpoint-writer/write-bundle.ts";
import { type Measures, randomVariables, type Variable } from "./random-variables.ts";

/** A vocabulary of exactly `size` pieces, with capitals or without. */
export function vocabularyOf(size: number, cased: boolean): string[] {
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const letters = "abcdefghijklmnopqrstuvwxyz".split("");
  const capitals = cased ? letters.map((letter) => letter.toUpperCase()) : [];
  const pieces = [...special, ...letters, ...capitals];
  while (pieces.length < size) pieces.push(`##${pieces.length.toString(36).toLowerCase()}`);
  return pieces.slice(0, size);
}

/** The members of Google's bert_config.json. */
export function configOf(measures: Measures, activation = "gelu"): Record<string, unknown> {
  return {
    hidden_size: measures.hidden,
    num_hidden_layers: measures.layers,
    num_attention_heads: measures.heads,
    intermediate_size: measures.intermediate,
    max_position_embeddings: measures.positions,
    type_vocab_size: 2,
    vocab_size: measures.vocabularySize,
    hidden_act: activation,
  };
}

/** Writes a random model in Google's layout; answers its variables. */
export async function writeRelease(
  directory: string,
  measures: Measures,
  options: { cased?: boolean; activation?: string } = {},
): Promise<Map<string, Variable>> {
  const variables = randomVariables(measures);
  await mkdir(directory, { recursive: true });
  const file = (name: string) => path.join(directory, name);
  await writeFile(file("bert_config.json"), JSON.stringify(configOf(measures, options.activation)));
  await writeFile(
    file("vocab.txt"),
    vocabularyOf(measures.vocabularySize, options.cased ?? false)
      .map((piece) => `${piece}\n`)
      .join(""),
  );
  const list = [...variables].map(([name, { shape, values }]) => ({ name, shape, values: () => values }));
  await writeBundle(file("bert_model.ckpt"), list);
  return variables;
}
