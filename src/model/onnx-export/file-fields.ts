import { readVarint } from "../checkpoint/protobuf-fields.ts";
import { Corrupt } from "../corrupt.ts";
import type { ModelFile } from "../model-file.ts";

/** A field of a message in a file; the content of one with a length is a range of the file, read only if it is asked for. */
export type FileField =
  | { readonly number: number; readonly type: "number"; readonly value: number }
  | { readonly number: number; readonly type: "range"; readonly start: number; readonly length: number };

const WINDOW = 256 * 1024;
/** The longest key, and the longest length behind it. */
const LONGEST_HEAD = 20;
/** An encoder's graph has some ten thousand; a file of more is made to take time. */
const MOST_FIELDS = 2_000_000;

/** Walks protobuf messages in a file that may be larger than memory, a window of it at a time. */
export class FileFields {
  readonly #file: ModelFile;
  #window: Uint8Array = new Uint8Array(0);
  #start = 0;
  #seen = 0;

  constructor(file: ModelFile) {
    this.#file = file;
  }

  /** The fields of the message that lies in that range of the file. Throws Corrupt. */
  async *fields(start: number, length: number): AsyncGenerator<FileField> {
    const end = start + length;
    for (let at = start; at < end;) {
      this.#seen += 1;
      if (this.#seen > MOST_FIELDS) throw new Corrupt("holds more fields than any encoder");
      const head = await this.#head(at, end);
      const key = readVarint(head, 0);
      const number = Math.floor(key.value / 8);
      const type = key.value % 8;
      if (type === 0) {
        const { value, next } = readVarint(head, key.next);
        yield { number, type: "number", value };
        at += next;
        continue;
      }
      const size = type === 2 ? readVarint(head, key.next) : { value: WIDTHS[type], next: key.next };
      if (size.value === undefined)
        throw new Corrupt(`is no ONNX model: it holds an unknown kind of field (${type})`);
      const from = at + size.next;
      if (!(from + size.value <= end)) {
        throw new Corrupt(
          `is cut short or no ONNX model: more bytes are claimed at ${from} than its ${this.#file.size}`,
        );
      }
      yield { number, type: "range", start: from, length: size.value };
      at = from + size.value;
    }
  }

  async #head(at: number, end: number): Promise<Uint8Array> {
    const wanted = Math.min(LONGEST_HEAD, end - at);
    if (at < this.#start || at + wanted > this.#start + this.#window.length) {
      this.#window = await this.#file.read(at, Math.min(WINDOW, this.#file.size - at));
      this.#start = at;
    }
    return this.#window.subarray(at - this.#start, at - this.#start + wanted);
  }
}

const WIDTHS: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
