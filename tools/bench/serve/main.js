/**
 * npm run bench:serve [-- --size base|small] [-- --rounds N] [-- --only W1,W3] [-- --precision fp32,int8]
 *   [-- --python PYTHON] [-- --tei BINARY] [-- --quick]
 *
 * Compares the service with what people use today, on the same random weights and the same kind of texts, over HTTP on this
 * machine. In each round all contenders are started, asked a few times uncounted, and take turns at each workload; what
 * others on the machine disturbed is measured again. Prints medians over the rounds, ratios to the first contender, and the
 * goals with what was reached; says whom it leaves out. Needs `npm run build`.
 */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ask } from "./ask.js";
import { contenders } from "./contenders.js";
import { NOTICEABLE, undisturbed } from "./disturbance.js";
import { goals } from "./goals.js";
import { makeModels } from "./models.js";
import { SIZES } from "./random-model.js";
import { withService } from "./running.js";
import { summarise } from "./table.js";
import { WARM_UP, WORKLOADS } from "./workloads.js";

/** @typedef {import("./contenders.js").Contender} Contender */
/** @typedef {import("./models.js").Models} Models */
/** @typedef {import("./table.js").Round} Round */

const { values: flags } = parseArgs({
  options: {
    size: { type: "string", default: "base" },
    rounds: { type: "string" },
    only: { type: "string" },
    precision: { type: "string", default: "fp32,int8" },
    python: { type: "string" },
    tei: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});

/** @typedef {{ name: string, service: import("./running.js").Running, round: Round }} Started */
/** @typedef {import("./workloads.js").Workload} Workload */

const TURN_REQUESTS = 20;

/**
 * Starts contenders one after the other, lets them take turns at each workload, ends them.
 * @param {readonly Contender[]} taking @param {Models} models @param {readonly Started[]} [started]
 * @returns {Promise<readonly Started[]>}
 */
async function measure([contender, ...others], models, started = []) {
  if (contender === undefined) {
    for (const { service } of started) await ask(service.port, WARM_UP);
    for (const workload of workloads) await takeTurns(started, workload);
    return started;
  }
  const how = (/** @type {number} */ port) => ({
    command: contender.command(models, port),
    variables: contender.variables?.(models) ?? {},
  });
  let starts = false;
  try {
    return await withService(how, async (service) => {
      starts = true;
      await pause(500);
      const round = { startSeconds: service.startSeconds, idle: await service.megabytes(), found: {} };
      return measure(others, models, [...started, { name: contender.name, service, round }]);
    });
  } catch (error) {
    if (starts) throw error;
    console.log(`left out: ${contender.name}: ${error instanceof Error ? error.message : String(error)}`);
    return measure(others, models, started);
  }
}

/**
 * One client's questions are asked in small turns: what slows the machine down for a second slows everybody then. Many
 * clients need all their time to find their rhythm.
 * @param {readonly Started[]} started @param {Workload} workload
 */
async function takeTurns(started, workload) {
  if (workload.clients > 1) {
    for (const one of started) await takeTurn(one, workload);
    return;
  }
  let left = started.map((one) => ({ one, requests: workload.requests, seconds: workload.seconds }));
  while (left.length > 0) {
    for (const each of left) {
      const { one, requests, seconds } = each;
      const took = await takeTurn(one, { ...workload, requests: Math.min(TURN_REQUESTS, requests), seconds });
      each.requests -= took.requests + took.failed;
      each.seconds -= took.seconds;
    }
    left = left.filter(({ requests, seconds }) => requests > 0 && seconds > 0);
  }
}

/** @typedef {Round["found"][string]} Found */

/** Two turns of one client. @param {Found} one @param {Found} other @returns {Found} */
function joined(one, other) {
  return {
    milliseconds: [...one.milliseconds, ...other.milliseconds],
    requests: one.requests + other.requests,
    texts: one.texts + other.texts,
    seconds: one.seconds + other.seconds,
    failed: one.failed + other.failed,
    byClient: one.byClient.map((count, client) => count + (other.byClient[client] ?? 0)),
    megabytes: Math.max(one.megabytes, other.megabytes),
  };
}

/** @param {Started} started @param {Workload} workload */
async function takeTurn({ name, service: { port, megabytes }, round }, workload) {
  const { measured, others } = await undisturbed(async () => {
    let most = 0;
    const sampling = setInterval(() => {
      void megabytes().then((now) => (most = Math.max(most, now)));
    }, 500);
    const answers = await ask(port, workload);
    clearInterval(sampling);
    return { ...answers, megabytes: Math.max(most, await megabytes()) };
  });
  const before = round.found[workload.name];
  round.found[workload.name] = before === undefined ? measured : joined(before, measured);
  if (others > NOTICEABLE)
    console.log(`${workload.name}, ${name}: others took ${others.toFixed(1)} cores meanwhile`);
  return measured;
}

const size = SIZES[flags.size];
if (size === undefined) throw new Error(`--size takes ${Object.keys(SIZES).join(" or ")}`);
const precisions = flags.precision.split(",");
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3));
const chosen = flags.only?.split(",");
const workloads = WORKLOADS.filter(({ name }) => chosen === undefined || chosen.includes(name)).map(
  (workload) =>
    flags.quick
      ? {
          ...workload,
          seconds: workload.name === "W3" ? 12 : workload.seconds / 3,
        }
      : workload,
);
const home = await mkdtemp(path.join(tmpdir(), "bertops-bench-serve-"));
process.once("exit", () => rmSync(home, { recursive: true, force: true }));
console.log(
  `${flags.size}: ${JSON.stringify(size)}; ${availableParallelism()} x ${cpus()[0]?.model}; ${rounds} rounds`,
);
const all = contenders({ python: flags.python, tei: flags.tei, precisions });
for (const { name, missing } of all) if (missing !== undefined) console.log(`left out: ${name}: ${missing}`);
const taking = all.filter(({ missing }) => missing === undefined);
const models = await makeModels(home, size, precisions);
/** @type {Map<string, Round[]>} */
const results = new Map(taking.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const each of await measure(taking, models)) results.get(each.name)?.push(each.round);
  console.log(`round ${round + 1} of ${rounds}`);
}
for (const [name, found] of results) if (found.length < rounds) results.delete(name);
console.log(`\n${summarise(results, workloads)}\n\n${goals(results)}`);
