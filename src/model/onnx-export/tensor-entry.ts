import { fields } from "../checkpoint/protobuf-fields.ts";
import { Corrupt } from "../corrupt.ts";

/** Where a tensor's numbers are: a range of the graph's own file, or of one that it names. */
export interface TensorPlace {
  /** Undefined for the graph's own file. */
  readonly file?: string;
  readonly offset: number;
  readonly length: number;
}

/** A constant of a graph: what is said of it, not its numbers. */
export interface TensorEntry {
  readonly name: string;
  /** By its number in onnx.proto: 1 float32, 10 float16, 16 bfloat16. */
  readonly element: number;
  readonly shape: readonly number[];
  /** Absent where the numbers are written as a list in the graph. */
  readonly place?: TensorPlace;
}

/** The types of onnx.proto by the bits of one value; text, which is the missing 8, has none. */
const TYPES_BY_BITS: ReadonlyArray<readonly [number, readonly number[]]> = [
  [2, [25, 26]],
  [4, [21, 22, 23]],
  [8, [2, 3, 9, 17, 18, 19, 20, 24]],
  [16, [4, 5, 10, 16]],
  [32, [1, 6, 12]],
  [64, [7, 11, 13, 14]],
  [128, [15]],
];

function bitsOf(element: number): number | undefined {
  return TYPES_BY_BITS.find(([, types]) => types.includes(element))?.[0];
}

/** Collects the fields of a TensorProto; `finish` checks them against each other. */
export class TensorEntryBuilder {
  #name = "";
  #element = 0;
  #external = false;
  #inside: TensorPlace | undefined;
  readonly #shape: number[] = [];
  readonly #place = new Map<string, string>();

  number(field: number, value: number): void {
    if (field === 1) this.#dimension(value);
    else if (field === 2) this.#element = value;
    else if (field === 14) this.#external = value === 1;
  }

  /** The content of a field. */
  content(field: number, bytes: Uint8Array): void {
    if (field === 1) for (const value of varints(bytes)) this.#dimension(value);
    else if (field === 8) this.#name = text(bytes);
    else if (field === 13) {
      const [key = "", value = ""] = ["", ""].map((_, index) => {
        const found = [...fields(bytes)].find((entry) => entry.number === index + 1);
        return found?.type === "bytes" ? text(found.value) : "";
      });
      this.#place.set(key, value);
    }
  }

  /** Numbers as bytes, or floats packed, which are the same bytes. */
  inside(field: number, offset: number, length: number): void {
    if (field === 9 || (field === 4 && length > 4)) this.#inside = { offset, length };
  }

  finish(): TensorEntry {
    const entry = { name: this.#name, element: this.#element, shape: this.#shape };
    const bits = bitsOf(this.#element);
    const count = this.#shape.reduce((product, size) => product * size, 1);
    const bytes = bits === undefined ? undefined : Math.ceil((count * bits) / 8);
    if (bytes !== undefined && !Number.isSafeInteger(bytes)) {
      throw new Corrupt(`gives ${this.#name} the impossible shape [${this.#shape.join(", ")}]`);
    }
    const place = this.#external ? this.#outside(bytes) : this.#inside;
    if (place === undefined) return entry;
    if (bytes !== undefined && place.length !== bytes) {
      throw new Corrupt(
        `gives ${this.#name} the shape [${this.#shape.join(", ")}] of ${bytes} bytes, but ${place.length}`,
      );
    }
    return { ...entry, place };
  }

  #dimension(value: number): void {
    if (!Number.isSafeInteger(value) || this.#shape.length >= 16) {
      throw new Corrupt(`gives ${this.#name} an impossible shape`);
    }
    this.#shape.push(value);
  }

  #outside(bytes: number | undefined): TensorPlace {
    const file = this.#place.get("location");
    const offset = whole(this.#place.get("offset") ?? "0");
    const length = this.#place.has("length") ? whole(this.#place.get("length")) : bytes;
    if (file === undefined || offset === undefined || length === undefined) {
      throw new Corrupt(`does not say where the numbers of ${this.#name} are`);
    }
    return { file, offset, length };
  }
}

/** The fields of a TensorProto whose content `content` reads; all are short. */
export const DESCRIPTIVE: ReadonlySet<number> = new Set([1, 8, 13]);

/** UTF-8 text; what is none gets replacement characters, which no lookup matches. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function whole(value: string | undefined): number | undefined {
  const number = value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}

function* varints(bytes: Uint8Array): Generator<number> {
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    yield value;
    value = 0;
    scale = 1;
  }
}
