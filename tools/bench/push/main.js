/**
 * npm run bench:push [-- --quick] [-- --only TEXT]
 *
 * Pushes the same data with bertops and with what people use today, over loopback and over emulated long links, against a real
 * sshd; contenders alternate within each round. Prints medians and ratios. Needs root for the links, a C compiler, and
 * whichever contenders are installed; says what it leaves out.
 */
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
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

const LIMIT_SECONDS = 300;

const { values: flags } = parseArgs({ options: { quick: { type: "boolean" }, only: { type: "string" } } });

/** @param {number[]} numbers */
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/**
 * The bytes of all files below a directory, each inode once.
 * @param {string} directory
 */
async function bytesBelow(directory) {
  let bytes = 0;
  const seen = new Set();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === "bertops-manifest.json") continue;
    const { size, ino } = await stat(path.join(entry.parentPath, entry.name));
    if (!seen.has(ino)) bytes += size;
    seen.add(ino);
  }
  return bytes;
}

/**
 * @param {Scenario} scenario
 * @param {number} rounds
 */
async function run(scenario, rounds) {
  const work = await mkdtemp(path.join(tmpdir(), "bertops-bench-"));
  const network = scenario.link === null ? loopback() : await longLink(scenario.link, work);
  const server = await startSshServer(network, work);
  const taking = CONTENDERS.filter(
    (contender) => scenario.contenders.includes(contender.name) && isInstalled(contender),
  );
  /** @type {Map<string, Measurement[]>} */
  const results = new Map(taking.map(({ name }) => [name, []]));
  try {
    for (let round = 0; round < rounds; round++) {
      // Another order each round, so that nobody always follows the same neighbour.
      for (let turn = 0; turn < taking.length; turn++) {
        const contender = taking[(turn + round) % taking.length];
        if (contender === undefined) continue;
        const source = path.join(work, "source");
        const target = path.join(work, "target");
        for (const directory of [source, target]) await rm(directory, { recursive: true, force: true });
        await scenario.prepare(source);
        await mkdir(target);
        const argv = [...network.near, ...contender.command(server, source, target)];
        if (scenario.change !== undefined) {
          await measure(argv, LIMIT_SECONDS);
          await scenario.change(source);
        }
        const measured = await measure(argv, LIMIT_SECONDS).catch((error) => {
          process.stderr.write(`  ${contender.name}: ${String(error)}\n`);
          return { seconds: Number.POSITIVE_INFINITY, cpuSeconds: Number.NaN, peakMegabytes: 0 };
        });
        const missing = (await bytesBelow(source)) - (await bytesBelow(target));
        if (missing > 0 && Number.isFinite(measured.seconds))
          throw new Error(`${contender.name} left ${missing} bytes behind in: ${scenario.name}`);
        results.get(contender.name)?.push(measured);
        process.stderr.write(`  round ${round + 1}, ${contender.name}: ${measured.seconds.toFixed(1)} s\n`);
      }
    }
  } finally {
    await server.close();
    await network.close();
    await rm(work, { recursive: true, force: true });
  }
  return results;
}

/** @param {Map<string, Measurement[]>} results */
function table(results) {
  const own = median(results.get("bertops")?.map(({ seconds }) => seconds) ?? []);
  const rows = [...results].map(([name, runs]) => {
    const seconds = median(runs.map((one) => one.seconds));
    const cpu = median(runs.map((one) => one.cpuSeconds));
    const memory = median(runs.map((one) => one.peakMegabytes));
    return `| ${name} | ${seconds.toFixed(2)} | ${(seconds / own).toFixed(2)} | ${cpu.toFixed(1)} | ${memory} |`;
  });
  return ["| | seconds | times bertops' | CPU seconds, client | MB |", "|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}

for (const contender of CONTENDERS)
  if (!isInstalled(contender)) process.stdout.write(`${contender.name} is not installed: left out.\n`);
for (const scenario of SCENARIOS) {
  const rounds = flags.quick === true ? (scenario.quickRounds ?? 0) : scenario.rounds;
  if (rounds === 0 || !scenario.name.includes(flags.only ?? "")) continue;
  if (scenario.link !== null && process.getuid?.() !== 0) {
    process.stdout.write(`\n${scenario.name}: left out, the link needs root.\n`);
    continue;
  }
  process.stderr.write(`${scenario.name}\n`);
  const results = await run(scenario, rounds);
  process.stdout.write(`\n### ${scenario.name} (median of ${rounds})\n\n${table(results)}\n`);
}
