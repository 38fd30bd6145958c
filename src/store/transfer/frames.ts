import type { ContentFile } from "../hash-files.ts";
import type { BlockPlace } from "../known-content.ts";
import type { Run } from "./block-parts.ts";
import type { Block } from "./block-source.ts";
import type { PackedBlock } from "./pack-blocks.ts";

// What is said to the program on the host; scripts/receive.ts says how each frame is laid out.

const SMALL_KIND = "S".charCodeAt(0);

/** Says where the files that follow go (`D`): below the model's directory. */
export function directoryFrame(directory: string): Buffer {
  const name = Buffer.from(directory);
  const frame = Buffer.alloc(3 + name.length);
  frame.write("D", 0, "latin1");
  frame.writeUInt16BE(name.length, 1);
  name.copy(frame, 3);
  return frame;
}

/** Tells the host of a file and its number (`F`). */
export function declaration(number: number, file: ContentFile): Buffer {
  const length = Buffer.byteLength(file.path);
  const frame = Buffer.allocUnsafe(11 + length);
  frame.write("F", 0, "latin1");
  frame.writeUInt32BE(number, 1);
  frame.writeUInt32BE(file.mode, 5);
  frame.writeUInt16BE(length, 9);
  frame.write(file.path, 11, "utf8");
  return frame;
}

/** Where the path begins in what goes before a small file. */
const SMALL_PATH = 43;

/** The most bytes that go before those of a small file (`S`). */
export function mostBeforeSmall({ path }: ContentFile): number {
  return SMALL_PATH + 3 * path.length;
}

/** Writes what goes before the bytes of a small file that is sent as a whole (`S`), but for its hash; answers how many bytes that takes. */
export function beforeSmall({ path, mode, size }: ContentFile, frame: Buffer): number {
  const length = frame.write(path, SMALL_PATH, "utf8");
  frame[0] = SMALL_KIND;
  frame.writeUInt32BE(mode, 1);
  frame.writeUInt32BE(size, 5);
  frame.writeUInt16BE(length, 41);
  return SMALL_PATH + length;
}

/** Completes a small file's frame. */
export function hashOfSmall(hash: string, frame: Buffer): void {
  frame.write(hash, 9, "hex");
}

/** What goes before the bytes of a block (`B`, `Z`), or before where to copy it from (`C`, `P`). */
export function header(kind: "B" | "C" | "P" | "Z", number: number, { position, size, hash }: Block): Buffer {
  const frame = Buffer.allocUnsafe(49);
  frame.write(kind, 0, "latin1");
  frame.writeUInt32BE(number, 1);
  frame.writeBigUInt64BE(BigInt(position), 5);
  frame.writeUInt32BE(size, 13);
  frame.write(hash, 17, "hex");
  return frame;
}

/** How a block is packed, after its header and before its bytes. */
export function packing({ codec, data }: PackedBlock): Buffer {
  const frame = Buffer.alloc(5);
  frame.writeUInt8(codec, 0);
  frame.writeUInt32BE(data.length, 1);
  return frame;
}

/** Has the host copy a block (`C`). */
export function copyFrame(number: number, block: Block, place: BlockPlace): Buffer {
  return Buffer.concat([header("C", number, block), sourceOf(place)]);
}

/** Asks for the hashes of the parts of what lies somewhere (`Q`). */
export function questionFrame(place: BlockPlace, size: number): Buffer {
  const head = Buffer.alloc(5);
  head.write("Q", 0, "latin1");
  head.writeUInt32BE(size, 1);
  return Buffer.concat([head, sourceOf(place)]);
}

/** Asks where a stretch of bytes lies in a file, near `place` (`N`). */
export function searchFrame(place: BlockPlace, bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length, 0);
  return Buffer.concat([Buffer.from("N", "latin1"), sourceOf(place), length, bytes]);
}

/** Has the host make a block of an older one and of some runs of bytes (`P`). */
export function patchFrame(
  number: number,
  block: Block,
  place: BlockPlace,
  runs: readonly Run[],
  bytes: Buffer,
): Buffer {
  const table = Buffer.alloc(2 + 8 * runs.length);
  table.writeUInt16BE(runs.length, 0);
  for (const [index, { offset, length }] of runs.entries()) {
    table.writeUInt32BE(offset, 2 + 8 * index);
    table.writeUInt32BE(length, 6 + 8 * index);
  }
  const parts = runs.map(({ offset, length }) => bytes.subarray(offset, offset + length));
  return Buffer.concat([header("P", number, block), sourceOf(place), table, ...parts]);
}

function sourceOf({ path, start }: BlockPlace): Buffer {
  const name = Buffer.from(path);
  const head = Buffer.alloc(10);
  head.writeBigUInt64BE(BigInt(start), 0);
  head.writeUInt16BE(name.length, 8);
  return Buffer.concat([head, name]);
}
