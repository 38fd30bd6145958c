import { type Entry, openPromise } from "yauzl";
import { Corrupt } from "../corrupt.ts";
import type { ModelFile } from "../model-file.ts";
import { LARGEST_PICKLE, type SavedModel } from "./storages.ts";
import { unpickle } from "./unpickle.ts";

const MOST_ENTRIES = 100_000;

/** Reads what torch.save writes since 1.6: a zip with `NAME/data.pkl` and, not compressed, `NAME/data/KEY`. */
export async function readZipFormat(file: ModelFile): Promise<SavedModel> {
  const places = await entryPlaces(file.path);
  const pickle = [...places].find(([name]) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined) throw new Corrupt("is a zip archive, but none that torch.save wrote");
  const [name, place] = pickle;
  const folder = name.slice(0, -"data.pkl".length);
  const order = places.get(`${folder}byteorder`);
  if (
    order !== undefined &&
    Buffer.from(await file.read(order.offset, order.length)).toString() !== "little"
  ) {
    throw new Corrupt("was written on a big-endian machine");
  }
  if (place.length > LARGEST_PICKLE) throw new Corrupt(`claims a pickle of ${place.length} bytes`);
  const { value } = unpickle(await file.read(place.offset, place.length));
  const prefix = `${folder}data/`;
  const storages = [...places]
    .filter(([entry]) => entry.startsWith(prefix))
    .map(([entry, where]) => [entry.slice(prefix.length), where] as const);
  return { value, storages: new Map(storages) };
}

interface Place {
  readonly offset: number;
  readonly length: number;
}

async function entryPlaces(path: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  try {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    try {
      if (zip.entryCount > MOST_ENTRIES) throw new Corrupt(`claims ${zip.entryCount} entries`);
      for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
        if (entry.compressionMethod !== 0) throw new Corrupt("is compressed, which torch.save never does");
        const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
        places.set(entry.fileName, { offset: fileDataStart, length: entry.uncompressedSize });
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
