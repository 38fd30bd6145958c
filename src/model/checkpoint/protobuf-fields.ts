import { Corrupt } from "../corrupt.ts";

/** One field of a protobuf message; a number above 2^53 (all negative ones, too) is Infinity, so every bound catches it. */
export type Field =
  | { readonly number: number; readonly type: "varint" | "fixed"; readonly value: number }
  | { readonly number: number; readonly type: "bytes"; readonly value: Uint8Array };

/** The fields of a message in the order they lie. */
export function* fields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  while (at < bytes.length) {
    const key = readVarint(bytes, at);
    at = key.next;
    const number = Math.floor(key.value / 8);
    const type = key.value % 8;
    if (type === 0) {
      const varint = readVarint(bytes, at);
      at = varint.next;
      yield { number, type: "varint", value: varint.value };
    } else if (type === 2) {
      const length = readVarint(bytes, at);
      yield { number, type: "bytes", value: slice(bytes, length.next, length.value) };
      at = length.next + length.value;
    } else if (type === 5 || type === 1) {
      const width = type === 5 ? 4 : 8;
      const raw = slice(bytes, at, width);
      const view = new DataView(raw.buffer, raw.byteOffset, width);
      yield {
        number,
        type: "fixed",
        value: width === 4 ? view.getUint32(0, true) : Number.POSITIVE_INFINITY,
      };
      at += width;
    } else throw new Corrupt(`holds a message with an unknown kind of field (${type})`);
  }
}

/** A base-128 number and where it ends; Infinity if it does not fit 53 bits. */
export function readVarint(bytes: Uint8Array, start: number): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) throw new Corrupt("is cut short inside a number");
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) {
      return {
        value: Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY,
        next: start + index + 1,
      };
    }
  }
  throw new Corrupt("holds a number that does not end");
}

/** A view of part of the bytes, checked. */
export function slice(bytes: Uint8Array, start: number, length: number): Uint8Array {
  if (!(start >= 0 && length >= 0 && start + length <= bytes.length)) {
    throw new Corrupt(`points outside itself (${length} bytes at ${start} of ${bytes.length})`);
  }
  return bytes.subarray(start, start + length);
}
