import { expect, test } from "vitest";
import { cosine, embed } from "../model/reference.ts";
import { openScratch, smallModel } from "./models.ts";
import { get, post, startReadyService } from "./service.ts";

const model = await smallModel(await openScratch(), 11);

/** The ids of a text of single letters, by the vocabulary of the random releases: 5 special pieces, then a to z. */
function ids(text: string): number[] {
  const letters = text.split(" ").filter((letter) => letter !== "");
  return [2, ...letters.map((letter) => 5 + letter.charCodeAt(0) - "a".charCodeAt(0)), 3];
}

function expected(target: string, texts: readonly string[]): number[] {
  const first = embed(model.reference, ids(target));
  return texts.map((text) => cosine(first, embed(model.reference, ids(text))));
}

test("POST /sim answers with cosine similarities that an independent implementation agrees with", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory, BERTOPS_INSTANCE: "i-1" });
  const texts = ["a b c", "c b a", "q", "a b", "x y z x y z x y z"];
  const answer = await post(`${service.url}/sim`, { target: "a b", texts });
  expect(answer.status).toBe(200);
  expect(Object.keys(answer.body)).toEqual(["context"]);
  expect(Object.keys(answer.body.context)).toEqual(["target", "texts", "sims"]);
  expect(answer.body.context).toMatchObject({ target: "a b", texts });
  const wanted = expected("a b", texts);
  for (const [index, sim] of answer.body.context.sims.entries())
    expect(sim).toBeCloseTo(wanted[index] ?? 9, 4);
  expect(answer.body.context.sims[3]).toBeCloseTo(1, 6);
  expect(answer.headers.get("x-bertops-model")).toBe("bert");
  expect(answer.headers.get("x-bertops-model-version")).toBe("local");
  expect(answer.headers.get("x-bertops-instance")).toBe("i-1");
  expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  const named = await post(`${service.url}/sim`, { target: "a", texts: [] }, { "x-request-id": "mine.1" });
  expect(named.headers.get("x-request-id")).toBe("mine.1");
  expect(named.body.context.sims).toEqual([]);
});

test("a text answers the same alone, among others, and from memory; what is too long is cut and said", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory });
  const ask = async (
    texts: string[],
  ): Promise<{ sims: number[]; truncated?: number[]; targetTruncated?: boolean }> =>
    (await post(`${service.url}/sim`, { target: "a b", texts })).body.context;
  const alone = (await ask(["q r s"])).sims[0];
  const among = (await ask(["m", "q r s", "t u v w x y z a b c d e f g", "", "q r s"])).sims;
  expect(among[1]).toBeCloseTo(alone ?? 9, 6);
  expect(among[4]).toBe(among[1]);
  expect((await ask(["q r s"])).sims[0]).toBeCloseTo(alone ?? 9, 6);

  const long = Array.from({ length: 60 }, () => "a").join(" ");
  const cut = await ask(["a", long, long]);
  expect(cut.truncated).toEqual([1, 2]);
  expect(cut.targetTruncated).toBeUndefined();
  const kept = Array.from({ length: 38 }, () => "a").join(" ");
  expect(await ask([kept])).not.toHaveProperty("truncated");
  expect((await ask([kept])).sims[0]).toBeCloseTo(cut.sims[1] ?? 9, 6);
  const target = (await post(`${service.url}/sim`, { target: long, texts: ["a"] })).body.context;
  expect(target).toMatchObject({ targetTruncated: true });
  expect(target).not.toHaveProperty("truncated");
});

test("POST /embed answers with the embeddings; POST /v1/embeddings as OpenAI's clients want them", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory, MODEL_NAME: "small" });
  const texts = ["a b c", "d"];
  const raw = (await post(`${service.url}/embed`, { texts })).body;
  expect(raw).toMatchObject({ dimensions: 32, model: "small", version: "local" });
  for (const [index, text] of texts.entries()) {
    for (const [column, value] of embed(model.reference, ids(text)).entries()) {
      expect(raw.embeddings[index][column]).toBeCloseTo(value, 4);
    }
  }
  const unit = (await post(`${service.url}/embed`, { texts, normalize: true })).body
    .embeddings[0] as number[];
  expect(Math.hypot(...unit)).toBeCloseTo(1, 5);

  const floats = (await post(`${service.url}/v1/embeddings`, { input: texts, model: "any" })).body;
  expect(floats).toMatchObject({
    object: "list",
    model: "small",
    usage: { prompt_tokens: 8, total_tokens: 8 },
  });
  expect(floats.data.map((entry: { index: number }) => entry.index)).toEqual([0, 1]);
  const base64 = (await post(`${service.url}/v1/embeddings`, { input: "a b c", encoding_format: "base64" }))
    .body;
  const bytes = Buffer.from(base64.data[0].embedding, "base64");
  const decoded = Array.from({ length: 32 }, (_, index) => bytes.readFloatLE(index * 4));
  for (const [index, value] of decoded.entries()) {
    expect(value).toBeCloseTo(unit[index] ?? 9, 6);
    expect(floats.data[0].embedding[index]).toBeCloseTo(value, 6);
  }
  expect((await post(`${service.url}/v1/embeddings`, { input: "a", dimensions: 8 })).status).toBe(422);
});

test("the routes that operators ask", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory });
  await post(`${service.url}/sim`, { target: "a", texts: ["b"] });
  await post(`${service.url}/sim`, { target: "a", texts: ["b"] });
  expect((await get(`${service.url}/livez`)).body).toEqual({ status: "alive" });
  expect((await get(`${service.url}/healthz`)).body).toEqual({ status: "ready", store: "published" });
  expect((await get(`${service.url}/readyz`)).body).toMatchObject({ status: "ready", version: "local" });
  expect((await get(`${service.url}/model`)).body).toMatchObject({
    status: "ready",
    model: { version: "local", layers: 2, hidden: 32, precision: "fp32", maxTokens: 40 },
    loading: null,
    failure: null,
    nextModel: { switch: "beside-the-old" },
  });
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toContain('bertops_requests_total{route="/sim",status="200"} 2');
  expect(metrics).toContain("bertops_texts_total 4");
  expect(metrics).toContain("bertops_cached_texts_total 2");
  expect(metrics).toContain('bertops_model_info{model="bert",version="local"} 1');
  for (const line of metrics.trim().split("\n")) {
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[^}]*\})? -?[0-9.e+-]+)$/);
  }
  const head = await fetch(`${service.url}/livez`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("requests are logged as JSON with their ids and without their texts, health checks only when they change", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory });
  await post(`${service.url}/sim`, { target: "secret", texts: ["b", "c"] }, { "x-request-id": "r-1" });
  await get(`${service.url}/healthz`);
  await get(`${service.url}/healthz`);
  expect(await service.stop()).toBe(0);
  const lines = service.log.filter(({ message }) => message === "request");
  expect(lines.find((line) => line["requestId"] === "r-1")).toMatchObject({
    method: "POST",
    path: "/sim",
    status: 200,
    texts: 3,
    cached: 0,
    version: "local",
  });
  expect(JSON.stringify(service.log)).not.toContain("secret");
  expect(lines.filter((line) => line["path"] === "/healthz")).toEqual([]);
});

test("a token opens what is closed; health and the page stay open", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory, BERTOPS_TOKEN: "first, second" });
  const question = { target: "a", texts: ["b"] };
  const without = await post(`${service.url}/sim`, question);
  expect([without.status, without.body.error.reason]).toEqual([401, "unauthorized"]);
  expect(without.headers.get("www-authenticate")).toBe("Bearer");
  for (const wrong of ["Bearer firs", "Bearer first2", "Basic first", "Bearer ", "first"]) {
    expect((await post(`${service.url}/sim`, question, { authorization: wrong })).status).toBe(401);
  }
  for (const token of ["first", "second"]) {
    expect((await post(`${service.url}/sim`, question, { authorization: `Bearer ${token}` })).status).toBe(
      200,
    );
  }
  expect((await get(`${service.url}/model`)).status).toBe(401);
  expect((await fetch(`${service.url}/metrics`)).status).toBe(401);
  for (const open of ["/", "/livez", "/healthz", "/readyz", "/openapi.json"]) {
    expect((await fetch(`${service.url}${open}`)).status).toBe(200);
  }
});
