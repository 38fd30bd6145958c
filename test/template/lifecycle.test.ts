import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { addVersion, openScratch, publish, smallModel } from "./models.ts";
import { childrenOf, get, post, startReadyService, startTestService, until } from "./service.ts";

const scratch = await openScratch();
const model = await smallModel(scratch, 31);
const QUESTION = { target: "a", texts: ["b"] };

test("from no store to an answer: each state says what to do next, and no restart is needed", async () => {
  const root = path.join(scratch, "efs");
  const service = await startTestService({ MODEL_ROOT: root, MODEL_NAME: "bert" });
  const asks = async (): Promise<[number, number, string, string]> => {
    const [health, sim] = [await get(`${service.url}/healthz`), await post(`${service.url}/sim`, QUESTION)];
    return [health.status, sim.status, sim.body.error?.reason, sim.body.error?.hint];
  };
  const state = async (): Promise<string> => (await get(`${service.url}/model`)).body.status;
  await until(async () => (await state()) === "unmounted");
  expect(await asks()).toEqual([503, 503, "store-not-mounted", "Run `bertops mount-efs`."]);

  await mkdir(root);
  await until(async () => (await state()) === "waiting");
  const [health, sim, reason, hint] = await asks();
  expect([health, sim, reason]).toEqual([200, 503, "no-model"]);
  expect(hint).toContain("bertops push-model DIR");
  expect((await get(`${service.url}/readyz`)).status).toBe(503);

  await addVersion(root, "bert", "broken", model.directory, async (at) => {
    await rename(path.join(at, "vocab.txt"), path.join(at, "words.txt"));
  });
  await publish(root, "bert", "broken");
  await until(async () => (await state()) === "failed");
  const failed = await asks();
  expect(failed.slice(0, 3)).toEqual([503, 503, "model-failed"]);
  expect(failed[3]).toContain("bertops models rollback");

  await addVersion(root, "bert", "good", model.directory);
  await publish(root, "bert", "good");
  await until(async () => (await state()) === "ready");
  expect((await post(`${service.url}/sim`, QUESTION)).status).toBe(200);

  // A store that goes away takes nothing from a service that has its model in memory.
  await rename(root, `${root}-gone`);
  await until(async () => (await get(`${service.url}/healthz`)).body.store === "unmounted");
  expect(await get(`${service.url}/healthz`)).toMatchObject({ status: 200, body: { status: "ready" } });
  expect((await post(`${service.url}/sim`, QUESTION)).status).toBe(200);
});

test.skipIf(process.platform !== "linux")("ONNX Runtime is told to tell nobody what it runs", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory });
  const [inference = 0] = await childrenOf(service.child.pid ?? 0);
  const environment = await readFile(`/proc/${inference}/environ`, "utf8");
  expect(environment.split("\0")).toContain("ORT_DISABLE_TELEMETRY=1");
});

test("an inference process ends when its service is gone before it came up", async () => {
  const child = fork(path.join(import.meta.dirname, "../../templates/similarity/inference/process.js"), [], {
    serialization: "advanced",
  });
  const ended = once(child, "exit");
  child.disconnect();
  expect(await ended).toEqual([0, null]);
});

test("SIGTERM: what is under way is answered, nothing new is taken, the exit code is 0", async () => {
  const service = await startReadyService({
    MODEL_PATH: model.directory,
    BATCH_TOKENS: "16",
    JOIN_BELOW_TOKENS: "0",
  });
  const texts = Array.from({ length: 400 }, (_, index) => `a b c d ${index}`);
  const large = post(`${service.url}/sim`, { target: "a", texts });
  await until(async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    return Number(/^bertops_queue_tokens (\d+)$/m.exec(metrics)?.[1]) > 0;
  });
  const stopped = service.stop();
  await until(() => service.log.some(({ message }) => message.startsWith("stopping")));
  await expect(fetch(`${service.url}/livez`)).rejects.toThrow("fetch failed");
  const answer = await large;
  expect(answer.status).toBe(200);
  expect(answer.body.context.sims).toHaveLength(400);
  expect(await stopped).toBe(0);
});

test("a connection that asks nothing does not keep the service from stopping", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory, DRAIN_SECONDS: "0.3" });
  const hanging = fetch(`${service.url}/sim`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new ReadableStream({ pull: () => new Promise<void>(() => {}) }),
    duplex: "half",
  });
  hanging.catch(() => {});
  await get(`${service.url}/livez`);
  expect(await service.stop()).toBe(0);
  await expect(hanging).rejects.toThrow("fetch failed");
});
