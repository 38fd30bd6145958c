import { UserError } from "../errors.ts";
import { printable } from "./printable.ts";

/**
 * Bytes that are not what the format promises. Thrown by the readers, which know no file names; `naming` makes the
 * UserError of it. The message continues a sentence that begins with the file: "is cut short after 12 bytes".
 */
export class Corrupt extends Error {
  override readonly name = "Corrupt";
}

/** Runs a reader and lets what is corrupt become an error that names the file. */
export async function naming<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw named(file, error);
  }
}

/** The same error with its file's name, if it tells of corrupt bytes; any other error as it is. */
export function named(file: string, error: unknown): unknown {
  if (!(error instanceof Corrupt)) return error;
  return new UserError({
    reason: "corrupt-model",
    message: printable(`${file} ${error.message}.`),
    hint: "Copy or download the model again, and compare its size and checksum with the original's.",
    cause: error,
  });
}
