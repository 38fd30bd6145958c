import type { ContentFile } from "../hash-files.ts";
import type { BlockPlace } from "../known-content.ts";
import type { Block } from "./block-source.ts";
import type { PackedBlock } from "./pack-blocks.ts";

// What is said to the program on the host; scripts/receive.ts says how each frame is laid out.

/** Says where the files that follow go (`D`): below the model's directory. */
export function directoryFrame(directory: string): Buffer {
  const name = Buffer.from(directory);
  const frame = Buffer.alloc(3 + name.length);
  frame.write("D", 0, "latin1");
  frame.writeUInt16BE(name.length, 1);
  name.copy(frame, 3);
  return frame;
}

/** Asks for everything to be on the disk (`S`). */
export const SETTLE = Buffer.from("S", "latin1");

/** Tells the host of a file and its number (`F`). */
export function declaration(number: number, file: ContentFile): Buffer {
  const name = Buffer.from(file.path);
  const frame = Buffer.alloc(11 + name.length);
  frame.write("F", 0, "latin1");
  frame.writeUInt32BE(number, 1);
  frame.writeUInt32BE(file.mode, 5);
  frame.writeUInt16BE(name.length, 9);
  name.copy(frame, 11);
  return frame;
}

/** What goes before the bytes of a block (`B`, `Z`), or before where to copy it from (`C`). */
export function header(kind: "B" | "C" | "Z", number: number, { position, size, hash }: Block): Buffer {
  const frame = Buffer.alloc(49);
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
export function copyFrame(number: number, block: Block, { path, start }: BlockPlace): Buffer {
  const name = Buffer.from(path);
  const source = Buffer.alloc(10);
  source.writeBigUInt64BE(BigInt(start), 0);
  source.writeUInt16BE(name.length, 8);
  return Buffer.concat([header("C", number, block), source, name]);
}
