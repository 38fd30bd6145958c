import { crc32c, mask } from "../../src/model/checkpoint/crc32c.ts";
import { TABLE_MAGIC, type TableEntry } from "../../src/model/checkpoint/table.ts";

/** As TensorFlow writes it. */
const BLOCK = 256 * 1024;
const RESTART_EVERY = 16;

/** The bytes of a sorted table of entries, which must come in ascending order of their keys; not compressed. */
export function encodeTable(entries: readonly TableEntry[]): Uint8Array {
  const file = new Bytes();
  const pointers: TableEntry[] = [];
  let block = new Block();
  const flush = (): void => {
    if (block.size > 0) pointers.push({ key: block.lastKey, value: handle(append(file, block.finish())) });
    block = new Block();
  };
  for (const entry of entries) {
    block.add(entry);
    if (block.size >= BLOCK) flush();
  }
  flush();
  const meta = append(file, new Block().finish());
  const index = new Block();
  for (const pointer of pointers) index.add(pointer);
  const footer = new Bytes();
  footer.bytes(handle(meta));
  footer.bytes(handle(append(file, index.finish())));
  footer.bytes(new Uint8Array(40 - footer.length));
  footer.bytes(TABLE_MAGIC);
  file.bytes(footer.take());
  return file.take();
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

function append(file: Bytes, block: Uint8Array): Handle {
  const offset = file.length;
  const typed = new Uint8Array(block.length + 1);
  typed.set(block);
  file.bytes(typed);
  file.fixed32(mask(crc32c(typed)));
  return { offset, size: block.length };
}

function handle({ offset, size }: Handle): Uint8Array {
  const bytes = new Bytes();
  bytes.varint(offset);
  bytes.varint(size);
  return bytes.take();
}

/** A block in the making: keys share what they have in common with the key before, but for every sixteenth. */
class Block {
  readonly #bytes = new Bytes();
  readonly #restarts: number[] = [];
  #entries = 0;
  lastKey: Uint8Array = new Uint8Array(0);

  get size(): number {
    return this.#bytes.length;
  }

  add({ key, value }: TableEntry): void {
    let shared = 0;
    if (this.#entries % RESTART_EVERY === 0) this.#restarts.push(this.#bytes.length);
    else while (shared < key.length && key[shared] === this.lastKey[shared]) shared += 1;
    this.#bytes.varint(shared);
    this.#bytes.varint(key.length - shared);
    this.#bytes.varint(value.length);
    this.#bytes.bytes(key.subarray(shared));
    this.#bytes.bytes(value);
    this.lastKey = key;
    this.#entries += 1;
  }

  finish(): Uint8Array {
    const restarts = this.#restarts.length === 0 ? [0] : this.#restarts;
    for (const restart of restarts) this.#bytes.fixed32(restart);
    this.#bytes.fixed32(restarts.length);
    return this.#bytes.take();
  }
}

class Bytes {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  bytes(values: Uint8Array): void {
    for (const value of values) this.#bytes.push(value);
  }

  varint(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) + 128);
    this.#bytes.push(rest);
  }

  fixed32(value: number): void {
    this.#bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
  }

  take(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
