import { createHash } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { ModelConfig } from "../../config/config.ts";
import type { Emit } from "../../events.ts";
import { modelPlace } from "../../model/model-place.ts";
import { prepareModel, type PrepareOptions } from "../../model/prepare.ts";
import { PREPARED_REVISION } from "../../model/revision.ts";
import { scanDirectory } from "../../store/scan-directory.ts";
import { stampText } from "../../store/stamp.ts";
import { cacheDirectory } from "../cache-directory.ts";

export interface PrepareForPushOptions {
  /** A model's directory, or a checkpoint's or a graph's path in one. */
  readonly source: string;
  readonly model: ModelConfig;
  /** What the caller's flags say; they overrule bertops.yaml. */
  readonly flags: PushFlags;
  readonly choose: NonNullable<PrepareOptions["choose"]>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export type PushFlags = Partial<Omit<PrepareOptions, "input" | "output" | "choose" | "signal" | "emit">>;

/**
 * Converts a model into what the service loads, once: the result is kept in the person's cache under a name made of the source's
 * files and the options, so that pushing it again converts nothing. A prepared directory is answered as it is.
 */
export async function prepareForPush(options: PrepareForPushOptions): Promise<string> {
  const { source, model, flags, choose, emit, signal } = options;
  // Links may lead anywhere, as those of Hugging Face's cache do: what is sent is the model that is made of them.
  const { directory } = await modelPlace(source);
  const { files } = await scanDirectory(directory, { copyLinks: true });
  const asked = {
    precision: model.precision,
    // The default of bertops.yaml must not overrule what the model's own files say.
    ...(model.pooling === "mean" ? { pooling: model.pooling } : {}),
    ...flags,
  };
  const place = digest([source]);
  const state = digest([
    String(PREPARED_REVISION),
    JSON.stringify(Object.entries(asked).toSorted(([a], [b]) => a.localeCompare(b))),
    ...files.map(({ path: name, stamp }) => `${name} ${stampText(stamp)}`),
  ]);
  const cache = path.join(cacheDirectory(options.environment), "prepared");
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const output = path.join(cache, `${place}-${state}`);
  const there = await readdir(output).catch((): string[] => []);
  if (there.includes("bertops.json")) {
    emit({ type: "step", id: "convert", state: "unchanged", label: `convert ${source}`, detail: output });
    return output;
  }
  const prepared = await prepareModel({
    input: source,
    output,
    ...asked,
    choose,
    signal,
    emit,
  });
  // What the same source was before is of no use any more.
  for (const name of await readdir(cache))
    if (name.startsWith(`${place}-`) && name !== path.basename(output))
      await rm(path.join(cache, name), { recursive: true, force: true });
  return prepared.directory;
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
