/**
 * npm run bench:serve [-- --size base|small] [-- --rounds N] [-- --only W1,W3] [-- --precision fp32,int8]
 *   [-- --python PYTHON] [-- --tei BINARY] [-- --quick]
 *
 * Compares the service with what people use today, on the same random weights and the same kind of texts, over HTTP on this
 * machine. Contenders alternate within each round. Prints medians over the rounds, ratios to the first contender, and the
 * goals with what was reached; says whom it leaves out. Needs `npm run build`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ask } from "./ask.js";
import { contenders } from "./contenders.js";
import { goals } from "./goals.js";
import { makeModels } from "./models.js";
import { SIZES } from "./random-model.js";
import { withService } from "./running.js";
import { summarise } from "./table.js";
import { WORKLOADS } from "./workloads.js";

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

/**
 * Starts a contender, measures everything, ends it.
 * @param {Contender} contender @param {Models} models @param {typeof WORKLOADS} workloads
 * @returns {Promise<Round>}
 */
function measure(contender, models, workloads) {
  const how = (/** @type {number} */ port) => ({
    command: contender.command(models, port),
    variables: contender.variables?.(models) ?? {},
  });
  return withService(how, async ({ port, startSeconds, megabytes }) => {
    await pause(500);
    const idle = await megabytes();
    /** @type {Round["found"]} */
    const found = {};
    for (const workload of workloads) {
      let most = 0;
      const sampling = setInterval(() => {
        void megabytes().then((now) => (most = Math.max(most, now)));
      }, 500);
      const measured = await ask(port, workload);
      clearInterval(sampling);
      found[workload.name] = { ...measured, megabytes: Math.max(most, await megabytes()) };
    }
    return { startSeconds, idle, found };
  });
}

const size = SIZES[flags.size];
if (size === undefined) throw new Error(`--size takes ${Object.keys(SIZES).join(" or ")}`);
const precisions = flags.precision.split(",");
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3));
const chosen = flags.only?.split(",");
const workloads = WORKLOADS.filter(({ name }) => chosen === undefined || chosen.includes(name)).map(
  (workload) =>
    flags.quick && workload.name !== "W3"
      ? { ...workload, seconds: workload.seconds / 3, requests: Math.ceil(workload.requests / 3) }
      : workload,
);
const home = await mkdtemp(path.join(tmpdir(), "bertops-bench-serve-"));
try {
  console.log(
    `${flags.size}: ${JSON.stringify(size)}; ${availableParallelism()} x ${cpus()[0]?.model}; ${rounds} rounds`,
  );
  const all = contenders({ python: flags.python, tei: flags.tei, precisions });
  for (const { name, missing } of all)
    if (missing !== undefined) console.log(`left out: ${name}: ${missing}`);
  const taking = all.filter(({ missing }) => missing === undefined);
  const models = await makeModels(home, size, precisions);
  /** @type {Map<string, Round[]>} */
  const results = new Map(taking.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of taking) {
      if (!results.has(contender.name)) continue;
      try {
        results.get(contender.name)?.push(await measure(contender, models, workloads));
        console.log(`round ${round + 1}: ${contender.name}`);
      } catch (error) {
        results.delete(contender.name);
        console.log(`left out: ${contender.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  console.log(`\n${summarise(results, workloads)}\n\n${goals(results)}`);
} finally {
  await rm(home, { recursive: true, force: true });
}
