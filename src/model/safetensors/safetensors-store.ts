import path from "node:path";
import { readJsonObject } from "../config-file.ts";
import { Corrupt, naming } from "../corrupt.ts";
import { type FloatFormat, readFloats } from "../float-stream.ts";
import { ModelFile } from "../model-file.ts";
import type { Tensor, TensorStore } from "../tensor.ts";
import { unsupported } from "../unsupported.ts";
import { weightMapFiles } from "../weight-map.ts";
import { parseSafetensorsHeader, type SafetensorsEntry } from "./header.ts";

/** The library allows 100 MB; a BERT's header has 40 KB, and what is read here is parsed in memory. */
const LARGEST_HEADER = 4 * 1024 * 1024;
const LARGEST_INDEX = 16 * 1024 * 1024;

const FORMATS: Readonly<Record<string, FloatFormat>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
};

interface Place {
  readonly file: ModelFile;
  readonly entry: SafetensorsEntry;
  /** Where the file's data begin. */
  readonly base: number;
}

/** Opens one safetensors file. */
export async function openSafetensors(file: string): Promise<TensorStore> {
  const places = new Map<string, Place>();
  const opened = await addFile(file, places);
  return store(file, places, [opened]);
}

/** Opens the files that a `model.safetensors.index.json` names, which lie beside it. */
export async function openSafetensorsIndex(index: string): Promise<TensorStore> {
  const { weight_map: map } = await readJsonObject(index, LARGEST_INDEX);
  const names = await naming(index, () => weightMapFiles(map));
  const places = new Map<string, Place>();
  const files: ModelFile[] = [];
  try {
    for (const name of names) files.push(await addFile(path.join(path.dirname(index), name), places));
    for (const name of Object.keys(map as object)) {
      if (!places.has(name))
        await naming(index, () => Promise.reject(new Corrupt(`names ${name}, which no file has`)));
    }
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
  return store(index, places, files);
}

async function addFile(file: string, places: Map<string, Place>): Promise<ModelFile> {
  const opened = await ModelFile.open(file);
  try {
    const start = await opened.read(0, 8);
    const length = Number(new DataView(start.buffer).getBigUint64(0, true));
    if (length > LARGEST_HEADER)
      throw opened.corrupt(`claims a header of ${length} bytes, or is no safetensors file`);
    const base = 8 + length;
    const header = await opened.read(8, length);
    const entries = await naming(file, () => parseSafetensorsHeader(header, opened.size - base));
    for (const [name, entry] of entries) places.set(name, { file: opened, entry, base });
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function store(label: string, places: ReadonlyMap<string, Place>, files: readonly ModelFile[]): TensorStore {
  return {
    path: label,
    names: [...places.keys()],
    shape: (name) => places.get(name)?.entry.shape,
    tensor: (name) => tensor(name, places.get(name)),
    close: async () => {
      for (const file of files) await file.close();
    },
  };
}

function tensor(name: string, place: Place | undefined): Tensor {
  if (place === undefined) throw new Error(`${name} was not looked up before it was read`);
  const { file, entry, base } = place;
  const format = FORMATS[entry.dtype];
  if (format === undefined) {
    throw unsupported(
      `${file.path}: ${name} has the type ${entry.dtype}, which bertops does not read.`,
      "Save the model in float32, float16 or bfloat16.",
    );
  }
  const length = entry.end - entry.begin;
  return {
    name,
    shape: entry.shape,
    read: () => readFloats({ file, offset: base + entry.begin, length, format, name }),
  };
}
