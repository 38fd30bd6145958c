import { Corrupt } from "../corrupt.ts";
import { readVarint, slice } from "./protobuf-fields.ts";

/** No block of a checkpoint's index comes near this. */
const LARGEST_BLOCK = 16 * 1024 * 1024;

/** Undoes Snappy's block compression. */
export function uncompress(bytes: Uint8Array): Uint8Array {
  const length = readVarint(bytes, 0);
  // A copy of at most 64 bytes takes at least two: nothing grows more than 32-fold.
  if (length.value > Math.min(LARGEST_BLOCK, bytes.length * 32)) {
    throw new Corrupt(`holds a compressed block that claims ${length.value} bytes`);
  }
  const output = new Uint8Array(length.value);
  let at = length.next;
  let filled = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const kind = tag & 3;
    at += 1;
    if (kind === 0) {
      const literal = literalLength(bytes, at, tag >> 2);
      at = literal.next;
      const source = slice(bytes, at, literal.value);
      slice(output, filled, literal.value).set(source);
      at += literal.value;
      filled += literal.value;
    } else {
      const copy = readCopy(bytes, at, tag);
      at = copy.next;
      if (copy.distance === 0 || copy.distance > filled || filled + copy.length > output.length) {
        throw new Corrupt("holds a compressed block that copies from outside itself");
      }
      // Byte by byte on purpose: a copy may overlap what it writes.
      for (let index = 0; index < copy.length; index += 1, filled += 1) {
        output[filled] = output[filled - copy.distance] ?? 0;
      }
    }
  }
  if (filled !== output.length) throw new Corrupt("holds a compressed block that ends early");
  return output;
}

function literalLength(bytes: Uint8Array, at: number, code: number): { value: number; next: number } {
  if (code < 60) return { value: code + 1, next: at };
  const width = code - 59;
  return { value: littleEndian(bytes, at, width) + 1, next: at + width };
}

function readCopy(bytes: Uint8Array, at: number, tag: number) {
  if ((tag & 3) === 1) {
    const distance = ((tag >> 5) << 8) | littleEndian(bytes, at, 1);
    return { length: ((tag >> 2) & 7) + 4, distance, next: at + 1 };
  }
  const width = (tag & 3) === 2 ? 2 : 4;
  return { length: (tag >> 2) + 1, distance: littleEndian(bytes, at, width), next: at + width };
}

function littleEndian(bytes: Uint8Array, at: number, width: number): number {
  return slice(bytes, at, width).reduceRight((value, byte) => value * 256 + byte, 0);
}
