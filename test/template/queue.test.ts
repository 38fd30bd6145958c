import { expect, test } from "vitest";
import { pack } from "../../templates/similarity/inference/pack.js";
import { EmbeddingCache } from "../../templates/similarity/queue/embedding-cache.js";
import { FairQueue } from "../../templates/similarity/queue/fair-queue.js";
import { Overloaded, Scheduler } from "../../templates/similarity/queue/scheduler.js";
import { pack as reference } from "../model/packing.ts";

interface Row {
  readonly model: string;
  readonly name: string;
  readonly ids: Int32Array;
  wanted: number;
}

const row = (name: string, tokens: number, model = "m"): Row => ({
  model,
  name,
  ids: new Int32Array(tokens),
  wanted: 1,
});
const rows = (name: string, count: number, tokens: number): Row[] =>
  Array.from({ length: count }, (_, index) => row(`${name}${index}`, tokens));
const LIMITS = { batchTokens: 100, joinBelowTokens: 40 };
const names = (batch: readonly Row[]): string => batch.map(({ name }) => name).join(" ");

function drain(queue: FairQueue<Row>): string[] {
  const batches: string[] = [];
  for (let batch = queue.take(LIMITS); batch.length > 0; batch = queue.take(LIMITS))
    batches.push(names(batch));
  return batches;
}

test("a large request takes turns of two runs with the others, its texts sorted by length", () => {
  const queue = new FairQueue<Row>();
  queue.add([row("a-short", 10), row("a-long", 60), row("a-middle", 45), ...rows("a", 3, 30)]);
  queue.add([row("b", 50)]);
  queue.add([row("c", 90)]);
  expect(queue.tokens).toBe(345);
  expect(drain(queue)).toEqual(["a-long", "a-middle a0", "b", "c", "a1 a2 a-short"]);
  expect([queue.tokens, queue.rows]).toEqual([0, 0]);
});

test("requests share a run only while it stays small, and only with the same model", () => {
  const queue = new FairQueue<Row>();
  for (const name of "abcdef") queue.add([row(name, 10)]);
  queue.add([row("other", 10, "n")]);
  queue.add([row("large", 39)]);
  queue.add([row("g", 1)]);
  queue.add([row("h", 1)]);
  expect(drain(queue)).toEqual(["a b c d", "e f", "other", "large g", "h"]);
});

test("a text longer than a run is a run of its own", () => {
  const queue = new FairQueue<Row>();
  queue.add([row("huge", 500), row("small", 5)]);
  expect(drain(queue)).toEqual(["huge", "small"]);
});

test("short texts do not share a run with a long one when attention would need much memory for all of them", () => {
  const queue = new FairQueue<Row>();
  queue.add([row("long", 50), ...rows("s", 12, 2)]);
  // 4 texts x 50 x 50 is what one text of 100 tokens needs.
  expect(drain(queue)).toEqual(["long s0 s1 s2", "s3 s4 s5 s6 s7 s8 s9 s10 s11"]);
});

test("what nobody wants any more leaves the queue", () => {
  const queue = new FairQueue<Row>();
  const given = rows("a", 3, 10);
  queue.add(given);
  queue.add([row("b", 10)]);
  for (const gone of given.slice(0, 2)) gone.wanted = 0;
  queue.prune();
  expect([queue.tokens, queue.rows]).toEqual([20, 2]);
  expect(drain(queue)).toEqual(["a2 b"]);
});

/** A scheduler over an engine whose runs end when the test says so, one after the other. */
function heldScheduler() {
  const runs: string[] = [];
  const finish: (() => void)[] = [];
  const settled: string[] = [];
  const reports: number[] = [];
  const modelOf = (name: string) => ({
    engine: {
      run: async ({ texts, tokens }: { texts: number; tokens: number }) => {
        runs.push(`${name}${tokens}`);
        await new Promise<void>((resolve) => finish.push(resolve));
        return { embeddings: Array.from({ length: texts }, () => new Float32Array(2)), milliseconds: 10 };
      },
    },
  });
  const models = { m: modelOf("m"), n: modelOf("n") };
  const waiting = (name: string, tokens: number, model: "m" | "n" = "m") => ({
    ...row(name, tokens),
    model: models[model],
    settle: (result: Float32Array | Error) => void settled.push(result instanceof Error ? "error" : name),
  });
  const scheduler = new Scheduler({ ...LIMITS, queueTokens: 200, requestMilliseconds: 60_000 }, ({ texts }) =>
    reports.push(texts),
  );
  const finishNext = async (): Promise<void> => {
    const seen = reports.length;
    finish.shift()?.();
    await expect.poll(() => reports.length).toBe(seen + 1);
  };
  return { scheduler, waiting, runs, settled, finishNext };
}

test("the scheduler keeps one run going, never waits, and refuses what it can't do in time", async () => {
  const { scheduler, waiting, runs, settled, finishNext } = heldScheduler();
  for (const name of "abc") scheduler.add([waiting(name, 5)]);
  expect(runs).toEqual(["m5"]);
  await finishNext();
  expect(runs).toEqual(["m5", "m10"]);
  scheduler.add([waiting("d", 150)]);
  expect(() => scheduler.add([waiting("e", 60)])).not.toThrow();
  expect(() => scheduler.add([waiting("f", 150)])).toThrow(Overloaded);
  for (let more = 0; more < 3; more += 1) await finishNext();
  expect(runs).toEqual(["m5", "m10", "m150", "m60"]);
  expect(settled.join("")).toBe("abcde");
  expect(scheduler.load).toMatchObject({ tokens: 0, texts: 0 });
});

test("the engine has its next run early once nobody else could join it, and never two models' at once", async () => {
  const { scheduler, waiting, runs, settled, finishNext } = heldScheduler();
  scheduler.add([waiting("a", 5)]);
  scheduler.add([waiting("b", 20)]);
  expect(runs).toEqual(["m5"]);
  scheduler.add([waiting("c", 20)]);
  expect(runs).toEqual(["m5", "m40"]);
  scheduler.add([waiting("d", 50)]);
  expect(runs).toEqual(["m5", "m40"]);
  scheduler.add([waiting("e", 60, "n")]);
  await finishNext();
  expect(runs).toEqual(["m5", "m40", "m50"]);
  await finishNext();
  expect(runs).toEqual(["m5", "m40", "m50"]);
  await finishNext();
  expect(runs).toEqual(["m5", "m40", "m50", "n60"]);
  await finishNext();
  expect(settled.join("")).toBe("abcde");
});

test("packed rows are what docs/model-format.md says", () => {
  const texts = [
    [2, 7, 8, 3],
    [2, 3],
    [2, 9, 3],
  ];
  const packed = pack(texts.map((ids) => Int32Array.from(ids)));
  const wanted = reference(texts);
  expect(packed).toMatchObject({ texts: 3, tokens: 9, longest: 4 });
  for (const name of ["ids", "positions", "lengths", "grid", "rows"] as const) {
    expect(packed[name]).toEqual(wanted[name].data);
  }
});

test("the cache forgets what was used least recently and stays below its limit", () => {
  const entry = (value: number) => ({ embedding: Float32Array.of(value), tokens: 3, truncated: false });
  const cost = 2 + 4 + 250;
  const cache = new EmbeddingCache(2 * cost);
  cache.set("a", entry(1));
  cache.set("b", entry(2));
  expect(cache.get("a")?.embedding).toEqual(Float32Array.of(1));
  cache.set("c", entry(3));
  expect([cache.get("a")?.tokens, cache.get("b"), cache.get("c")?.tokens]).toEqual([3, undefined, 3]);
  expect([cache.size, cache.bytes]).toEqual([2, 2 * cost]);
  const none = new EmbeddingCache(0);
  none.set("a", entry(1));
  expect(none.size).toBe(0);
});
