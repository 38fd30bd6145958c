import { Corrupt, naming } from "../corrupt.ts";
import { FLOAT_WIDTH, type FloatFormat, readFloats } from "../float-stream.ts";
import { ModelFile, readSmallFile } from "../model-file.ts";
import { sizeOf, type Tensor } from "../tensor.ts";
import { unsupported } from "../unsupported.ts";
import { type BundleEntry, type BundleIndex, readBundleIndex } from "./bundle-index.ts";
import { crc32c, unmask } from "./crc32c.ts";

/** BERT-large with Adam's slots has 100 KB. */
const LARGEST_INDEX = 8 * 1024 * 1024;

const FLOATS: ReadonlyMap<number, FloatFormat> = new Map([
  [1, "float32"],
  [19, "float16"],
  [14, "bfloat16"],
]);

/** A TensorFlow V2 checkpoint, open for reading: `PREFIX.index` and `PREFIX.data-00000-of-00001` and so on. */
export class Bundle {
  readonly prefix: string;
  readonly #index: BundleIndex;
  readonly #shards = new Map<number, ModelFile>();

  private constructor(prefix: string, index: BundleIndex) {
    this.prefix = prefix;
    this.#index = index;
  }

  /** Opens the index and every data file; throws UserError where one is missing or corrupt. */
  static async open(prefix: string): Promise<Bundle> {
    const file = `${prefix}.index`;
    const bytes = await readSmallFile(file, LARGEST_INDEX);
    const bundle = new Bundle(prefix, await naming(file, () => readBundleIndex(bytes)));
    try {
      const wanted = new Set([...bundle.#index.entries.values()].map((entry) => entry.shard));
      for (const shard of wanted) await bundle.#open(file, shard);
      return bundle;
    } catch (error) {
      await bundle.close();
      throw error;
    }
  }

  get names(): readonly string[] {
    return [...this.#index.entries.keys()];
  }

  shape(name: string): readonly number[] | undefined {
    return this.#index.entries.get(name)?.shape;
  }

  /** A variable of floats. Its bounds are checked now, before anything is allocated; its checksum when it is read. */
  tensor(name: string): Tensor {
    const entry = this.#index.entries.get(name);
    if (entry === undefined) throw new Error(`${name} was not looked up before it was read`);
    if (entry.sliced) {
      throw unsupported(
        `${this.prefix}.index: the variable ${name} is partitioned, which bertops does not read.`,
        "Save the checkpoint without a partitioner.",
      );
    }
    const format = FLOATS.get(entry.dtype);
    if (format === undefined) {
      throw unsupported(
        `${this.prefix}.index: the variable ${name} has TensorFlow's type ${entry.dtype}, not floats.`,
      );
    }
    const file = this.#checkBounds(name, entry, format);
    return { name, shape: entry.shape, read: () => this.#read(name, entry, format, file) };
  }

  async close(): Promise<void> {
    for (const file of this.#shards.values()) await file.close();
    this.#shards.clear();
  }

  async #open(index: string, shard: number): Promise<void> {
    if (shard >= this.#index.shards) {
      await naming(index, () => {
        throw new Corrupt(`names data file ${shard} of ${this.#index.shards}`);
      });
    }
    const digits = (value: number) => String(value).padStart(5, "0");
    const path = `${this.prefix}.data-${digits(shard)}-of-${digits(this.#index.shards)}`;
    this.#shards.set(shard, await ModelFile.open(path));
  }

  #checkBounds(name: string, entry: BundleEntry, format: FloatFormat): ModelFile {
    const file = this.#shards.get(entry.shard);
    if (file === undefined) throw new Error(`data file ${entry.shard} is not open`);
    if (entry.size !== sizeOf(entry.shape) * FLOAT_WIDTH[format]) {
      throw file.corrupt(
        `and its index disagree: ${name} has shape [${entry.shape.join(", ")}], but ${entry.size} bytes`,
      );
    }
    if (!(entry.offset + entry.size <= file.size)) {
      const wanted = entry.offset + entry.size;
      throw file.corrupt(`is cut short: ${name} ends at ${wanted}, the file has ${file.size} bytes`);
    }
    return file;
  }

  async *#read(
    name: string,
    entry: BundleEntry,
    format: FloatFormat,
    file: ModelFile,
  ): AsyncGenerator<Float32Array> {
    let sum = 0;
    const inspect = (bytes: Uint8Array): void => {
      sum = crc32c(bytes, sum);
    };
    yield* readFloats({ file, offset: entry.offset, length: entry.size, format, name, inspect });
    if (entry.checksum !== undefined && sum !== unmask(entry.checksum)) {
      throw file.corrupt(`is damaged: the checksum of ${name} does not match`);
    }
  }
}
