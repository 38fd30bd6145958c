import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { largestDifference, runPrepared } from "./run-prepared.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

// Written by TensorFlow 2.21 and not by us: tools/model-fixtures/tensorflow_checkpoints.py.
const at = await openWorkspace();

interface Expected {
  readonly texts: number[][];
  readonly cls: number[][];
}

for (const name of ["saver", "shards", "halves", "snappy"]) {
  test(`the checkpoint "${name}" answers what numpy computed from its variables`, async () => {
    const source = fixture(`tensorflow/${name}`);
    const expected = JSON.parse(await readFile(path.join(source, "expected.json"), "utf8")) as Expected;
    const prepared = await prepare(source, at(name));
    expect(prepared.settings).toMatchObject({
      layers: 2,
      hidden: 24,
      heads: 3,
      maxTokens: 16,
      vocabularySize: 48,
    });
    const answered = await runPrepared(prepared.directory, expected.texts);
    expect(largestDifference(answered, expected.cls)).toBeLessThan(5e-6);
  });
}

test("the file checkpoint decides which step counts, whatever directory it names", async () => {
  const prepared = await prepare(fixture("tensorflow/saver"), at("step"));
  expect(prepared.settings.source).toEqual({ format: "tensorflow", checkpoint: "model.ckpt-7" });
  expect(await readFile(path.join(prepared.directory, "vocab.txt"), "utf8")).not.toContain("\r");
});

test("a partitioned variable is refused by name", async () => {
  await expect(prepare(fixture("tensorflow/partitioned"), at("partitioned"))).rejects.toMatchObject({
    reason: "unsupported-model",
    exitCode: 2,
    message: expect.stringMatching(/bert\/embeddings\/word_embeddings is partitioned/) as string,
  });
});

test("a V1 checkpoint is told apart from a missing one", async () => {
  await expect(prepare(fixture("tensorflow/v1"), at("v1"))).rejects.toMatchObject({
    reason: "incomplete-model",
    exitCode: 2,
    hint: expect.stringMatching(/V1 checkpoint/) as string,
  });
});
