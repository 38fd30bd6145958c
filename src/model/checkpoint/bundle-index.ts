import { Corrupt } from "../corrupt.ts";
import { fields } from "./protobuf-fields.ts";
import { tableEntries } from "./table.ts";

/** What the index says of one variable. Numbers are as stored, unchecked: Infinity where they do not fit. */
export interface BundleEntry {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  /** Masked crc32c of the bytes; absent in files that have none. */
  readonly checksum: number | undefined;
  /** The variable was partitioned: its bytes lie under other keys. */
  readonly sliced: boolean;
}

export interface BundleIndex {
  readonly shards: number;
  readonly entries: ReadonlyMap<string, BundleEntry>;
}

/** More shards, and more variables, than any checkpoint of a BERT has. */
const MOST_SHARDS = 10_000;
const MOST_VARIABLES = 100_000;

/** Reads the content of `PREFIX.index`. */
export function readBundleIndex(file: Uint8Array): BundleIndex {
  const entries = new Map<string, BundleEntry>();
  let shards: number | undefined;
  for (const { key, value } of tableEntries(file)) {
    if (key.length === 0) shards = readHeader(value);
    // Keys that begin with a zero byte are the pieces of partitioned variables, which are refused where they are wanted.
    else if (entries.size === MOST_VARIABLES) throw new Corrupt(`has more than ${MOST_VARIABLES} variables`);
    else if (key[0] !== 0) entries.set(Buffer.from(key).toString("latin1"), readEntry(value));
  }
  if (shards === undefined) throw new Corrupt("has no header");
  return { shards, entries };
}

function readHeader(bytes: Uint8Array): number {
  let shards = 0;
  for (const field of fields(bytes)) {
    if (field.type !== "varint") continue;
    if (field.number === 1) shards = field.value;
    if (field.number === 2 && field.value !== 0) throw new Corrupt("was written on a big-endian machine");
  }
  if (shards < 1 || shards > MOST_SHARDS) throw new Corrupt(`claims ${shards} data files`);
  return shards;
}

function readEntry(bytes: Uint8Array): BundleEntry {
  const numbers = new Map<number, number>();
  let shape: readonly number[] = [];
  let sliced = false;
  for (const field of fields(bytes)) {
    if (field.type !== "bytes") numbers.set(field.number, field.value);
    else if (field.number === 2) shape = readShape(field.value);
    else if (field.number === 7) sliced = true;
  }
  const number = (field: number) => numbers.get(field) ?? 0;
  return {
    dtype: number(1),
    shape,
    shard: number(3),
    offset: number(4),
    size: number(5),
    checksum: numbers.get(6),
    sliced,
  };
}

function readShape(bytes: Uint8Array): number[] {
  const shape: number[] = [];
  for (const dimension of fields(bytes)) {
    if (dimension.number !== 2 || dimension.type !== "bytes") continue;
    let size = 0;
    for (const field of fields(dimension.value))
      if (field.number === 1 && field.type === "varint") size = field.value;
    shape.push(size);
  }
  return shape;
}
