/**
 * npm run bench:convert [-- --form tensorflow …] [-- --precision fp32 …] [-- --layers N] [-- --hidden N] [-- --pieces N]
 *     [-- --python PYTHON]
 *
 * Converts a model of random numbers in every form and precision and prints what each run took: time, and the peak memory of the
 * whole program. The promise is that the peak stays under the largest tensor plus 300 MB; exits with 1 where one does not.
 * The default is as large as BERT's largest (multilingual vocabulary, 12 layers of 768). `pytorch` forms need torch.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { FORMS } from "./forms.js";
import { convert } from "./measured-run.js";
import { variablesOf } from "./variables.js";

const PROMISE_MIB = 300;

const { values: flags } = parseArgs({
  options: {
    form: { type: "string", multiple: true, default: Object.keys(FORMS) },
    precision: { type: "string", multiple: true, default: ["fp32", "int8", "int8-row"] },
    layers: { type: "string", default: "12" },
    hidden: { type: "string", default: "768" },
    pieces: { type: "string", default: "119547" },
    python: { type: "string", default: "python3" },
  },
});
const measures = { layers: Number(flags.layers), hidden: Number(flags.hidden), pieces: Number(flags.pieces) };
const variables = variablesOf(measures);
const mebibytes = (/** @type {number} */ bytes) => bytes / 2 ** 20;
const largest = mebibytes(4 * Math.max(...variables.map(({ size }) => size)));
const total = mebibytes(4 * variables.reduce((sum, { size }) => sum + size, 0));
console.log(
  `${total.toFixed(0)} MiB in float32, largest tensor ${largest.toFixed(0)} MiB: at most ${(largest + PROMISE_MIB).toFixed(0)} MiB`,
);
for (const name of flags.form) {
  const form = FORMS[name];
  if (form === undefined) throw new Error(`--form takes ${Object.keys(FORMS).join(", ")}`);
  if (form.torch === true && spawnSync(flags.python, ["-c", "import torch"]).status !== 0) {
    console.log(`left out: ${name}: ${flags.python} has no torch (--python names another)`);
    continue;
  }
  const work = await mkdtemp(path.join(process.env["TMPDIR"] ?? tmpdir(), "bertops-convert-"));
  try {
    const input = path.join(work, "in");
    await form.write(input, measures, variables, flags.python);
    for (const precision of form.kept ? ["fp32"] : flags.precision) {
      const output = path.join(work, precision);
      const { seconds, peak } = await convert(input, output, precision);
      const written = mebibytes((await stat(path.join(output, form.data ?? "model.onnx.data"))).size);
      const broken = peak > largest + PROMISE_MIB;
      if (broken) process.exitCode = 1;
      console.log(
        `${name.padEnd(18)} ${precision.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s, peak ${peak.toFixed(0).padStart(5)} MiB, wrote ${written.toFixed(0).padStart(5)} MiB${broken ? "  BROKEN" : ""}`,
      );
      await rm(output, { recursive: true });
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
