import { parseBoundedJson } from "../bounded-json.ts";
import { Corrupt } from "../corrupt.ts";
import { sizeOf } from "../tensor.ts";

/** What a safetensors file says of one tensor; offsets count from the end of the header. */
export interface SafetensorsEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Bytes of one value, for the types that the format has had since its beginning. */
const WIDTH: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Parses a header and checks it as the format demands: every byte of the data belongs to exactly one tensor. */
export function parseSafetensorsHeader(json: Uint8Array, dataBytes: number): Map<string, SafetensorsEntry> {
  const entries = new Map<string, SafetensorsEntry>();
  for (const [name, value] of Object.entries(parseObject(json))) {
    if (name !== "__metadata__") entries.set(name, parseEntry(name, value));
  }
  let covered = 0;
  for (const [name, entry] of [...entries].toSorted(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== covered) throw new Corrupt(`has a gap or an overlap in front of ${name}`);
    covered = entry.end;
  }
  if (covered !== dataBytes) {
    throw new Corrupt(
      `${covered > dataBytes ? "is cut short" : "is too long"}: ${dataBytes} bytes instead of ${covered}`,
    );
  }
  return entries;
}

function parseObject(json: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = parseBoundedJson(json);
  } catch (error) {
    throw error instanceof Corrupt ? new Corrupt(`has a header that ${error.message}`) : error;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Corrupt("has a header of no object");
  return value as Readonly<Record<string, unknown>>;
}

function parseEntry(name: string, value: unknown): SafetensorsEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof dtype !== "string" || !isCounts(shape) || shape.length > 8 || !isCounts(offsets)) {
    throw new Corrupt(`describes ${name} in a way that is not the format's`);
  }
  const [begin = -1, end = -1] = offsets;
  const width = WIDTH[dtype];
  if (offsets.length !== 2 || begin < 0 || end < begin)
    throw new Corrupt(`has impossible offsets for ${name}`);
  if (width !== undefined && sizeOf(shape) * width !== end - begin) {
    throw new Corrupt(`gives ${name} the shape [${shape.join(", ")}], but ${end - begin} bytes`);
  }
  return { dtype, shape, begin, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
