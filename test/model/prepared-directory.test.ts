import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import type { Event } from "../../src/events.ts";
import { writeRandomModel } from "../random-model/write-random-model.ts";
import { openWorkspace, prepare } from "./workspace.ts";

const at = await openWorkspace();
await writeRandomModel(at("demo"));

async function hashes(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).toSorted();
  const pairs = names.map(
    async (name) =>
      [
        name,
        createHash("sha256")
          .update(await readFile(path.join(directory, name)))
          .digest("hex"),
      ] as const,
  );
  return Object.fromEntries(await Promise.all(pairs));
}

test("the demo model and what is prepared from it are the same bytes every time", async () => {
  await writeRandomModel(at("elsewhere/demo"));
  expect(await hashes(at("elsewhere/demo"))).toEqual(await hashes(at("demo")));
  await prepare(at("demo"), at("first"));
  await prepare(at("elsewhere/demo"), at("second"));
  expect(Object.keys(await hashes(at("first")))).toEqual([
    "bertops.json",
    "model.onnx",
    "model.onnx.data",
    "vocab.txt",
  ]);
  expect(await hashes(at("second"))).toEqual(await hashes(at("first")));
  await writeRandomModel(at("other-seed"), 5);
  expect((await hashes(at("other-seed")))["bert_model.ckpt.index"]).not.toBe(
    (await hashes(at("demo")))["bert_model.ckpt.index"],
  );
});

test("large weights begin on a page, and the graph is small", async () => {
  const { files } = await prepare(at("demo"), at("aligned"));
  expect(files.find((file) => file.path === "model.onnx")?.size).toBeLessThan(20_000);
  const graph = (await readFile(at("aligned/model.onnx"))).toString("latin1");
  // The places are written as text: key `offset`, then two bytes of protobuf, then the number.
  const offsets = [...graph.matchAll(/offset[^]{2}(\d+)/g)].map((match) => Number(match[1]));
  expect(offsets.length).toBeGreaterThan(20);
  for (const offset of offsets) expect(offset % 64).toBe(0);
});

test("an earlier prepared model is replaced, and nothing is left beside it", async () => {
  await mkdir(at("replace"));
  await prepare(at("demo"), at("replace/out"));
  await prepare(at("demo"), at("replace/out"), { pooling: "mean" });
  const settings = JSON.parse(await readFile(at("replace/out/bertops.json"), "utf8")) as { pooling: string };
  expect(settings.pooling).toBe("mean");
  expect(await readdir(at("replace"))).toEqual(["out"]);
});

test("whatever is not a prepared model is not written over", async () => {
  await mkdir(at("mine"));
  await writeFile(at("mine/thesis.tex"), "years of work");
  await expect(prepare(at("demo"), at("mine"))).rejects.toMatchObject({
    reason: "output-not-empty",
    exitCode: 2,
  });
  await prepare(at("demo"), at("ours"));
  await writeFile(at("ours/notes.txt"), "mine");
  await expect(prepare(at("demo"), at("ours"))).rejects.toMatchObject({
    reason: "output-not-empty",
    exitCode: 2,
  });
  await expect(prepare(at("demo"), at("demo"))).rejects.toMatchObject({
    reason: "output-is-input",
    exitCode: 2,
  });
  await expect(prepare(at("demo"), path.dirname(at("demo")))).rejects.toMatchObject({
    reason: "output-is-input",
  });
  await expect(prepare(at("demo"), at("mine/thesis.tex"))).rejects.toMatchObject({ reason: "unwritable" });
});

test("an empty directory, and one whose parents do not exist yet, are written to", async () => {
  await mkdir(at("hollow"));
  await expect(prepare(at("demo"), at("hollow"))).resolves.toMatchObject({ written: true });
  await expect(prepare(at("demo"), at("new/parents/out"))).resolves.toMatchObject({ written: true });
});

test("an abort leaves nothing behind and ends with the signal's reason", async () => {
  await mkdir(at("abort"));
  const stop = new AbortController();
  const reason = new Error("stopped by the test");
  const emit = (event: Event) => {
    if (event.type === "progress") stop.abort(reason);
  };
  await expect(prepare(at("demo"), at("abort/a/b/out"), { signal: stop.signal, emit })).rejects.toBe(reason);
  expect(await readdir(at("abort"))).toEqual([]);
});

test.skipIf(process.getuid?.() === 0)("a place that may not be written to is told as such", async () => {
  await mkdir(at("locked"));
  await chmod(at("locked"), 0o555);
  await expect(prepare(at("demo"), at("locked/out"))).rejects.toMatchObject({ reason: "unwritable" });
  await chmod(at("locked"), 0o755);
  await rm(at("locked"), { recursive: true });
});

test("flags override what the files say", async () => {
  const { settings } = await prepare(at("demo"), at("flags"), {
    pooling: "mean",
    activation: "gelu_tanh",
    lowerCase: false,
  });
  expect(settings).toMatchObject({ pooling: "mean", activation: "gelu_tanh" });
  expect(settings.tokenizer).toMatchObject({ lowerCase: false, stripAccents: false, maxWordLength: 200 });
});

test("progress adds up to the size of the weights", async () => {
  const events: Event[] = [];
  await prepare(at("demo"), at("progress"), {}, events);
  const last = events.findLast((event) => event.type === "progress");
  expect(last?.done).toBe(last?.total);
  expect(events.filter((event) => event.type === "step").map((event) => event.state)).toEqual([
    "started",
    "done",
  ]);
});
