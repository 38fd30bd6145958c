import { openPromise, type Entry, type ZipFile } from "yauzl";
import type { Readable } from "node:stream";

/** One member of an archive that is a file, a directory or a symbolic link. */
export interface ArchiveEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link";
  /** Permission bits; 0 where the archive was written without any. */
  readonly mode: number;
  readonly size: number;
  readonly raw: Entry;
}

const TYPE_MASK = 0o17_0000;
const LINK_TYPE = 0o12_0000;
const UNIX = 3;

function toEntry(raw: Entry): ArchiveEntry {
  const unix = raw.versionMadeBy >> 8 === UNIX ? raw.externalFileAttributes >>> 16 : 0;
  const directory = raw.fileName.endsWith("/");
  const link = (unix & TYPE_MASK) === LINK_TYPE;
  let kind: ArchiveEntry["kind"] = "file";
  if (directory || link) {
    kind = directory ? "directory" : "link";
  }
  return { name: raw.fileName, kind, mode: unix & 0o777, size: raw.uncompressedSize, raw };
}

/** A zip archive, listed. yauzl refuses absolute names and names with `..` while it lists. */
export class ZipArchive {
  readonly entries: readonly ArchiveEntry[];
  readonly #zip: ZipFile;

  private constructor(zip: ZipFile, entries: readonly ArchiveEntry[]) {
    this.#zip = zip;
    this.entries = entries;
  }

  /** Opens and lists an archive. Throws what is wrong with it. */
  static async open(file: string): Promise<ZipArchive> {
    const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
    const entries: ArchiveEntry[] = [];
    try {
      for await (const entry of zip.eachEntry()) {
        entries.push(toEntry(entry));
      }
    } catch (cause) {
      zip.close();
      throw cause;
    }
    return new ZipArchive(zip, entries);
  }

  /** The bytes of an entry. */
  read(entry: ArchiveEntry): Promise<Readable> {
    return this.#zip.openReadStreamPromise(entry.raw);
  }

  /** The text of an entry that is small. */
  async readText(entry: ArchiveEntry): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.read(entry)) {
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  /** Closes the archive's file. */
  close(): void {
    this.#zip.close();
  }
}
