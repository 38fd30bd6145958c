import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Lockfile {
  readonly packages: Readonly<
    Record<
      string,
      { readonly resolved?: string; readonly link?: boolean; readonly hasInstallScript?: boolean }
    >
  >;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8"));
}

const packages = Object.entries((read("package-lock.json") as Lockfile).packages);

test("the lock file names no registry", () => {
  expect(packages.filter(([, { resolved, link }]) => resolved !== undefined && link !== true)).toEqual([]);
});

test("packages run the install scripts that package.json allows, in every npm", () => {
  const { allowScripts } = read("package.json") as { allowScripts: Record<string, boolean> };
  const scripts = packages
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([place]) => place.replace(/^.*node_modules\//u, ""));
  // An npm that does not know allowScripts goes by the lock file alone: onnxruntime-node's script, which fetches
  // hundreds of megabytes for GPUs, must not be named there. If npm has put it back, delete its "hasInstallScript".
  expect(scripts.filter((name) => allowScripts[name] !== true)).toEqual([]);
});
