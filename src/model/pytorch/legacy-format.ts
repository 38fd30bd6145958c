import { Corrupt } from "../corrupt.ts";
import type { ModelFile } from "../model-file.ts";
import { isKind, type Storage, type Value } from "./pickle-values.ts";
import { stateDict } from "./state-dict.ts";
import { readHead, type SavedModel, STORAGE_WIDTH } from "./storages.ts";
import { unpickle } from "./unpickle.ts";

/** The number that old files begin with, as its pickle's bytes. */
export const LEGACY_MAGIC = Uint8Array.of(
  0x80,
  2,
  0x8a,
  10,
  0x6c,
  0xfc,
  0x9c,
  0x46,
  0xf9,
  0x20,
  0x6a,
  0xa8,
  0x50,
  0x19,
);

/**
 * Reads what torch.save wrote before 1.6: five pickles (magic number, protocol, machine, the state dict, the storages'
 * keys), then for each key the number of values (8 bytes) and the values.
 */
export async function readLegacyFormat(file: ModelFile): Promise<SavedModel> {
  const head = await readHead(file);
  let at = 0;
  const values: Value[] = [];
  for (let index = 0; index < 5; index += 1) {
    const { value, end } = unpickle(head, at);
    values.push(value);
    at = end;
  }
  const [, protocol, machine, value = null, keys] = values;
  if (protocol !== 1001 || !isKind(keys, "list")) throw new Corrupt("is not laid out as torch.save did");
  if (isKind(machine, "dict") && machine.items.get("little_endian") === false) {
    throw new Corrupt("was written on a big-endian machine");
  }
  const known = new Map<string, Storage>();
  for (const view of stateDict(value).values()) known.set(view.storage.key, view.storage);
  const storages = new Map<string, { offset: number; length: number }>();
  for (const key of keys.items) {
    if (typeof key !== "string" || storages.has(key))
      throw new Corrupt("has a storage without a key, or one key for two");
    const count = new DataView((await file.read(at, 8)).buffer).getBigUint64(0, true);
    const storage = known.get(key);
    if (storage === undefined)
      throw new Corrupt(`has a storage ${key.slice(0, 40)} of no tensor, so its length is unknown`);
    if (count !== BigInt(storage.elements))
      throw new Corrupt(`gives a storage ${count} values instead of ${storage.elements}`);
    const length = storage.elements * (STORAGE_WIDTH[storage.type] ?? 0);
    storages.set(key, { offset: at + 8, length });
    at += 8 + length;
  }
  return { value, storages };
}
