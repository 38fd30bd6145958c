import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** @import { Variable } from "./variables.js" */

const ROOT = path.join(import.meta.dirname, "../../..");

/**
 * By the writer that the tests have, which is compiled first.
 * @param {string} prefix @param {Variable[]} variables
 */
export async function writeTensorflow(prefix, variables) {
  const work = await mkdtemp(path.join(tmpdir(), "bertops-writer-"));
  try {
    const project = path.join(work, "tsconfig.json");
    const compilerOptions = {
      noEmit: false,
      rootDir: ROOT,
      outDir: path.join(work, "out"),
      typeRoots: [path.join(ROOT, "node_modules/@types")],
    };
    const files = [path.join(ROOT, "test/checkpoint-writer/write-bundle.ts")];
    await writeFile(
      project,
      JSON.stringify({ extends: path.join(ROOT, "tsconfig.json"), compilerOptions, files, include: [] }),
    );
    await writeFile(path.join(work, "package.json"), JSON.stringify({ type: "module" }));
    execFileSync(process.execPath, [path.join(ROOT, "node_modules/typescript/bin/tsc"), "-p", project], {
      stdio: "inherit",
    });
    const compiled = path.join(work, "out/test/checkpoint-writer/write-bundle.js");
    const { writeBundle } = await import(pathToFileURL(compiled).href);
    await writeBundle(prefix, variables);
  } finally {
    await rm(work, { recursive: true });
  }
}
