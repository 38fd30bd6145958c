import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Corrupt, named } from "./corrupt.ts";
import { unreadable } from "./unreadable.ts";

/** A file of a model that is read by ranges, never whole: weights are larger than what Node reads at once. */
export class ModelFile {
  readonly path: string;
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(path: string, size: number, handle: FileHandle) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
  }

  static async open(path: string): Promise<ModelFile> {
    try {
      // A pipe in place of a file would keep an ordinary opening waiting until somebody writes into it.
      const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const status = await handle.stat();
      if (status.isFile()) return new ModelFile(path, status.size, handle);
      await handle.close();
      throw new Error("it is not a regular file");
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  /** A part of the file, which must lie inside it. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) {
      throw this.corrupt(`is cut short: ${length} bytes at ${offset} are wanted, it has ${this.size}`);
    }
    const bytes = new Uint8Array(length);
    await this.readInto(bytes, offset);
    return bytes;
  }

  /** Fills `bytes` from the file. */
  async readInto(bytes: Uint8Array, offset: number): Promise<void> {
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, offset + filled);
      if (bytesRead === 0) throw this.corrupt(`is cut short after ${offset + filled} bytes`);
      filled += bytesRead;
    }
  }

  /** The error that says what is wrong with the file; the message continues a sentence that begins with its name. */
  corrupt(message: string): unknown {
    return named(this.path, new Corrupt(message));
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** The whole of a small file; one that is larger than `limit` is not what its name says. */
export async function readSmallFile(path: string, limit: number): Promise<Uint8Array> {
  const file = await ModelFile.open(path);
  try {
    if (file.size > limit) throw file.corrupt(`is larger than any such file (${file.size} bytes)`);
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
}
