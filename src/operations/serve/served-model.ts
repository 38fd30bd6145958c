import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import { prepareModel } from "../../model/prepare.ts";

/** What the service is told about its model, and how to clean up after it. */
export interface ServedModel {
  readonly variables: Readonly<Record<string, string>>;
  /** One directory and nothing else: a model that does not load ends the service. */
  readonly fixed: boolean;
  remove(): Promise<void>;
}

export interface ServedModelOptions {
  readonly directory: string;
  /** Which model of a store. */
  readonly name: string | undefined;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** Finds out what a directory is: a store, a model in a store, a prepared model, or a model that is prepared first. */
export async function servedModel(options: ServedModelOptions): Promise<ServedModel> {
  const { directory } = options;
  if (!existsSync(directory)) {
    throw new UserError({
      reason: "no-directory",
      message: `There is no directory ${directory}.`,
      hint: "Name a model's directory, or a store.",
      next: ["bertops serve --help"],
      exitCode: EXIT.usage,
    });
  }
  if (existsSync(path.join(directory, "current")))
    return stored(path.dirname(directory), path.basename(directory));
  const names = await modelsOf(directory);
  if (names.length > 0) return stored(directory, chooseName(options, names));
  return prepared(options);
}

function stored(root: string, name: string): ServedModel {
  return { variables: { MODEL_ROOT: root, MODEL_NAME: name }, fixed: false, remove: async () => {} };
}

/** A store's models: directories in which a version is published. */
async function modelsOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(path.join(directory, entry.name, "current")))
    .map(({ name }) => name);
}

function chooseName({ directory, name }: ServedModelOptions, names: readonly string[]): string {
  const [only] = names;
  if (name === undefined && only !== undefined && names.length === 1) return only;
  if (name !== undefined && names.includes(name)) return name;
  throw new UserError({
    reason: "which-model",
    message: `${directory} is a store with the models ${names.join(", ")}${name === undefined ? "" : `; ${name} is not among them`}.`,
    hint: "Name one of them with --model.",
    next: names.map((found) => `bertops serve ${directory} --model ${found}`),
    exitCode: EXIT.usage,
  });
}

async function prepared({ directory, signal, emit }: ServedModelOptions): Promise<ServedModel> {
  const home = await mkdtemp(path.join(tmpdir(), "bertops-serve-"));
  const remove = (): Promise<void> => rm(home, { recursive: true, force: true });
  try {
    const output = path.join(home, "model");
    const model = await prepareModel({ input: directory, output, precision: "fp32", signal, emit });
    return {
      variables: { MODEL_PATH: model.directory, MODEL_NAME: nameOf(directory) },
      fixed: true,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The directory's name, as far as it can be a model's name. */
function nameOf(directory: string): string {
  const name = path
    .basename(directory)
    .replaceAll(/[^A-Za-z0-9._-]+/gu, "-")
    .replace(/^[^A-Za-z0-9]+/u, "");
  return name === "" ? "bert" : name.slice(0, 128);
}
