import { Corrupt } from "../corrupt.ts";
import { crc32c, unmask } from "./crc32c.ts";
import { readVarint, slice } from "./protobuf-fields.ts";
import { uncompress } from "./snappy.ts";

/** The last eight bytes of every table file. */
export const TABLE_MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
const FOOTER = 48;
/** A byte for the kind of compression and four for the checksum follow every block. */
const TRAILER = 5;
/** Bytes of blocks, as they lie and uncompressed, that are looked at in one file. */
const MOST_WORK = 64 * 1024 * 1024;

export interface TableEntry {
  /** Keys are bytes: slices of partitioned variables begin with a zero. */
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** The entries of a sorted table (TensorFlow's form of LevelDB's), in their order. */
export function* tableEntries(file: Uint8Array): Generator<TableEntry> {
  if (file.length < FOOTER) throw new Corrupt(`is cut short: ${file.length} bytes are no checkpoint index`);
  const footer = file.subarray(file.length - FOOTER);
  if (!TABLE_MAGIC.every((byte, index) => footer[FOOTER - 8 + index] === byte)) {
    throw new Corrupt("is cut short or no checkpoint index: its last bytes are not TensorFlow's");
  }
  const meta = readHandle(footer, 0);
  const index = readHandle(footer, meta.next);
  let spent = 0;
  for (const pointer of blockEntries(readBlock(file, index))) {
    const place = readHandle(pointer.value, 0);
    const block = readBlock(file, place);
    // Blocks may be named twice only by somebody who wants the reader to work for days.
    spent += place.size + block.length;
    if (spent > MOST_WORK) throw new Corrupt("names more blocks than it has");
    yield* blockEntries(block);
  }
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

function readHandle(bytes: Uint8Array, at: number): Handle & { next: number } {
  const offset = readVarint(bytes, at);
  const size = readVarint(bytes, offset.next);
  return { offset: offset.value, size: size.value, next: size.next };
}

function readBlock(file: Uint8Array, { offset, size }: Handle): Uint8Array {
  const whole = slice(file, offset, size + TRAILER);
  const checked = whole.subarray(0, size + 1);
  const view = new DataView(whole.buffer, whole.byteOffset + size + 1, 4);
  if (crc32c(checked) !== unmask(view.getUint32(0, true))) {
    throw new Corrupt(`is damaged: the checksum of its block at ${offset} does not match`);
  }
  const kind = whole[size];
  if (kind === 0) return whole.subarray(0, size);
  if (kind === 1) return uncompress(whole.subarray(0, size));
  throw new Corrupt(`is compressed in an unknown way (${kind})`);
}

function* blockEntries(block: Uint8Array): Generator<TableEntry> {
  if (block.length < 4) throw new Corrupt("holds an empty block");
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const restarts = view.getUint32(block.length - 4, true);
  const end = block.length - 4 - restarts * 4;
  if (end < 0) throw new Corrupt("holds a block with more restart points than bytes");
  const entries = block.subarray(0, end);
  let key = new Uint8Array(0);
  for (let at = 0; at < end;) {
    const shared = readVarint(entries, at);
    const fresh = readVarint(entries, shared.next);
    const length = readVarint(entries, fresh.next);
    const suffix = slice(entries, length.next, fresh.value);
    const next = new Uint8Array(shared.value <= key.length ? shared.value + suffix.length : 0);
    if (shared.value > key.length) throw new Corrupt("holds a key that continues nothing");
    next.set(key.subarray(0, shared.value));
    next.set(suffix, shared.value);
    key = next;
    const start = length.next + fresh.value;
    yield { key, value: slice(entries, start, length.value) };
    at = start + length.value;
  }
}
