import { mkdir, mkdtemp, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import type { Dial } from "../../store/host.ts";
import { MANIFEST_NAME, versionDirectory } from "../../store/layout.ts";
import { type Manifest, serialiseManifest } from "../../store/manifest.ts";
import { download } from "../../store/transfer/download.ts";
import type { LinkOptions } from "../../store/transfer/upload.ts";
import { guardKeys } from "../hosts/guard-keys.ts";
import { readManifest } from "../../store/read-manifest.ts";
import { whileReading } from "./readers.ts";
import type { ModelStore } from "./store.ts";
import { findVersion, surveyModel } from "./use.ts";

export interface PullOptions {
  /** Default: the current version. */
  readonly version?: string;
  /** A directory that does not exist yet, or is empty. */
  readonly directory: string;
  readonly dial: Dial;
  readonly link?: LinkOptions;
  readonly emit: Emit;
}

export interface PulledVersion {
  readonly version: string;
  readonly directory: string;
  readonly files: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Fetches a version from the store. The directory appears when all of it is there and verified. */
export async function pullVersion(store: ModelStore, options: PullOptions): Promise<PulledVersion> {
  const { directory, emit } = options;
  const started = performance.now();
  await checkEmpty(directory);
  const survey = await surveyModel(store);
  const wanted = options.version ?? survey.current ?? survey.versions.at(-1) ?? "";
  const version = findVersion(survey, wanted, store.model);
  const { host, root, model } = store;
  const manifest = await readManifest(host, root, model, version);
  if (manifest === undefined)
    throw new UserError({
      reason: "manifest-damaged",
      message: `The manifest of ${version} cannot be read.`,
      next: ["bertops models verify", "bertops models list"],
    });
  await mkdir(path.dirname(directory), { recursive: true });
  const staging = await mkdtemp(`${directory}.incoming-`);
  try {
    const local = (name: string): string => path.join(staging, ...name.split("/"));
    const folders = manifest.files.map(({ path: name }) => path.dirname(local(name)));
    for (const folder of new Set([...folders, ...(manifest.emptyDirectories ?? []).map(local)]))
      await mkdir(folder, { recursive: true });
    await whileReading(store, version, () => fetchFiles(manifest, local, store, options));
    await writeFile(path.join(staging, MANIFEST_NAME), serialiseManifest(manifest));
    await rmdir(directory).catch(() => undefined);
    await rename(staging, directory);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  emit({ type: "step", id: "pull", state: "done", label: `pull ${model}`, detail: version });
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  return { version, directory, files: manifest.fileCount, bytes: manifest.bytes, seconds };
}

async function fetchFiles(
  manifest: Manifest,
  local: (name: string) => string,
  { host, root, model, signal }: ModelStore,
  { dial, emit, link = {} }: PullOptions,
): Promise<void> {
  const guarded = guardKeys(dial, signal);
  const { version, bytes: total, files } = manifest;
  let done = 0;
  try {
    await download({
      host,
      dial: guarded.dial,
      files,
      remote: (name) => `${versionDirectory(root, model, version)}/${name}`,
      local,
      link,
      signal: guarded.signal,
      onBytes(count, connections) {
        done += count;
        const label = `pull ${model}`;
        emit({ type: "progress", id: "pull", label, done, total, unit: "bytes", connections });
      },
    });
  } catch (error) {
    throw guarded.signal.aborted ? guarded.signal.reason : error;
  }
}

async function checkEmpty(directory: string): Promise<void> {
  const there = await readdir(directory).catch((error: unknown): string[] => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
  if (there.length > 0)
    throw new UserError({
      reason: "directory-not-empty",
      message: `${directory} is not empty.`,
      hint: "Name a directory that does not exist yet.",
      exitCode: EXIT.usage,
    });
}
