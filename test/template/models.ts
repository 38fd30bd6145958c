import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import type { ReferenceModel } from "../model/reference.ts";
import { writeRelease } from "../model/release.ts";
import { prepare } from "../model/workspace.ts";

const BLOCK_SIZE = 262_144;
const FILES = ["bertops.json", "model.onnx", "model.onnx.data", "vocab.txt"];

/** A small prepared model and the variables it was made of. */
export interface TestModel {
  readonly directory: string;
  readonly reference: ReferenceModel;
}

/** A directory for a test file's own use, removed when the file is done. */
export async function openScratch(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), "bertops-template-"));
  afterAll(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** Prepares a random model of two small layers; another seed gives other answers. */
export async function smallModel(root: string, seed: number, vocabularySize = 80): Promise<TestModel> {
  const measures = {
    layers: 2,
    hidden: 32,
    heads: 2,
    intermediate: 64,
    positions: 40,
    vocabularySize,
    seed,
  };
  const variables = await writeRelease(path.join(root, `release-${seed}`), measures);
  const directory = path.join(root, `prepared-${seed}`);
  await prepare(path.join(root, `release-${seed}`), directory);
  return {
    directory,
    reference: { layers: 2, heads: 2, hidden: 32, activation: "gelu", epsilon: 1e-12, variables },
  };
}

/** Puts a prepared model into a store as a version, with its manifest, as `push-model` does; does not publish it. */
export async function addVersion(
  store: string,
  name: string,
  version: string,
  from: string,
  change: (directory: string) => Promise<void> = async () => {},
): Promise<string> {
  const directory = path.join(store, name, "versions", version);
  await mkdir(path.dirname(directory), { recursive: true });
  await cp(from, directory, { recursive: true });
  const files = await Promise.all(
    FILES.map(async (file) => {
      const content = await readFile(path.join(directory, file));
      const blocks = Array.from({ length: Math.ceil(content.length / BLOCK_SIZE) }, (_, index) =>
        createHash("sha256")
          .update(content.subarray(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE))
          .digest("hex"),
      );
      return { path: file, size: content.length, mode: 0o644, blocks };
    }),
  );
  await writeFile(
    path.join(directory, "bertops-manifest.json"),
    JSON.stringify({ format: 1, model: name, version, blockSize: BLOCK_SIZE, files }),
  );
  await change(directory);
  return directory;
}

/** Publishes a version: `current` is replaced by rename, so that readers see the old one or the new one. */
export async function publish(store: string, name: string, version: string): Promise<void> {
  const home = path.join(store, name);
  const next = path.join(home, `.current-${version}`);
  await symlink(path.join("versions", version), next);
  await rename(next, path.join(home, "current"));
}
