import path from "node:path";
import { crc32 } from "node:zlib";
import { readJsonObject } from "../config-file.ts";
import { Corrupt, naming } from "../corrupt.ts";
import { FLOAT_WIDTH, type FloatFormat, type FloatRange, readFloats } from "../float-stream.ts";
import { ModelFile } from "../model-file.ts";
import { transposed } from "../matrix-bands.ts";
import { sizeOf, type Tensor, type TensorStore } from "../tensor.ts";
import { unsupported } from "../unsupported.ts";
import { weightMapFiles } from "../weight-map.ts";
import { LEGACY_MAGIC, readLegacyFormat } from "./legacy-format.ts";
import type { TensorView } from "./pickle-values.ts";
import { isContiguous, isTransposed, stateDict } from "./state-dict.ts";
import { type SavedModel, STORAGE_WIDTH, type StoredBytes } from "./storages.ts";
import { readZipFormat } from "./zip-format.ts";

const FORMATS: Readonly<Record<string, FloatFormat>> = {
  Double: "float64",
  Float: "float32",
  Half: "float16",
  BFloat16: "bfloat16",
};
const LARGEST_INDEX = 16 * 1024 * 1024;

interface Place {
  readonly file: ModelFile;
  readonly view: TensorView;
  readonly storages: SavedModel["storages"];
}

/** Opens a `pytorch_model.bin`, of either layout that torch.save has had, without running anything in it. */
export async function openPytorch(file: string): Promise<TensorStore> {
  const places = new Map<string, Place>();
  return store(file, places, [await addFile(file, places)]);
}

/** Opens the files that a `pytorch_model.bin.index.json` names, which lie beside it. */
export async function openPytorchIndex(index: string): Promise<TensorStore> {
  const { weight_map: map } = await readJsonObject(index, LARGEST_INDEX);
  const names = await naming(index, () => weightMapFiles(map));
  const places = new Map<string, Place>();
  const files: ModelFile[] = [];
  try {
    for (const name of names) files.push(await addFile(path.join(path.dirname(index), name), places));
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
  return store(index, places, files);
}

async function addFile(file: string, places: Map<string, Place>): Promise<ModelFile> {
  const opened = await ModelFile.open(file);
  try {
    await naming(file, async () => {
      const { value, storages } = await readLayout(opened);
      for (const [name, view] of stateDict(value)) places.set(name, { file: opened, view, storages });
    });
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function readLayout(file: ModelFile): Promise<SavedModel> {
  const start = await file.read(0, Math.min(file.size, LEGACY_MAGIC.length));
  if (start[0] === 0x50 && start[1] === 0x4b) return readZipFormat(file);
  if (LEGACY_MAGIC.every((byte, index) => start[index] === byte)) return readLegacyFormat(file);
  throw new Corrupt("is no file that torch.save wrote");
}

function store(label: string, places: ReadonlyMap<string, Place>, files: readonly ModelFile[]): TensorStore {
  return {
    path: label,
    names: [...places.keys()],
    shape: (name) => places.get(name)?.view.shape,
    tensor: (name) => tensor(name, places.get(name)),
    close: async () => {
      for (const file of files) await file.close();
    },
  };
}

function tensor(name: string, place: Place | undefined): Tensor {
  if (place === undefined) throw new Error(`${name} was not looked up before it was read`);
  const { file, view } = place;
  const { storage, shape } = view;
  const format = FORMATS[storage.type];
  if (format === undefined) {
    throw unsupported(
      `${file.path}: ${name} has the type ${storage.type}, which bertops does not read.`,
      "Save the model in float32, float16 or bfloat16.",
    );
  }
  // Models that came out of TensorFlow were saved with their matrices turned over in place.
  const turned = isTransposed(view);
  if (!turned && !isContiguous(view)) {
    throw unsupported(`${file.path}: ${name} is not contiguous.`, "Save the model as safetensors.");
  }
  const found = place.storages.get(storage.key);
  if (found === undefined) throw file.corrupt(`has no storage ${storage.key.slice(0, 40)} for ${name}`);
  const offset = found.offset + view.offset * FLOAT_WIDTH[format];
  const length = sizeOf(shape) * FLOAT_WIDTH[format];
  const inside = storage.elements * (STORAGE_WIDTH[storage.type] ?? 0) <= found.length;
  if (!inside || !(offset + length <= found.offset + found.length)) {
    throw file.corrupt(`gives ${name} more values than its storage has`);
  }
  if (offset + length > file.size) throw file.corrupt(`is cut short: ${name} ends at ${offset + length}`);
  const read = () => readChecked({ file, offset, length, format, name }, found);
  return turned ? transposed({ name, shape: shape.toReversed(), read }) : { name, shape, read };
}

/** A range of a storage; where it is all of it, its checksum is compared. */
async function* readChecked(range: FloatRange, storage: StoredBytes): AsyncGenerator<Float32Array> {
  const whole = range.offset === storage.offset && range.length === storage.length;
  if (!whole || storage.checksum === undefined) {
    yield* readFloats(range);
    return;
  }
  let sum = 0;
  yield* readFloats({ ...range, inspect: (bytes) => (sum = crc32(bytes, sum)) });
  if (sum !== storage.checksum) {
    throw range.file.corrupt(`is damaged: the checksum of ${range.name} does not match`);
  }
}
