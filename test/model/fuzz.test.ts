import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

// Valid models of every form with random damage: each is converted or refused in a sentence, and a refused one leaves
// nothing behind. FUZZ_SEED and FUZZ_ROUNDS look elsewhere and longer.
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);
const ROUNDS = Number(process.env["FUZZ_ROUNDS"] ?? 25);

const at = await openWorkspace();

const FORMS = [
  ...["safetensors", "float16", "sharded", "pytorch-zip", "pytorch-legacy", "pytorch-views"].map(
    (name) => `huggingface/${name}`,
  ),
  "huggingface/distilbert",
  "huggingface/sentence-transformers",
  "huggingface/sparse-config",
  ...["roberta", "xlm-roberta", "sentence-transformers", "sentence-embedding"].map((name) => `onnx/${name}`),
  ...["halves", "shards", "snappy"].map((name) => `tensorflow/${name}`),
];

/** Numbers from 0 up to `below`, the same for the same seed. */
type Draw = (below: number) => number;

function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Kinds of damage: what transfers, disks and hostile people do to a file. */
const DAMAGE: ReadonlyArray<(bytes: Buffer, draw: Draw) => Buffer> = [
  (bytes, draw) => bytes.subarray(0, draw(bytes.length)),
  (bytes, draw) => {
    const from = draw(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + draw(64))]);
  },
  (bytes, draw) => {
    const from = draw(bytes.length);
    const again = bytes.subarray(from, from + 1 + draw(256));
    return Buffer.concat([bytes.subarray(0, from), again, bytes.subarray(from)]);
  },
  (bytes, draw) => {
    const changed = Buffer.from(bytes);
    for (let count = 1 + draw(8); count > 0; count -= 1) {
      const place = draw(changed.length);
      changed[place] = (changed[place] ?? 0) ^ (1 << draw(8));
    }
    return changed;
  },
  // Sizes and offsets lie at a file's ends.
  (bytes, draw) => {
    const changed = Buffer.from(bytes);
    const place =
      draw(2) === 0
        ? draw(Math.min(changed.length, 200))
        : changed.length - 1 - draw(Math.min(changed.length, 200));
    changed.fill(draw(2) === 0 ? 255 : 0, place, Math.min(changed.length, place + 1 + draw(9)));
    return changed;
  },
  (bytes, draw) => {
    const text = bytes.toString("latin1");
    const numbers = Array.from(text.matchAll(/\d+/g)).slice(0, 5000);
    const found = numbers[draw(Math.max(1, numbers.length))];
    if (found === undefined) return Buffer.alloc(0);
    const other = ["0", "-1", "1e99", "1152921504606846976", "99999999", "null", '"x"', "[[[["][draw(8)];
    return Buffer.from(
      `${text.slice(0, found.index)}${other}${text.slice(found.index + found[0].length)}`,
      "latin1",
    );
  },
];

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== "expected.json")
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .toSorted((a, b) => a.localeCompare(b));
}

for (const [index, form] of FORMS.entries()) {
  test(
    `"${form}" with random damage is converted or refused, never worse`,
    { timeout: 120_000 },
    async () => {
      const draw = drawFrom(SEED * 1000 + index);
      const files = await filesOf(fixture(form));
      const faults: string[] = [];
      let refused = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const home = at(`${index}-${round}`);
        await cp(fixture(form), path.join(home, "in"), { recursive: true });
        const file = path.join(home, "in", files[draw(files.length)] ?? "");
        const bytes = await readFile(file);
        const damage = DAMAGE[draw(DAMAGE.length)];
        if (damage === undefined || bytes.length === 0) continue;
        await writeFile(file, damage(bytes, draw));
        const outcome: unknown = await prepare(path.join(home, "in"), path.join(home, "out")).catch(
          (error: unknown) => error,
        );
        const left = (await readdir(home)).toSorted((a, b) => a.localeCompare(b));
        const where = `round ${round}, ${path.relative(home, file)}`;
        const failed = outcome instanceof Error;
        if (failed) refused += 1;
        const told = outcome instanceof UserError && /^[^\n]+[.:…]$/.test(outcome.message);
        if (failed && !told) faults.push(`${where}: ${String(outcome)}`);
        if (left.join(" ") !== (failed ? "in" : "in out")) faults.push(`${where}: left ${left.join(" ")}`);
        await rm(home, { recursive: true });
      }
      expect(faults).toEqual([]);
      // Damage that nothing notices would mean that nothing is checked.
      expect(refused).toBeGreaterThan(0);
    },
  );
}
