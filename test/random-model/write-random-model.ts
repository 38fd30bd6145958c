import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeBundle } from "../checkpoint-writer/write-bundle.ts";
import { randomVariables } from "../model/random-variables.ts";
import { ENDINGS, WORDS } from "./words.ts";

const CONFIG = {
  attention_probs_dropout_prob: 0.1,
  hidden_act: "gelu",
  hidden_dropout_prob: 0.1,
  hidden_size: 128,
  initializer_range: 0.02,
  intermediate_size: 512,
  max_position_embeddings: 128,
  num_attention_heads: 2,
  num_hidden_layers: 2,
  type_vocab_size: 2,
  vocab_size: 0,
};

/**
 * Writes a small uncased BERT (two layers of 128, about 1,300 pieces) in the layout of Google's releases. Its weights
 * are random, so its similarities mean nothing; the same seed gives the same bytes. `directory` is made if need be.
 */
export async function writeRandomModel(directory: string, seed = 20_181_011): Promise<void> {
  const pieces = randomVocabulary();
  await mkdir(directory, { recursive: true });
  const file = (name: string) => path.join(directory, name);
  const config = { ...CONFIG, vocab_size: pieces.length };
  await writeFile(file("bert_config.json"), `${JSON.stringify(config, undefined, 2)}\n`);
  await writeFile(file("vocab.txt"), pieces.map((piece) => `${piece}\n`).join(""));
  await writeFile(file("README.txt"), readme(seed));
  await writeBundle(file("bert_model.ckpt"), variables(pieces.length, seed));
}

/** Special pieces, characters, endings and words; every ASCII text can be spelled with them. */
export function randomVocabulary(): string[] {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789".split("");
  const marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".split("");
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  return [
    ...new Set([...special, ...marks, ...letters, ...letters.map((l) => `##${l}`), ...ENDINGS, ...WORDS]),
  ];
}

function readme(seed: number): string {
  return `A model that a test of bertops wrote. Its weights are random numbers (seed ${seed}), nobody trained it: the similarities
that it answers are well-formed and mean nothing. It has the layout of Google's BERT releases, so whatever works with
this directory works with theirs.
`;
}

/** The variables, as the writer of checkpoints takes them. */
function variables(vocabularySize: number, seed: number) {
  const drawn = randomVariables({
    layers: CONFIG.num_hidden_layers,
    hidden: CONFIG.hidden_size,
    heads: CONFIG.num_attention_heads,
    intermediate: CONFIG.intermediate_size,
    positions: CONFIG.max_position_embeddings,
    vocabularySize,
    seed,
  });
  return [...drawn].map(([name, { shape, values }]) => ({ name, shape, values: () => values }));
}
