/**
 * npm run bench:soak [-- --minutes 10] [-- --quick]
 *
 * Mixed load for ten minutes (`--quick`: one): proper requests of all kinds, clients that hang up, bodies that lie about their
 * length, that come too slowly or are too large, and what is no HTTP. Prints the memory of the service's processes as it goes.
 * Ends with 1 when memory grew by more than 5 %, when the service logged an error or ended, or when a proper request failed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { SERVER } from "./contenders.js";
import { makeModels } from "./models.js";
import { SIZES } from "./random-model.js";
import { withService } from "./running.js";
import { quantile, short } from "./table.js";
import { UNKIND, kind } from "./visitors.js";

const { values: flags } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, quick: { type: "boolean", default: false } },
});
const seconds = flags.quick ? 60 : Number(flags.minutes) * 60;
/** Caches fill and allocators find their level first. */
const WARM_SHARE = 0.25;

const home = await mkdtemp(path.join(tmpdir(), "bertops-bench-soak-"));
let faults = [""].slice(1);
try {
  const models = await makeModels(home, SIZES.small ?? { layers: 4, hidden: 512, heads: 8 }, ["fp32"]);
  const how = () => ({
    command: [process.execPath, SERVER],
    variables: { MODEL_PATH: models.prepared("fp32"), CACHE_MB: "4", BODY_TIMEOUT_SECONDS: "5" },
  });
  await withService(how, async ({ port, megabytes, output }) => {
    const end = performance.now() + seconds * 1000;
    const over = () => performance.now() >= end;
    /** @type {Record<string, number>} */
    const counts = {};
    const count = (/** @type {string} */ what) => (counts[what] = (counts[what] ?? 0) + 1);
    const proper = async () => {
      while (!over()) {
        const { status, what } = await kind(port).catch((error) => ({ status: 0, what: String(error) }));
        count(status === 200 ? "answered" : status === 503 ? "overloaded" : `failed: ${what} ${status}`);
      }
    };
    const unkind = async (/** @type {typeof UNKIND[string]} */ visit, /** @type {string} */ name) => {
      while (!over()) {
        await visit(port).catch(() => {});
        count(name);
        await pause(20);
      }
    };
    const visitors = [
      ...Array.from({ length: 6 }, proper),
      ...Object.entries(UNKIND).map(([name, visit]) => unkind(visit, name)),
    ];
    /** @type {number[]} */
    const curve = [];
    console.log("seconds  MB (all processes)  answered");
    const begun = performance.now();
    while (!over()) {
      await pause(10_000);
      curve.push(await megabytes());
      const second = Math.round((performance.now() - begun) / 1000);
      console.log(
        `${String(second).padStart(7)}  ${short(curve.at(-1) ?? 0).padStart(18)}  ${counts.answered ?? 0}`,
      );
    }
    await Promise.all(visitors);
    const warm = curve.slice(Math.floor(curve.length * WARM_SHARE));
    const third = Math.max(1, Math.floor(warm.length / 3));
    const [early, late] = [quantile(warm.slice(0, third)), quantile(warm.slice(-third))];
    const growth = late / early - 1;
    console.log(JSON.stringify(counts));
    console.log(
      `memory after warming up ${short(early)} MB, at the end ${short(late)} MB: ${(100 * growth).toFixed(1)} % (at most 5 %)`,
    );
    const errors = output()
      .split("\n")
      .filter((line) => line.includes('"level":"error"'));
    faults = [
      ...Object.keys(counts).filter((what) => what.startsWith("failed")),
      ...(Math.abs(growth) > 0.05 ? ["memory is not flat"] : []),
      ...errors.slice(0, 5),
    ];
  });
} finally {
  await rm(home, { recursive: true, force: true });
}
for (const fault of faults) console.log(`FAULT ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
