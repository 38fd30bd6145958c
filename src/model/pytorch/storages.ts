import type { ModelFile } from "../model-file.ts";
import type { Value } from "./pickle-values.ts";

/** A saved model, its pickle read and its storages found. */
export interface SavedModel {
  readonly value: Value;
  /** Where the bytes of the storage with that key lie, if the file has it. */
  readonly storages: ReadonlyMap<string, StoredBytes>;
}

export interface StoredBytes {
  readonly offset: number;
  readonly length: number;
  /** CRC-32 of all its bytes, where the file has it. */
  readonly checksum?: number;
}

/** The pickle of a state dict is some tens of kilobytes; no more than this is read. */
export const LARGEST_PICKLE = 16 * 1024 * 1024;

/** Bytes of one value, by the storage's type. */
export const STORAGE_WIDTH: Readonly<Record<string, number>> = {
  Float: 4,
  Half: 2,
  BFloat16: 2,
  Double: 8,
  Long: 8,
  Int: 4,
  Short: 2,
  Char: 1,
  Byte: 1,
  Bool: 1,
};

/** Reads the head of a file, up to the largest pickle. */
export function readHead(file: ModelFile): Promise<Uint8Array> {
  return file.read(0, Math.min(file.size, LARGEST_PICKLE));
}
