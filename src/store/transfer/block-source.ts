import { type ContentFile, changedWhileRead, hashBlock } from "../hash-files.ts";
import type { BlockPlace, KnownContent } from "../known-content.ts";
import { BLOCK_SIZE } from "../manifest.ts";
import type { Arrived } from "../push-plan.ts";
import { openFiles } from "./open-files.ts";
import { MovedContent } from "./moved-content.ts";
import type { BlockPacker, PackedBlock } from "./pack-blocks.ts";
import type { Piece } from "./pieces.ts";

/** A block that the host lacks: its bytes, or where it can copy them from. */
export interface Block {
  /** In the file. */
  readonly position: number;
  readonly size: number;
  readonly hash: string;
  /** Absent where the bytes travel. */
  readonly place?: BlockPlace;
  /** In the piece's buffer. */
  readonly offset: number;
  /** Its bytes, where they travel packed. */
  readonly packed?: PackedBlock;
}

/** Gives the blocks of local files that the host lacks, reading and hashing each once. */
export interface BlockSource {
  /** `into` holds a piece. Blocks that are there already are left out. What is in small files is there at once. */
  load(piece: Piece<ContentFile>, into: () => Buffer): LoadedPiece | Promise<LoadedPiece>;
  /**
   * Reads a small file that travels as it is, without any wait; answers its hash. Undefined where it needs more than that: then `load`
   * has to do.
   */
  loadAtOnce(file: ContentFile, into: Buffer): string | undefined;
  /** Where what is new may still lie. */
  readonly moved: MovedContent;
  close(): Promise<void>;
}

/** What a piece became. */
export interface LoadedPiece {
  /** Absent where nothing was read, since every block is known and the host has it. */
  readonly data?: Buffer;
  readonly blocks: readonly Block[];
}

export interface BlockSourceOptions {
  readonly known: KnownContent;
  readonly arrived: Arrived;
  /** Can the host copy single blocks by itself? */
  readonly copies: boolean;
  /** Absent where the host cannot unpack. */
  readonly packer?: BlockPacker;
}

/** Opens a source over files of this machine. */
export function blockSource(options: BlockSourceOptions): BlockSource {
  const { known, arrived, copies, packer } = options;
  const files = openFiles();
  const placed = (file: ContentFile, position: number, found: string): Block | undefined => {
    const index = position / BLOCK_SIZE;
    if (arrived.get(file.path)?.[index] === found) return undefined;
    const place = copies ? known.placeOf(found) : undefined;
    const size = Math.min(BLOCK_SIZE, file.size - position);
    return { position, size, hash: found, offset: 0, ...(place === undefined ? {} : { place }) };
  };
  /** Must a small file's bytes be sent? */
  const travels = (file: ContentFile, found: string): boolean =>
    arrived.get(file.path)?.[0] !== found && (!copies || known.placeOf(found) === undefined);
  /** What the host lacks of a piece that was read. */
  const missing = ({ file, start, length }: Piece<ContentFile>, data: Buffer): readonly Block[] => {
    const blocks: Block[] = [];
    for (let offset = 0; offset < length; offset += BLOCK_SIZE) {
      const index = (start + offset) / BLOCK_SIZE;
      // The host checks what it gets against the hash: what changed since it was hashed is noticed there.
      if (file.blocks[index] === "") hashBlock(file, index, bytesOf(data, offset, length));
      const block = placed(file, start + offset, file.blocks[index] ?? "");
      if (block !== undefined) blocks.push({ ...block, offset });
    }
    return blocks;
  };
  const pack = async (file: ContentFile, data: Buffer, blocks: readonly Block[]): Promise<LoadedPiece> => {
    const packed: Block[] = [];
    for (const block of blocks) {
      const bytes = bytesOf(data, block.offset, block.offset + block.size);
      const its = block.place === undefined ? await packer?.pack(file, bytes) : undefined;
      packed.push(its === undefined ? block : { ...block, packed: its });
    }
    return { data, blocks: packed };
  };
  const filled = (
    piece: Piece<ContentFile>,
    data: Buffer,
    count: number,
  ): LoadedPiece | Promise<LoadedPiece> => {
    if (count < piece.length) throw changedWhileRead(piece.file.path);
    const blocks = missing(piece, data);
    return packer?.isWorthIt(piece.length) === true ? pack(piece.file, data, blocks) : { data, blocks };
  };
  return {
    moved: new MovedContent(known),
    loadAtOnce(file, into) {
      const { size, blocks } = file;
      const [found = ""] = blocks;
      if (size === 0 || !files.isQuick(size) || packer?.isWorthIt(size) === true) return undefined;
      if (found !== "" && !travels(file, found)) return undefined;
      files.readAtOnce(file.local, into);
      if (found === "") hashBlock(file, 0, into);
      const [hash = ""] = blocks;
      return travels(file, hash) ? hash : undefined;
    },
    load(piece, into) {
      const { file, start, length } = piece;
      const wanted: Block[] = [];
      let unsure = false;
      for (let position = start; position < start + length; position += BLOCK_SIZE) {
        const found = file.blocks[position / BLOCK_SIZE] ?? "";
        const block = found === "" ? undefined : placed(file, position, found);
        if (found === "" || (block !== undefined && block.place === undefined)) unsure = true;
        if (block !== undefined) wanted.push(block);
      }
      if (!unsure) return { blocks: wanted };
      const data = into();
      const count = files.read(file.local, data, length, start);
      return typeof count === "number"
        ? filled(piece, data, count)
        : count.then((read) => filled(piece, data, read));
    },
    close: () => files.close(),
  };
}

function bytesOf(data: Buffer, start: number, end: number): Buffer {
  return data.subarray(start, Math.min(start + BLOCK_SIZE, end));
}
