import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BundleVariable, writeBundle } from "../../src/model/checkpoint/write-bundle.ts";
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

function variables(vocabularySize: number, seed: number): BundleVariable[] {
  const { hidden_size: hidden, intermediate_size: intermediate } = CONFIG;
  const list: BundleVariable[] = [];
  const add = (name: string, shape: readonly number[], scale: number, centre = 0): void => {
    // Every variable has numbers of its own, whatever the order in which they are made.
    const number = list.length;
    list.push({
      name: `bert/${name}`,
      shape,
      values: () => normals(seed + number * 7919, shape, scale, centre),
    });
  };
  const norm = (scope: string): void => {
    add(`${scope}/LayerNorm/gamma`, [hidden], 0.05, 1);
    add(`${scope}/LayerNorm/beta`, [hidden], 0.05);
  };
  const dense = (scope: string, from: number, to: number): void => {
    add(`${scope}/kernel`, [from, to], 1 / Math.sqrt(from));
    add(`${scope}/bias`, [to], 0.05);
  };
  add("embeddings/word_embeddings", [vocabularySize, hidden], 0.5);
  add("embeddings/position_embeddings", [CONFIG.max_position_embeddings, hidden], 0.1);
  add("embeddings/token_type_embeddings", [CONFIG.type_vocab_size, hidden], 0.1);
  norm("embeddings");
  for (let layer = 0; layer < CONFIG.num_hidden_layers; layer += 1) {
    const scope = `encoder/layer_${layer}`;
    for (const part of ["query", "key", "value"]) dense(`${scope}/attention/self/${part}`, hidden, hidden);
    dense(`${scope}/attention/output/dense`, hidden, hidden);
    norm(`${scope}/attention/output`);
    dense(`${scope}/intermediate/dense`, hidden, intermediate);
    dense(`${scope}/output/dense`, intermediate, hidden);
    norm(`${scope}/output`);
  }
  dense("pooler/dense", hidden, hidden);
  return list;
}

/** Nearly normal numbers from integers alone: no function whose last digit depends on the processor. */
function normals(seed: number, shape: readonly number[], scale: number, centre: number): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b) >>> 0 || 1;
  for (let index = 0; index < values.length; index += 1) {
    // The sum of four uniform numbers, centred, with variance 1.
    let sum = 0;
    for (let part = 0; part < 4; part += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      sum += (state >>> 0) / 2 ** 32;
    }
    values[index] = centre + scale * (sum - 2) * Math.sqrt(3);
  }
  return values;
}
