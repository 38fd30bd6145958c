import { stat } from "node:fs/promises";
import { join } from "node:path";
import { copyWholeFile, readWholeFile } from "./read-file.js";

/** @import { Checker } from "./checker.js" */
/** @import { MemoryDirectory } from "./memory-directory.js" */
/** @import { LoadOrder } from "./messages.js" */

const PROGRESS_MS = 200;

/** The files of the version that is being loaded, checked against its manifest as they are read. */
export class ModelFiles {
  #order;
  #expected;
  #total;
  #progress;
  #bytes = 0;
  #told = 0;

  /**
   * @param {LoadOrder} order
   * @param {(bytes: number, total: number) => void} progress is told now and then
   */
  constructor(order, progress) {
    this.#order = order;
    this.#expected = new Map(order.expected.map((file) => [file.path, file]));
    this.#total = order.expected.reduce((sum, file) => sum + file.size, 0);
    this.#progress = progress;
  }

  /** @param {string} name */
  read(name) {
    return readWholeFile(join(this.#order.directory, name), this.#reading(name));
  }

  /**
   * Copies a file to memory. With a checker that one compares it, maybe later; without, it has been compared at the end.
   * @param {string} name
   * @param {MemoryDirectory} memory
   * @param {Checker} [checker]
   */
  copy(name, memory, checker) {
    const path = join(this.#order.directory, name);
    const reading = this.#reading(name);
    const { expected, blockSize } = reading;
    const create = () => memory.create(name);
    if (expected === undefined || checker === undefined) return copyWholeFile(path, reading, { create });
    checker.begin({ copy: join(memory.path, name), path, expected, blockSize });
    return copyWholeFile(path, reading, { create, checker });
  }

  /** Bytes of a file. @param {string} name */
  async sizeOf(name) {
    return this.#expected.get(name)?.size ?? (await stat(join(this.#order.directory, name))).size;
  }

  /** @param {string} name */
  #reading(name) {
    const expected = this.#expected.get(name);
    if (this.#expected.size > 0 && expected === undefined)
      throw new Error(`the version has no ${name}: it is no prepared model`);
    return {
      expected,
      blockSize: this.#order.blockSize,
      read: (/** @type {number} */ count) => {
        this.#bytes += count;
        if (performance.now() - this.#told < PROGRESS_MS) return;
        this.#told = performance.now();
        this.#progress(this.#bytes, this.#total);
      },
    };
  }
}
