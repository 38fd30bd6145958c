import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import type { Event } from "../../src/events.ts";
import { prepareModel, type PreparedModel, type PrepareOptions } from "../../src/model/prepare.ts";

/** A directory for a test file's own use, removed when the file is done; answers a maker of paths in it. */
export async function openWorkspace(): Promise<(name: string) => string> {
  const root = await mkdtemp(path.join(tmpdir(), "bertops-model-"));
  afterAll(() => rm(root, { recursive: true, force: true }));
  return (name) => path.join(root, name);
}

/** The path of something that is committed under test/model/fixtures. */
export function fixture(name: string): string {
  return path.join(import.meta.dirname, "fixtures", name);
}

/** `prepareModel` with what a test seldom cares about filled in. */
export function prepare(
  input: string,
  output: string,
  options: Partial<PrepareOptions> = {},
  events: Event[] = [],
): Promise<PreparedModel> {
  return prepareModel({
    input,
    output,
    precision: "fp32",
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    ...options,
  });
}
