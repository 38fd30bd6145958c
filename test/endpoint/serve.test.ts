import { createServer } from "node:net";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { UserError } from "../../src/errors.ts";
import type { Event } from "../../src/events.ts";
import { serve } from "../../src/operations/serve/serve.ts";
import { addVersion, openScratch, publish, smallModel } from "../template/models.ts";
import { post, until } from "../template/service.ts";

const scratch = await openScratch();
const model = await smallModel(scratch, 61);

/** Serves in the background; the last note's URL is where. */
function serving(directory: string, more: { modelName?: string; port?: number } = {}) {
  const stop = new AbortController();
  const events: Event[] = [];
  const notes = (): string[] => events.flatMap((event) => ("message" in event ? [event.message] : []));
  const over = serve({
    directory,
    modelName: more.modelName,
    appDirectory: path.join(scratch, "no-app"),
    port: more.port ?? 0,
    listen: "127.0.0.1",
    environment: { PATH: process.env["PATH"], MODEL_POLL_MS: "50", INFERENCE_THREADS: "1" },
    signal: stop.signal,
    emit: (event) => events.push(event),
  });
  over.catch(() => {});
  onTestFinished(async () => {
    stop.abort();
    await over.catch(() => {});
  });
  const ready = async (): Promise<string> => {
    await Promise.race([until(() => notes().some((note) => note.startsWith("Ready: "))), over]);
    return /http:\/\/[^ ]+/.exec(notes().find((note) => note.startsWith("Ready: ")) ?? "")?.[0] ?? "";
  };
  return { stop, over, events, notes, ready };
}

const refusal = async (over: Promise<unknown>): Promise<UserError> =>
  over.then(
    () => expect.unreachable(),
    (error: UserError) => error,
  );

test("a prepared model, a release that is prepared first, a store: each is served until it is stopped", async () => {
  const store = path.join(scratch, "store");
  await addVersion(store, "bert", "v1", model.directory);
  await addVersion(store, "other", "v2", model.directory);
  await publish(store, "bert", "v1");
  const cases: [string, string, string][] = [
    [model.directory, "prepared-61", "local"],
    [path.join(scratch, "release-61"), "release-61", "local"],
    [store, "bert", "v1"],
    [path.join(store, "bert"), "bert", "v1"],
  ];
  for (const [directory, name, version] of cases) {
    const service = serving(directory);
    const url = await service.ready();
    const answer = await post(`${url}/sim`, { target: "a", texts: ["a"] });
    expect([answer.status, answer.body.context.sims]).toEqual([200, [1]]);
    expect(answer.headers.get("x-bertops-model")).toBe(name);
    expect(answer.headers.get("x-bertops-model-version")).toBe(version);
    service.stop.abort();
    expect(await service.over).toEqual({ url, version });
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  }
  await publish(store, "other", "v2");
  expect(await refusal(serving(store).over)).toMatchObject({ reason: "which-model", exitCode: 2 });
  expect(await serving(store, { modelName: "other" }).ready()).toMatch(/^http/);
});

test("what can't be served is said in one sentence", async () => {
  const absent = await refusal(serving(path.join(scratch, "absent")).over);
  expect(absent).toMatchObject({ reason: "no-directory", exitCode: 2 });

  await mkdir(path.join(scratch, "empty"));
  expect((await refusal(serving(path.join(scratch, "empty")).over)).exitCode).toBe(2);

  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as { port: number };
  const refused = await refusal(serving(model.directory, { port }).over);
  expect(refused).toMatchObject({ reason: "port-taken", exitCode: 2 });
  expect(refused.hint).toContain("--port");
});

test("a model that does not load ends the service with its reason", async () => {
  const { cp, truncate } = await import("node:fs/promises");
  const broken = path.join(scratch, "broken");
  await cp(model.directory, broken, { recursive: true });
  await truncate(path.join(broken, "model.onnx.data"), 4096);
  const error = await refusal(serving(broken).over);
  expect(error.reason).toBe("model-failed");
  expect(error.message).toContain("does not load");
});
