/**
 * npm run bench:switch [-- --size base|small] [-- --switches 20] [-- --seconds 30]
 *
 * Changes `current` again and again between two models while 32 clients ask. Every answer is compared with what each of the
 * two models answered before; the same load without switches comes first. Ends with 1 when a request failed, when an answer
 * was not that of the model it names, or when p99 was more than twice that without switches. Needs `npm run build`.
 */
import { rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ask } from "./ask.js";
import { SERVER } from "./contenders.js";
import { makeModels, writeManifest } from "./models.js";
import { SIZES } from "./random-model.js";
import { withService } from "./running.js";
import { quantile, short } from "./table.js";
import { WORKLOADS } from "./workloads.js";

const { values: flags } = parseArgs({
  options: {
    size: { type: "string", default: "small" },
    switches: { type: "string", default: "20" },
    seconds: { type: "string", default: "30" },
  },
});
const CLIENTS = 32;
/** Float32 answers differ by less than this from run to run; two random models differ by far more. */
const TOLERANCE = 1e-5;

const size = SIZES[flags.size];
if (size === undefined) throw new Error(`--size takes ${Object.keys(SIZES).join(" or ")}`);
const mixed = WORKLOADS.find(({ name }) => name === "W3");
if (mixed === undefined) throw new Error("there is no W3");
const questions = Array.from({ length: CLIENTS }, mixed.question);

/** @param {string} store @param {string} version */
async function publish(store, version) {
  const next = path.join(store, "bert", `.current-${version}`);
  await symlink(path.join("versions", version), next);
  await rename(next, path.join(store, "bert", "current"));
}

/** @param {string} body @returns {{ target: string, sims: number[] }} */
function answerOf(body) {
  const { context } = JSON.parse(body);
  return { target: context.target, sims: context.sims };
}

const home = await mkdtemp(path.join(tmpdir(), "bertops-bench-switch-"));
process.once("exit", () => rmSync(home, { recursive: true, force: true }));
let failed = false;
const store = path.join(home, "store");
await mkdir(path.join(store, "bert", "versions"), { recursive: true });
for (const version of ["v1", "v2"]) {
  const models = await makeModels(path.join(home, version), size, ["fp32"]);
  const directory = path.join(store, "bert", "versions", version);
  await cp(models.prepared("fp32"), directory, { recursive: true });
  await writeManifest(directory, version);
  await rm(path.join(home, version), { recursive: true });
}
await publish(store, "v1");
const how = () => ({
  command: [process.execPath, SERVER],
  variables: { MODEL_ROOT: store, MODEL_NAME: "bert", CACHE_MB: "0", MODEL_POLL_MS: "200" },
});
await withService(how, async ({ port, output }) => {
  /** @type {Map<string, Map<string, number[]>>} what each version answers to each target */
  const truth = new Map();
  const until = async (/** @type {string} */ version) => {
    for (;;) {
      const state = /** @type {{ model: { version: string } | null, loading: unknown }} */ (
        await (await fetch(`http://127.0.0.1:${port}/model`)).json()
      );
      if (state.model?.version === version && state.loading === null) return;
      await pause(20);
    }
  };
  for (const version of ["v2", "v1"]) {
    await publish(store, version);
    await until(version);
    /** @type {Map<string, number[]>} */
    const answers = new Map();
    let next = 0;
    const each = {
      ...mixed,
      clients: 1,
      requests: CLIENTS,
      seconds: 600,
      question: () => questions[next++] ?? mixed.question(),
    };
    await ask(port, each, ({ body }) => {
      const { target, sims } = answerOf(body);
      answers.set(target, sims);
    });
    truth.set(version, answers);
  }
  let turn = 0;
  const load = {
    ...mixed,
    clients: CLIENTS,
    seconds: Number(flags.seconds),
    question: () => questions[turn++ % CLIENTS] ?? mixed.question(),
  };
  const calm = await ask(port, load);
  /** @type {Record<string, number>} */
  const byVersion = {};
  let wrong = 0;
  const switching = { ...load, seconds: Infinity, requests: Infinity };
  const running = ask(port, switching, ({ status, version = "", body }) => {
    if (status !== 200) return;
    byVersion[version] = (byVersion[version] ?? 0) + 1;
    const { target, sims } = answerOf(body);
    const agrees = [...truth].filter(([, answers]) =>
      sims.every((sim, index) => Math.abs(sim - (answers.get(target)?.[index] ?? 9)) < TOLERANCE),
    );
    if (agrees.length !== 1 || agrees[0]?.[0] !== version) wrong += 1;
  });
  for (let round = 0; round < Number(flags.switches); round += 1) {
    const version = round % 2 === 0 ? "v2" : "v1";
    await publish(store, version);
    await until(version);
  }
  switching.requests = 0;
  const moved = await running;
  const p99 = (/** @type {{ milliseconds: number[] }} */ measured) => quantile(measured.milliseconds, 0.99);
  const ratio = p99(moved) / p99(calm);
  const loads = output().split('"a model is loaded"').length - 1;
  console.log(
    [
      `${flags.size}; ${CLIENTS} clients, target + 3 texts; ${flags.switches} switches (${loads} loads) in ${short(moved.seconds)} s`,
      `without switches: ${calm.requests} answers, ${calm.failed} failed, p50 ${short(quantile(calm.milliseconds))} ms, p99 ${short(p99(calm))} ms`,
      `with switches:    ${moved.requests} answers, ${moved.failed} failed, p50 ${short(quantile(moved.milliseconds))} ms, p99 ${short(p99(moved))} ms, longest ${short(Math.max(...moved.milliseconds))} ms`,
      `answers by version: ${JSON.stringify(byVersion)}; not exactly one model's: ${wrong}`,
      `p99 with / without switches: ${short(ratio)} (at most 2)`,
    ].join("\n"),
  );
  failed = moved.failed + calm.failed + wrong > 0 || !(ratio <= 2);
});
process.exitCode = failed ? 1 : 0;
