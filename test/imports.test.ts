import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";

/** The floors of the house, from the door down. An import goes to a lower floor, or stays in its own room. */
const FLOORS: readonly (readonly string[])[] = [
  ["main"],
  ["commands"],
  ["operations"],
  ["world", "plan"],
  ["aws", "ssh", "store", "model", "endpoint", "config", "report"],
  ["result"],
  ["errors", "events"],
];
/** `sandbox/` knows nothing of the product. The product starts it as a process and knows it by its endpoint alone. */
const APART = "sandbox";

const source = path.join(import.meta.dirname, "../src");

async function importsOf(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8");
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)[^;'"]*?from\s+["'](\.[^"']+)["']|import\(\s*["'](\.[^"']+)["']/g,
  );
  return Array.from(found, (match) => path.resolve(path.dirname(file), (match[1] ?? match[2])!));
}

function room(file: string): string {
  return path.relative(source, file).split(path.sep)[0]!.replace(/\.ts$/, "");
}

test("imports run down the floors, and none crosses between the product and the sandbox", async () => {
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const floor = new Map(FLOORS.flatMap((rooms, level) => rooms.map((name) => [name, level] as const)));
  const wrong: string[] = [];
  for (const name of files) {
    const from = room(path.join(source, name));
    for (const target of await importsOf(path.join(source, name))) {
      const to = room(target);
      const allowed = from === to || (from !== APART && to !== APART && floor.get(to)! > floor.get(from)!);
      if (!allowed) wrong.push(`src/${name} -> ${path.relative(source, target)}`);
    }
  }
  expect(wrong).toEqual([]);
});
