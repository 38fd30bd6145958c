/** npm run bench:help: what `bertops --help` costs beside `node -e 0`; medians of alternating runs, and their ratio. */
import { spawnSync } from "node:child_process";
import path from "node:path";

const ROUNDS = 31;
const bertops = path.join(import.meta.dirname, "../../bin/bertops.js");

/** @param {readonly string[]} words */
function milliseconds(words) {
  const begun = process.hrtime.bigint();
  spawnSync(process.execPath, words, { stdio: "ignore" });
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

/** @param {number[]} numbers */
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** @type {{bare: number[], help: number[]}} */
const took = { bare: [], help: [] };
for (let round = 0; round < ROUNDS; round++) {
  took.bare.push(milliseconds(["-e", "0"]));
  took.help.push(milliseconds([bertops, "--help"]));
}
const [bare, help] = [median(took.bare), median(took.help)];
process.stdout.write(
  `node -e 0: ${bare.toFixed(0)} ms, bertops --help: ${help.toFixed(0)} ms, ratio ${(help / bare).toFixed(2)} (medians of ${ROUNDS})\n`,
);
