/**
 * npm run bench:push [-- --quick] [-- --scenario TEXT] [-- --rounds N] [-- --congestion bbr]
 *
 * Pushes, and fetches, the same data with bertops and with what people use today, over loopback and over emulated long links, against
 * a real sshd; contenders alternate within each round. Prints medians and ratios. Needs root for the links, a C compiler, and
 * whichever contenders are installed; says what it leaves out.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { CONTENDERS, isInstalled } from "./contenders.js";
import { measure } from "./measure.js";
import { longLink, loopback } from "./network.js";
import { SCENARIOS } from "./scenarios.js";
import { startSshServer } from "./ssh-server.js";

/** @typedef {import("./scenarios.js").Scenario} Scenario */
/** @typedef {import("./measure.js").Measurement} Measurement */

const DEFAULT_LIMIT_SECONDS = 300;

const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean" },
    scenario: { type: "string" },
    rounds: { type: "string" },
    congestion: { type: "string" },
  },
});

/**
 * Of an even number of values the mean of the middle two.
 * @param {number[]} numbers
 */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/**
 * What differs between the source and what arrived, as `diff` says it; nothing where both are the same.
 * @param {string} source
 * @param {string} arrived
 */
function difference(source, arrived) {
  const words = ["--recursive", "--brief", "--exclude=bertops-manifest.json", source, arrived];
  return spawnSync("diff", words, { encoding: "utf8" }).stdout.slice(0, 500);
}

/**
 * Directories that are removed when everything was measured: ext4 without a journal searches for inodes that were not freed within the
 * last minutes, and whoever comes next would pay for it.
 * @type {string[]}
 */
const leftovers = [];

/** @typedef {import("./contenders.js").Contender} Contender */
/** @typedef {import("./ssh-server.js").SshServer} SshServer */
/** @typedef {import("./network.js").Network} Network */

/**
 * Pushes the source into a store, without measuring it.
 * @param {string} store
 * @param {{ work: string, network: Network, server: SshServer }} stage
 */
async function put(store, { work, network, server }) {
  const [bertops] = CONTENDERS;
  const words = bertops?.command(server, path.join(work, "source"), store) ?? [];
  await measure([...network.near, ...words], { limitSeconds: DEFAULT_LIMIT_SECONDS, server });
}

/**
 * The same for a store that has nothing yet.
 * @param {string} store
 * @param {{ work: string, network: Network, server: SshServer }} stage
 */
async function stock(store, stage) {
  await rm(store, { recursive: true, force: true });
  await mkdir(store);
  await put(store, stage);
}

/**
 * Uses memory and leaves it free. A virtual machine's host takes back what was free for some seconds, and to get it again costs
 * several times as much as to write a file to it: by the second, and to whoever comes then.
 * @param {string} work
 */
function touchMemory(work) {
  const file = path.join(work, "ballast");
  // Where there is no room for all of it, for some of it.
  spawnSync("dd", ["if=/dev/zero", `of=${file}`, "bs=1M", "count=2000"], { stdio: "ignore" });
  rmSync(file);
}

/**
 * The environment of a Node.js process that tells how long its event loop stood still. Watching takes time, too: only where that is asked.
 * @param {string} file where it tells
 */
function watchedBy(file) {
  return {
    LOOP_DELAY_FILE: file,
    NODE_OPTIONS: `--import ${path.join(import.meta.dirname, "loop-delay.js")}`,
  };
}

/**
 * One push or fetch, from nothing or after a change.
 * @param {Scenario} scenario
 * @param {Contender} contender
 * @param {{ work: string, network: Network, server: SshServer }} stage
 */
async function once(scenario, contender, { work, network, server }) {
  const source = path.join(work, "source");
  const target = path.join(work, "target");
  const cache = path.join(work, "cache");
  if (scenario.manyFiles && existsSync(target))
    await rename(target, path.join(work, `removed-${Date.now()}`));
  for (const directory of [target, cache]) await rm(directory, { recursive: true, force: true });
  await mkdir(target);
  const delayFile = path.join(work, "loop-delay");
  const store = path.join(work, "store");
  const words = scenario.fetches
    ? contender.fetch?.(
        server,
        contender.name === "bertops" ? store : path.join(store, "bench", "current"),
        target,
      )
    : contender.command(server, source, target);
  if (words === undefined) throw new Error(`${contender.name} is not asked to fetch`);
  const argv = [...network.near, ...words];
  const options = {
    limitSeconds: scenario.limitSeconds ?? DEFAULT_LIMIT_SECONDS,
    server,
    environment: {
      ...contender.environment?.(work),
      ...(scenario.watchesLoop === true ? watchedBy(delayFile) : {}),
    },
  };
  if (scenario.change !== undefined) {
    await scenario.prepare(source);
    if (scenario.fetches) await stock(store, { work, network, server });
    // Where the first push would only make a copy, a copy will do.
    const original = scenario.fetches ? path.join(store, "bench", "current") : source;
    if (contender.copies === true) execFileSync("cp", ["-a", `${original}/.`, target]);
    else await measure(argv, options);
    await scenario.change(source);
    if (scenario.fetches) await put(store, { work, network, server });
  }
  // What earlier ones wrote must not be waited for now.
  execFileSync("sync");
  touchMemory(work);
  const measured = await measure(argv, options).catch((error) => {
    process.stderr.write(`  ${contender.name}: ${String(error).slice(0, 2000)}\n`);
    return {
      seconds: Number.POSITIVE_INFINITY,
      cpuSeconds: Number.NaN,
      serverCpuSeconds: Number.NaN,
      peakMegabytes: 0,
    };
  });
  const arrived = scenario.fetches ? target : contender.arrived?.(target);
  const differs = difference(source, arrived ?? target);
  if (differs !== "" && Number.isFinite(measured.seconds))
    throw new Error(`${contender.name} did not bring over, in ${scenario.name}: ${differs}`);
  const delay = await readFile(delayFile, "utf8").catch(() => undefined);
  await rm(delayFile, { force: true });
  return delay === undefined ? measured : { ...measured, loopDelay: Number(delay) };
}

/**
 * @param {Scenario} scenario
 * @param {number} rounds
 * @param {readonly string[]} names
 */
async function run(scenario, rounds, names) {
  const work = await mkdtemp(path.join(tmpdir(), "bertops-bench-"));
  const network = scenario.link === null ? loopback() : await longLink(scenario.link, work, flags.congestion);
  const server = await startSshServer(network, work);
  const taking = CONTENDERS.filter((contender) => names.includes(contender.name) && isInstalled(contender));
  /** @type {Map<string, Measurement[]>} */
  const results = new Map(taking.map(({ name }) => [name, []]));
  try {
    if (scenario.change === undefined) {
      await scenario.prepare(path.join(work, "source"));
      if (scenario.fetches) await stock(path.join(work, "store"), { work, network, server });
    }
    for (let round = 0; round < rounds; round++) {
      // Another order each round, so that nobody always follows the same neighbour.
      for (let turn = 0; turn < taking.length; turn++) {
        const contender = taking[(turn + round) % taking.length];
        if (contender === undefined) continue;
        const measured = await once(scenario, contender, { work, network, server });
        results.get(contender.name)?.push(measured);
        process.stderr.write(`  round ${round + 1}, ${contender.name}: ${measured.seconds.toFixed(2)} s\n`);
      }
    }
  } finally {
    await server.close();
    await network.close();
    if (scenario.manyFiles) leftovers.push(work);
    else await rm(work, { recursive: true, force: true });
  }
  return results;
}

/** @param {Map<string, Measurement[]>} results */
function table(results) {
  const own = median(results.get("bertops")?.map(({ seconds }) => seconds) ?? []);
  const rows = [...results].map(([name, runs]) => {
    /** @param {(one: Measurement) => number} value */
    const middle = (value) => median(runs.map(value));
    const seconds = middle((one) => one.seconds);
    const client = middle((one) => one.cpuSeconds);
    const server = middle((one) => one.serverCpuSeconds);
    const delay = Math.max(...runs.map((one) => one.loopDelay ?? 0));
    const cells = [
      name,
      seconds.toFixed(2),
      (seconds / own).toFixed(2),
      `${client.toFixed(2)} + ${server.toFixed(2)} = ${(client + server).toFixed(2)}`,
      Math.max(...runs.map((one) => one.peakMegabytes)),
      delay === 0 ? "" : delay.toFixed(0),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| | seconds | times bertops' | CPU seconds: client + server | peak MB, client | loop blocked, ms |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

for (const contender of CONTENDERS)
  if (!isInstalled(contender)) process.stdout.write(`${contender.name} is not installed: left out.\n`);
try {
  for (const scenario of SCENARIOS) {
    const quick = flags.quick === true;
    const usual = quick ? (scenario.quickRounds ?? 0) : scenario.rounds;
    const rounds = flags.rounds === undefined || usual === 0 ? usual : Number(flags.rounds);
    if (rounds === 0 || !scenario.name.includes(flags.scenario ?? "")) continue;
    if (scenario.link !== null && process.getuid?.() !== 0) {
      process.stdout.write(`\n${scenario.name}: left out, the link needs root.\n`);
      continue;
    }
    process.stderr.write(`${scenario.name}\n`);
    const names = quick ? (scenario.quickContenders ?? scenario.contenders) : scenario.contenders;
    const results = await run(scenario, rounds, names);
    process.stdout.write(
      `\n### ${scenario.name} (median of ${rounds}; goal: ${scenario.goal})\n\n${table(results)}\n`,
    );
  }
} finally {
  for (const work of leftovers) await rm(work, { recursive: true, force: true });
}
