import { stat } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import { unreadable } from "./unreadable.ts";

/** Where to look for a model: a directory, and what was named in it. */
export interface ModelPlace {
  readonly directory: string;
  /** A checkpoint's prefix. */
  readonly checkpoint?: string;
  /** A graph, relative to the directory. */
  readonly graph?: string;
}

/**
 * The place of a model that is named by its directory, by a checkpoint's path without `.index` or by an .onnx file's path. Throws
 * UserError (exit code 2) for what is not there and for any other file.
 */
export async function modelPlace(input: string): Promise<ModelPlace> {
  const status = await stat(input).catch((error: NodeJS.ErrnoException) => error);
  if (!(status instanceof Error) && status.isDirectory()) return { directory: input };
  if (await isFile(`${input}.index`))
    return { directory: path.dirname(input), checkpoint: path.basename(input) };
  if (status instanceof Error) throw unreadable(input, status);
  if (input.endsWith(".onnx")) return placeOfGraph(input);
  throw new UserError({
    reason: "not-a-directory",
    message: `${input} is a file; a model is a directory.`,
    hint: "Unpack it first if it is an archive, or name the directory that it lies in.",
    exitCode: EXIT.usage,
  });
}

/** A graph in a folder `onnx` belongs to the directory above, unless its tokenizer lies beside it. */
async function placeOfGraph(file: string): Promise<ModelPlace> {
  const directory = path.dirname(path.resolve(file));
  const name = path.basename(file);
  const inFolder =
    path.basename(directory) === "onnx" && !(await isFile(path.join(directory, "tokenizer.json")));
  return inFolder
    ? { directory: path.dirname(directory), graph: `onnx/${name}` }
    : { directory, graph: name };
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}
