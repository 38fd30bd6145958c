import { crc32 } from "node:zlib";
import { type Entry, openPromise } from "yauzl";
import { Corrupt } from "../corrupt.ts";
import type { ModelFile } from "../model-file.ts";
import { LARGEST_PICKLE, type SavedModel } from "./storages.ts";
import { unpickle } from "./unpickle.ts";

/** BERT-large has 400; each takes a look at its own place in the file. */
const MOST_ENTRIES = 10_000;
const LONGEST_BYTE_ORDER = 16;

/** Reads what torch.save writes since 1.6: a zip with `NAME/data.pkl` and, not compressed, `NAME/data/KEY`. */
export async function readZipFormat(file: ModelFile): Promise<SavedModel> {
  const places = await entryPlaces(file.path);
  const pickle = [...places].find(([name]) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined) throw new Corrupt("is a zip archive, but none that torch.save wrote");
  const [name, place] = pickle;
  const folder = name.slice(0, -"data.pkl".length);
  const order = places.get(`${folder}byteorder`);
  if (order !== undefined && (await shortText(file, order)) !== "little")
    throw new Corrupt("was written on a big-endian machine");
  if (place.length > LARGEST_PICKLE) throw new Corrupt(`claims a pickle of ${place.length} bytes`);
  const pickled = await file.read(place.offset, place.length);
  const { value } = unpickle(pickled);
  // PyTorch can be told to leave checksums out; then that of the pickle is wrong as well.
  const checked = crc32(pickled) === place.checksum;
  const prefix = `${folder}data/`;
  const storages = [...places]
    .filter(([entry]) => entry.startsWith(prefix))
    .map(([entry, { checksum, ...where }]) => {
      const storage = checked ? { ...where, checksum } : where;
      return [entry.slice(prefix.length), storage] as const;
    });
  return { value, storages: new Map(storages) };
}

function shortText(file: ModelFile, { offset, length }: Place): Promise<string> {
  return file
    .read(offset, Math.min(length, LONGEST_BYTE_ORDER))
    .then((bytes) => Buffer.from(bytes).toString());
}

interface Place {
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

async function entryPlaces(path: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  try {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    try {
      if (zip.entryCount > MOST_ENTRIES) throw new Corrupt(`claims ${zip.entryCount} entries`);
      for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
        if (entry.compressionMethod !== 0) throw new Corrupt("is compressed, which torch.save never does");
        if (places.has(entry.fileName)) throw new Corrupt(`has two entries called ${entry.fileName}`);
        const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
        places.set(entry.fileName, {
          offset: fileDataStart,
          length: entry.uncompressedSize,
          checksum: entry.crc32,
        });
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    if (error instanceof Corrupt) throw error;
    // What yauzl throws is about the archive's structure.
    throw new Corrupt(`is a damaged zip archive (${error instanceof Error ? error.message : String(error)})`);
  }
  return places;
}
