/**
 * npm run bench:serve [-- --size base|small] [-- --rounds N] [-- --only W1,W3] [-- --int8] [-- --python PYTHON] [-- --quick]
 *
 * Compares the service with what people use today, on the same random weights and the same kind of texts, over HTTP on this
 * machine. Contenders alternate within each round. Prints medians over the rounds and ratios to the first contender; says whom
 * it leaves out. Needs `npm run build`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { availableParallelism, cpus, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ask } from "./ask.js";
import { built } from "./built.js";
import { contenders } from "./contenders.js";
import { megabytesOf } from "./memory.js";
import { writePlainGraph } from "./plain-graph.js";
import { SIZES, writeRandomModel } from "./random-model.js";
import { summarise } from "./table.js";
import { WORKLOADS } from "./workloads.js";

/** @typedef {import("./contenders.js").Contender} Contender */
/** @typedef {import("./contenders.js").Models} Models */

const { values: flags } = parseArgs({
  options: {
    size: { type: "string", default: "base" },
    rounds: { type: "string" },
    only: { type: "string" },
    int8: { type: "boolean", default: false },
    python: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});

/** @param {string} home @param {import("./random-model.js").Size} size @returns {Promise<Models>} */
async function makeModels(home, size) {
  const at = (/** @type {string} */ name) => path.join(home, name);
  const { prepareModel } = await built("model/prepare.js");
  await writeRandomModel(at("source"), size);
  await mkdir(at("plain"));
  await writePlainGraph(at("source"), at("plain"));
  await copyFile(path.join(at("source"), "vocab.txt"), path.join(at("plain"), "vocab.txt"));
  const { signal } = new AbortController();
  const emit = () => {};
  await prepareModel({ input: at("source"), output: at("prepared"), precision: "fp32", signal, emit });
  if (flags.int8)
    await prepareModel({ input: at("source"), output: at("int8"), precision: "int8", signal, emit });
  return {
    source: at("source"),
    plain: at("plain"),
    prepared: at("prepared"),
    int8: flags.int8 ? at("int8") : undefined,
  };
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/**
 * Starts a contender, measures everything, ends it.
 * @param {Contender} contender @param {Models} models @param {typeof WORKLOADS} workloads
 */
async function measure(contender, models, workloads) {
  const port = await freePort();
  const [program = "", ...args] = contender.command(models, port);
  const begun = performance.now();
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      PORT: String(port),
      ...contender.environment,
      ...contender.variables?.(models),
    },
  });
  const exited = once(child, "exit");
  try {
    const probe = {
      name: "",
      what: "",
      clients: 1,
      seconds: 1,
      requests: 1,
      question: () => ({ target: "aaaa", texts: [] }),
    };
    while ((await ask(port, probe)).failed > 0) {
      if (child.exitCode !== null) throw new Error(`${contender.name} ended with ${child.exitCode}`);
      await pause(10);
    }
    const startSeconds = (performance.now() - begun) / 1000;
    await pause(500);
    const idle = await megabytesOf(child.pid ?? 0);
    /** @type {Record<string, import("./ask.js").Measured & { megabytes: number }>} */
    const found = {};
    for (const workload of workloads) {
      const measured = await ask(port, workload);
      found[workload.name] = { ...measured, megabytes: await megabytesOf(child.pid ?? 0) };
    }
    return { startSeconds, idle, found };
  } finally {
    child.kill("SIGTERM");
    await Promise.race([exited, pause(5000)]);
    child.kill("SIGKILL");
  }
}

const size = SIZES[flags.size];
if (size === undefined) throw new Error(`--size takes ${Object.keys(SIZES).join(" or ")}`);
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3));
const chosen = flags.only?.split(",");
const workloads = WORKLOADS.filter(({ name }) => chosen === undefined || chosen.includes(name)).map(
  (workload) => (flags.quick ? { ...workload, seconds: workload.seconds / 3 } : workload),
);
const home = await mkdtemp(path.join(tmpdir(), "bertops-bench-serve-"));
try {
  console.log(
    `${flags.size}: ${JSON.stringify(size)}; ${availableParallelism()} x ${cpus()[0]?.model}; ${rounds} rounds`,
  );
  const models = await makeModels(home, size);
  const all = contenders({ python: flags.python, int8: flags.int8 });
  for (const { name, missing } of all)
    if (missing !== undefined) console.log(`left out: ${name}: ${missing}`);
  const taking = all.filter(({ missing }) => missing === undefined);
  /** @type {Map<string, Awaited<ReturnType<typeof measure>>[]>} */
  const results = new Map(taking.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of taking) {
      results.get(contender.name)?.push(await measure(contender, models, workloads));
      console.log(`round ${round + 1}: ${contender.name}`);
    }
  }
  console.log(`\n${summarise(results, workloads)}`);
} finally {
  await rm(home, { recursive: true, force: true });
}
