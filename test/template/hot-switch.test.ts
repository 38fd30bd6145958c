import { open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { addVersion, openScratch, publish, smallModel } from "./models.ts";
import { childrenOf, get, post, startReadyService, until, type TestService } from "./service.ts";

const scratch = await openScratch();
const [first, second] = [await smallModel(scratch, 21), await smallModel(scratch, 22)];
let stores = 0;

async function openStore(): Promise<string> {
  stores += 1;
  const store = path.join(scratch, `store-${stores}`);
  await addVersion(store, "bert", "v1", first.directory);
  await addVersion(store, "bert", "v2", second.directory);
  await publish(store, "bert", "v1");
  return store;
}

const QUESTION = { target: "a b c", texts: ["c b a", "x", "p q r s"] };

async function answering(service: TestService): Promise<string | null> {
  return (await post(`${service.url}/sim`, QUESTION)).headers.get("x-bertops-model-version");
}

test("twenty switches under the load of 32 clients: no request fails, each is answered by one of the two models", async () => {
  const store = await openStore();
  const service = await startReadyService({ MODEL_ROOT: store, CACHE_MB: "0" });
  const sims = new Map<string, string>();
  const note = (version: string, context: unknown): void => {
    const text = JSON.stringify(context, (_key, value: unknown) =>
      typeof value === "number" ? Math.round(value * 1e5) / 1e5 : value,
    );
    if (!sims.has(version)) sims.set(version, text);
    expect(text).toBe(sims.get(version));
  };
  let answered = 0;
  const load = new AbortController();
  const client = async (): Promise<void> => {
    while (!load.signal.aborted) {
      const answer = await post(`${service.url}/sim`, QUESTION);
      expect(answer.status).toBe(200);
      note(String(answer.headers.get("x-bertops-model-version")), answer.body.context);
      answered += 1;
    }
  };
  const clients = Promise.all(Array.from({ length: 32 }, client));
  for (let round = 0; round < 20; round += 1) {
    const version = round % 2 === 0 ? "v2" : "v1";
    await publish(store, "bert", version);
    const before = answered;
    await until(async () => (await answering(service)) === version && answered > before);
  }
  load.abort();
  await clients;
  expect([...sims.keys()].toSorted()).toEqual(["v1", "v2"]);
  expect(sims.get("v1")).not.toBe(sims.get("v2"));
  const { body } = await get(`${service.url}/model`);
  expect(body).toMatchObject({ model: { version: "v1" }, failure: null });
  expect(service.log.filter(({ message }) => message === "a model is loaded")).toHaveLength(21);
  expect(service.log.filter(({ level }) => level === "error")).toEqual([]);
}, 240_000);

test("without memory for two models, requests wait for the new one, and the old one comes back when it does not load", async () => {
  const store = await openStore();
  const service = await startReadyService({ MODEL_ROOT: store, MODEL_SWITCH: "draining", CACHE_MB: "0" });
  expect((await get(`${service.url}/model`)).body.nextModel.switch).toBe("after-draining");
  const load = new AbortController();
  const statuses = new Set<number>();
  const client = async (): Promise<void> => {
    while (!load.signal.aborted) statuses.add((await post(`${service.url}/sim`, QUESTION)).status);
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  for (const version of ["v2", "v1", "v2"]) {
    await publish(store, "bert", version);
    await until(async () => (await answering(service)) === version);
  }
  await addVersion(store, "bert", "broken", first.directory, (at) =>
    truncate(path.join(at, "model.onnx"), 10),
  );
  await publish(store, "bert", "broken");
  await until(async () => (await get(`${service.url}/model`)).body.failure?.version === "broken");
  await until(async () => (await answering(service)) === "v2");
  load.abort();
  await clients;
  expect(statuses).toEqual(new Set([200]));
});

test("a version that does not load leaves the old one answering, and says why; the next good one takes over", async () => {
  const store = await openStore();
  const damage: Record<string, [(directory: string) => Promise<unknown>, RegExp]> = {
    flipped: [
      (at) => writeFile(path.join(at, "vocab.txt"), "nonsense"),
      /vocab\.txt has 8 bytes; its manifest says/,
    ],
    short: [(at) => truncate(path.join(at, "model.onnx.data"), 4096), /model\.onnx\.data has 4096 bytes/],
    missing: [(at) => rm(path.join(at, "model.onnx")), /ENOENT/],
    bare: [(at) => rm(path.join(at, "bertops-manifest.json")), /ENOENT.*bertops-manifest/],
  };
  const service = await startReadyService({ MODEL_ROOT: store });
  for (const [version, [change, message]] of Object.entries(damage)) {
    await addVersion(store, "bert", version, second.directory, async (at) => void (await change(at)));
    await publish(store, "bert", version);
    await until(async () => (await get(`${service.url}/model`)).body.failure?.version === version);
    const { body } = await get(`${service.url}/model`);
    expect(body.failure.message).toMatch(message);
    expect(body.model.version).toBe("v1");
    expect(await answering(service)).toBe("v1");
    expect((await get(`${service.url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${service.url}/metrics`)).text()).toContain(
      `bertops_model_failed{version="${version}"} 1`,
    );
    expect(
      service.log.some((line) => line.message === "a model does not load" && line["stays"] === "v1"),
    ).toBe(true);
  }
  await publish(store, "bert", "v2");
  await until(async () => (await answering(service)) === "v2");
});

/** As large as those whose hashes are computed by a thread of their own. */
const large = await smallModel(scratch, 23, 150_000);

test.each([
  ["the first block of the weights", second, "model.onnx.data", 5000, "block 0"],
  ["the first block of large weights", large, "model.onnx.data", 5000, "block 0"],
  ["the last byte of large weights", large, "model.onnx.data", -1, "block 7\\d"],
  ["the graph", second, "model.onnx", 100, "block 0"],
])(
  "%s, changed after the push, is found by its hash before anybody is answered",
  async (_, model, name, at, where) => {
    const store = await openStore();
    const directory = await addVersion(store, "bert", "v3", model.directory);
    const file = await open(path.join(directory, name), "r+");
    const { size } = await file.stat();
    const position = at < 0 ? size + at : at;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, position);
    await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, position);
    await file.close();
    const service = await startReadyService({ MODEL_ROOT: store });
    await publish(store, "bert", "v3");
    await until(async () => (await get(`${service.url}/model`)).body.failure !== null);
    expect((await get(`${service.url}/model`)).body.failure.message).toMatch(
      new RegExp(`/${name} differs from its manifest in ${where}:`),
    );
    expect(await answering(service)).toBe("v1");
    expect(service.log.some((line) => line.message === "a model is loaded" && line["version"] === "v3")).toBe(
      false,
    );
    await addVersion(store, "bert", "v4", model.directory);
    await publish(store, "bert", "v4");
    await until(async () => (await answering(service)) === "v4");
  },
);

/** A service whose model is asked without a pause while another is loaded: that one's process stands still now. */
async function openLoading(): Promise<{ service: TestService; loading: number; load: AbortController }> {
  const store = await openStore();
  await addVersion(store, "bert", "v3", large.directory);
  const service = await startReadyService({ MODEL_ROOT: store, CACHE_MB: "0" });
  const load = new AbortController();
  const client = async (): Promise<void> => {
    while (!load.signal.aborted) await answering(service);
  };
  // A service that is killed answers nobody.
  for (let clients = 0; clients < 4; clients += 1) client().catch(() => {});
  await publish(store, "bert", "v3");
  let loading: number | undefined;
  await until(async () => {
    const children = await childrenOf(service.child.pid ?? 0);
    const states = await Promise.all(children.map(stateOf));
    loading = children[states.indexOf("T")];
    return loading !== undefined;
  });
  return { service, loading: loading ?? 0, load };
}

test.skipIf(process.platform !== "linux")(
  "a model that is loaded takes turns with the one that is asked, and answers in the end",
  async () => {
    const { service, loading, load } = await openLoading();
    await until(async () => (await answering(service)) === "v3");
    load.abort();
    expect(["R", "S"]).toContain(await stateOf(loading));
    // Neither the old model's process nor what watched over the load is left.
    await until(async () => (await childrenOf(service.child.pid ?? 0)).join() === String(loading));
  },
);

test.skipIf(process.platform !== "linux")(
  "a service that is killed while a process stands still leaves none behind",
  async () => {
    const { service, loading } = await openLoading();
    const guards = (await childrenOf(service.child.pid ?? 0)).filter((pid) => pid !== loading);
    expect(guards.length).toBeGreaterThan(0);
    service.child.kill("SIGKILL");
    for (const pid of [loading, ...guards]) await until(async () => ["", "Z"].includes(await stateOf(pid)));
  },
);

/** `T` of a process that was stopped, `Z` of a dead one that nobody asked about; nothing of one that is gone. */
async function stateOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "";
}

test("who asks for /model makes it look at the store", async () => {
  const store = await openStore();
  const service = await startReadyService({ MODEL_ROOT: store, MODEL_POLL_MS: "3600000" });
  await publish(store, "bert", "v2");
  await until(async () => (await get(`${service.url}/model`)).body.model.version === "v2");
  expect(await answering(service)).toBe("v2");
});

test("going back while another version is loaded ends with the one that is published; a new one is loaded after a crash", async () => {
  const store = await openStore();
  const service = await startReadyService({ MODEL_ROOT: store });
  for (const version of ["v2", "v1", "v2", "v1", "v2"]) await publish(store, "bert", version);
  await until(async () => (await answering(service)) === "v2");
  const children = (): Promise<number[]> => childrenOf(service.child.pid ?? 0);
  if (process.platform !== "linux") return;
  await until(async () => (await children()).length === 1);
  process.kill((await children())[0] ?? 0, "SIGKILL");
  await until(() =>
    service.log.some((line) => String(line["error"]).includes("the inference process ended")),
  );
  await until(async () => (await answering(service)) === "v2");
  expect((await get(`${service.url}/model`)).body.failure).toBeNull();
});
