import { expect, test } from "vitest";
import { testEndpoint } from "../../src/operations/test-endpoint/test-endpoint.ts";
import { openScratch, smallModel } from "../template/models.ts";
import { startReadyService, startTestService } from "../template/service.ts";
import { type Handler, honest, type Reply, serveReplies } from "./http-server.ts";
import { bertops } from "./run.ts";

const scratch = await openScratch();
const model = await smallModel(scratch, 51);

test("a good service: the object that scripts rely on, and exit code 0", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory });
  const { code, stdout } = await bertops(["test-endpoint", "--url", service.url, "--json"]);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({
    ok: true,
    command: "test-endpoint",
    url: service.url,
    context: { target: "JSON", texts: ["text", "format", "data"] },
    model: { name: "bert", version: "local" },
  });
  expect(code).toBe(0);
  expect(result.context.sims).toHaveLength(3);
  expect(result.checks.map((check: { name: string; ok: boolean }) => [check.name, check.ok])).toEqual([
    ["status", true],
    ["shape", true],
    ["range", true],
    ["self-similarity", true],
    ["bad-input", true],
    ["answers", true],
    ["instances", true],
  ]);
  const { p50, p95, p99 } = result.latencyMs;
  expect(p50).toBeGreaterThan(0);
  expect([p50, p95, p99]).toEqual([p50, p95, p99].toSorted((a, b) => a - b));
});

test("one's own question, a load, and a token; the same for a person", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory, BERTOPS_TOKEN: "t" });
  const url = service.url.replace("http://", "");
  const asked = ["test-endpoint", url, "--target", "a dog", "--text", "a puppy", "--text", "a car"];
  const answer = await bertops([...asked, "--load", "--clients", "4", "--seconds", "1"], {
    BERTOPS_TOKEN: "t",
  });
  expect(answer.code).toBe(0);
  expect(answer.stdout).toMatch(/ok {5}self-similarity: the target to itself: 1\n/);
  expect(answer.stdout).toMatch(/-?\d\.\d{4} {2}a dog ~ a puppy\n {2}-?\d\.\d{4} {2}a dog ~ a car\n/);
  expect(answer.stdout).toMatch(/load: 4 clients, \d+ answers in [\d.]+ s, 0 failed/);
  const without = await bertops([...asked, "--json"]);
  expect(without.code).toBe(4);
  expect(JSON.parse(without.stdout).error).toMatchObject({ reason: "unauthorized", exitCode: 4 });
});

const sims = (reply: Reply, change: (sims: number[]) => number[]): Reply => {
  const { context } = (reply.body ?? {}) as { context?: { sims: number[] } };
  return context === undefined
    ? reply
    : { ...reply, body: { context: { ...context, sims: change(context.sims) } } };
};
let turn = 0;
const FAULTS: Record<string, [string, Handler, RegExp]> = {
  "a similarity above 1": [
    "range",
    honest((reply) => sims(reply, (all) => all.map((sim) => sim + 0.1))),
    /1\.1/,
  ],
  "a target unlike itself": [
    "self-similarity",
    honest((reply) => sims(reply, (all) => all.map(() => 0.9))),
    /0\.9/,
  ],
  "a similarity too few": [
    "shape",
    honest((reply) => sims(reply, (all) => all.slice(1))),
    /3 similarities for 4/,
  ],
  "another target": [
    "shape",
    honest((reply, path) =>
      path === "/sim" && reply.status === undefined
        ? { ...reply, body: { context: { target: "x", texts: [], sims: [] } } }
        : reply,
    ),
    /another target/,
  ],
  "no similarities": [
    "shape",
    honest((reply, path) => (path === "/sim" ? { ...reply, body: { ok: 1 } } : reply)),
    /no context/,
  ],
  "an error in every fifth answer": [
    "answers",
    honest((reply, path) => {
      turn += 1;
      return path === "/sim" && turn % 5 === 0 ? { status: 500, body: "oops" } : reply;
    }),
    /requests failed: HTTP 500/,
  ],
  "bad input that is answered": [
    "bad-input",
    honest((reply) => (reply.status === 422 ? { ...reply, status: 200 } : reply)),
    /answered 200/,
  ],
};

for (const [what, [name, handler, detail]] of Object.entries(FAULTS)) {
  test(`${what} is found: exit code 6`, async () => {
    const { code, stdout } = await bertops(["test-endpoint", await serveReplies(handler), "--json"]);
    expect(code).toBe(6);
    const result = JSON.parse(stdout);
    expect(result.ok).toBe(false);
    const fault = result.checks.find(
      (check: { ok: boolean; name: string }) => !check.ok && check.name === name,
    );
    expect(fault?.detail).toMatch(detail);
  });
}

/** Patience that is never used up where all is well, and little where a fault is expected. */
const PATIENT = { wait: 60_000, surveyWithin: 60_000 };
const IMPATIENT = { wait: 300, surveyWithin: 300 };

function testWith(url: string, instances: number, patience = IMPATIENT): ReturnType<typeof testEndpoint> {
  return testEndpoint(
    {
      question: { target: "JSON", texts: ["text"] },
      ...patience,
      signal: new AbortController().signal,
      emit: () => {},
    },
    { environment: () => Promise.resolve({ url, instances, assigned: false }) },
  );
}

test("every instance of the environment must answer, and with the same version", async () => {
  let number = 0;
  let behind = 0;
  const versions = ["v1", "v1", "v1"];
  const several = await serveReplies((path, body) => {
    number += 1;
    const instance = `i-${number % 3}`;
    const late = number % 3 === 1 && behind > 0 && behind-- > 0;
    const version = late ? "v0" : (versions[number % 3] ?? "");
    return honest(
      (reply) => ({ ...reply, headers: { ...reply.headers, "x-bertops-model-version": version } }),
      instance,
    )(path, body);
  });
  const instances = async (expected: number, patience = IMPATIENT): Promise<unknown> =>
    (await testWith(several, expected, patience)).checks.find(({ name }) => name === "instances");
  expect(await instances(3, PATIENT)).toEqual({
    name: "instances",
    ok: true,
    detail: "all 3 instances answer with version v1",
  });
  expect(await instances(4)).toMatchObject({ ok: false, detail: expect.stringMatching(/^3 of 4 instances/) });
  // An instance that is a moment behind is waited for.
  behind = 9;
  expect(await instances(3, PATIENT)).toMatchObject({ ok: true });
  versions[1] = "v0";
  expect(await instances(3)).toMatchObject({ ok: false, detail: expect.stringContaining("i-1: v0") });
});

test("nothing there: exit code 5; a service without a model: exit code 6 and the next command", async () => {
  const nobody = await bertops(["test-endpoint", "http://127.0.0.1:9", "--timeout", "5s", "--json"]);
  expect(nobody.code).toBe(5);
  expect(JSON.parse(nobody.stdout).error).toMatchObject({ reason: "unreachable", exitCode: 5 });

  const proxy = await serveReplies(() => ({ status: 502, body: "<html>Bad Gateway</html>" }));
  await expect(testWith(proxy, 1)).rejects.toMatchObject({ reason: "not-the-service", exitCode: 5 });

  const stranger = await serveReplies(() => ({ status: 404, body: "nothing" }));
  await expect(testWith(stranger, 1)).rejects.toMatchObject({ reason: "not-the-service", exitCode: 6 });

  const empty = await startTestService({ MODEL_ROOT: scratch, MODEL_NAME: "nothing" });
  await expect(testWith(empty.url, 1)).rejects.toMatchObject({
    reason: "no-model",
    exitCode: 6,
    next: ["bertops push-model DIR"],
  });

  const unmounted = await startTestService({ MODEL_ROOT: `${scratch}/none` });
  await expect(testWith(unmounted.url, 1)).rejects.toMatchObject({
    reason: "store-not-mounted",
    exitCode: 6,
  });
});

test("a name that does not resolve is told at once, not waited for", async () => {
  // No label is that long: every resolver says so, even one that reaches nobody.
  const { code, stdout } = await bertops(["test-endpoint", `${"x".repeat(64)}.invalid`, "--json"]);
  expect([code, JSON.parse(stdout).error]).toMatchObject([
    2,
    { reason: "unknown-host", next: ["bertops test-endpoint --env NAME", "bertops status"] },
  ]);
});

test("flags that mean nothing exit with 2", async () => {
  for (const argv of [
    ["--load", "--clients", "0"],
    ["--load", "--seconds", "x"],
    ["--url", "http://"],
  ]) {
    expect(
      (await bertops(["test-endpoint", ...argv, ...(argv[0] === "--url" ? [] : ["127.0.0.1:9"])])).code,
    ).toBe(2);
  }
});
