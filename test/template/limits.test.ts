import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { openScratch, smallModel } from "./models.ts";
import { childrenOf, get, post, startReadyService, until } from "./service.ts";

const model = await smallModel(await openScratch(), 12);
const QUESTION = { target: "a", texts: ["b"] };

/** Sends bytes as they are and reads the answer until the connection is closed. */
async function raw(url: string, ...parts: (string | number)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString("utf8")));
  socket.on("error", () => {});
  const closed = once(socket, "close");
  await once(socket, "connect");
  for (const part of parts) {
    if (typeof part === "number") await pause(part);
    else socket.write(part);
  }
  await closed;
  return text;
}

const head = (length: number | string, more = ""): string =>
  `POST /sim HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${more}\r\n`;

test("what can't be answered is refused with a reason, a message and a hint", async () => {
  const service = await startReadyService({
    MODEL_PATH: model.directory,
    MAX_TEXTS: "3",
    MAX_BODY_BYTES: "2000",
    MAX_REQUEST_TOKENS: "16",
  });
  const sim = `${service.url}/sim`;
  const cases: [number, string, () => Promise<{ status: number; body: any }>][] = [
    [400, "invalid-json", () => post(sim, "{")],
    [400, "invalid-json", () => post(sim, '{"target":"a","texts":["b"]}}')],
    [400, "empty-body", () => post(sim, "")],
    [422, "invalid-field", () => post(sim, "null")],
    [422, "invalid-field", () => post(sim, "[]")],
    [422, "invalid-field", () => post(sim, {})],
    [422, "invalid-field", () => post(sim, { target: "a" })],
    [422, "invalid-field", () => post(sim, { target: 1, texts: ["b"] })],
    [422, "invalid-field", () => post(sim, { target: "a", texts: "b" })],
    [422, "invalid-field", () => post(sim, { target: "a", texts: ["b", null] })],
    [413, "too-many-texts", () => post(sim, { target: "a", texts: ["1", "2", "3", "4"] })],
    [413, "body-too-large", () => post(sim, { target: "a".repeat(2000), texts: [] })],
    [413, "too-many-tokens", () => post(sim, { target: "a b c d e", texts: ["f g h i j", "k l m n o"] })],
    [415, "unsupported-type", () => post(sim, QUESTION, { "content-type": "text/plain" })],
    [415, "unsupported-encoding", () => post(sim, QUESTION, { "content-encoding": "gzip" })],
    [404, "not-found", () => get(`${service.url}/nothing`)],
    [404, "not-found", () => get(`${service.url}/__proto__`)],
    [405, "method-not-allowed", () => get(sim)],
    [405, "method-not-allowed", () => post(`${service.url}/healthz`, {})],
    [422, "invalid-field", () => post(`${service.url}/embed`, { texts: ["a"], normalize: 1 })],
    [422, "invalid-field", () => post(`${service.url}/v1/embeddings`, { input: [1, 2] })],
  ];
  for (const [status, reason, ask] of cases) {
    const answer = await ask();
    expect({ status: answer.status, ...answer.body.error }).toMatchObject({ status, reason });
    expect(answer.body.error.message).toMatch(/\.$/);
    expect(answer.body.error.hint).toMatch(/\S/);
  }
  expect((await post(sim, QUESTION, { "content-type": "application/json; charset=utf-8" })).status).toBe(200);
  const field = await post(sim, { target: "a", texts: ["b", 7] });
  expect(field.body.error.message).toBe("`texts[1]` must be a text.");
  const latin = await raw(
    service.url,
    head(4, "connection: close\r\n"),
    Buffer.from([0x22, 0xe9, 0x22, 0x20]).toString("latin1"),
  );
  expect(latin).toMatch(/^HTTP\/1\.1 4/);
});

test("bodies that are too long, too slow, too short or no HTTP are refused, and others are still answered", async () => {
  const service = await startReadyService({
    MODEL_PATH: model.directory,
    MAX_BODY_BYTES: "5000",
    BODY_TIMEOUT_SECONDS: "0.4",
  });
  const chunked =
    "POST /sim HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
  const [declared, endless, asked, slow, stalled, garbage, negative] = await Promise.all([
    raw(service.url, head(1_000_000)),
    raw(service.url, chunked, `1000\r\n${"x".repeat(4096)}\r\n`, `1000\r\n${"x".repeat(4096)}\r\n`),
    raw(service.url, head(1_000_000, "expect: 100-continue\r\n")),
    raw(service.url, head(40), "{", 100, '"', 100, "t", 100, "a", 100, "r", 400),
    raw(service.url, "POST /sim HTTP/1.1\r\nhost: x\r\nconte"),
    raw(service.url, "\u0001\u0002 nonsense\r\n\r\n"),
    raw(service.url, head("-5")),
  ]);
  for (const answer of [declared, endless, asked]) {
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain("body-too-large");
    expect(answer).not.toContain("100 Continue");
  }
  for (const answer of [slow, stalled]) expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*"slow-request"/);
  for (const answer of [garbage, negative])
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*"unreadable-request"/);
  expect((await post(`${service.url}/sim`, QUESTION)).status).toBe(200);
});

test("more work than can be done in time is refused with retry-after, and what is given up leaves the queue", async () => {
  const service = await startReadyService({
    MODEL_PATH: model.directory,
    QUEUE_TOKENS: "512",
    BATCH_TOKENS: "16",
    JOIN_BELOW_TOKENS: "0",
    CACHE_MB: "0",
  });
  const sim = `${service.url}/sim`;
  const large = (mark: string): object => ({
    target: mark,
    texts: Array.from({ length: 300 }, (_, index) => `${mark} a b c ${index.toString(36)}`),
  });
  const answers = await Promise.all(Array.from("abcdefgh", (mark) => post(sim, large(mark))));
  const statuses = answers.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
  const refused = answers.find(({ status }) => status === 503);
  expect(refused?.body.error.reason).toBe("overloaded");
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);

  const hangUp = new AbortController();
  const gone = fetch(sim, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(large("z")),
    signal: hangUp.signal,
  });
  const queued = async (): Promise<number> => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    return Number(/^bertops_queue_tokens (\d+)$/m.exec(metrics)?.[1]);
  };
  await until(async () => (await queued()) > 0);
  hangUp.abort();
  await expect(gone).rejects.toThrow(/abort/i);
  await until(async () => (await queued()) === 0);
  expect((await post(sim, QUESTION)).status).toBe(200);
  expect(service.log.some((line) => line["status"] === 499)).toBe(true);
});

test("a request that waits without progress is refused, and the service goes on", async () => {
  const service = await startReadyService({
    MODEL_PATH: model.directory,
    REQUEST_TIMEOUT_SECONDS: "0.5",
    CACHE_MB: "0",
  });
  const [inference = 0] = await childrenOf(service.child.pid ?? 0);
  process.kill(inference, "SIGSTOP");
  const late = await post(`${service.url}/sim`, QUESTION);
  expect([late.status, late.body.error.reason]).toEqual([503, "timeout"]);
  expect(late.headers.get("retry-after")).toMatch(/^\d+$/);
  process.kill(inference, "SIGCONT");
  await until(async () => (await post(`${service.url}/sim`, QUESTION)).status === 200);
});

test("small requests take turns with a large one", async () => {
  const service = await startReadyService({
    MODEL_PATH: model.directory,
    BATCH_TOKENS: "16",
    JOIN_BELOW_TOKENS: "0",
    CACHE_MB: "0",
  });
  const texts = Array.from({ length: 1000 }, (_, index) => `a b c d e f g ${index}`);
  let over = false;
  const large = post(`${service.url}/sim`, { target: "a", texts }).finally(() => (over = true));
  const small = await post(`${service.url}/sim`, QUESTION);
  expect([small.status, over]).toEqual([200, false]);
  const { status, body } = await large;
  expect([status, body.context?.sims.length]).toEqual([200, 1000]);
});

test("settings that can't be used stop the service with a line that names them all", async () => {
  await expect(
    startReadyService({ MODEL_PATH: model.directory, BATCH_TOKENS: "many", MODEL_NAME: "../x" }),
  ).rejects.toThrow(/MODEL_NAME is [^]*BATCH_TOKENS is /u);
});
