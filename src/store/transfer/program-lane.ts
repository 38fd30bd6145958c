import { setImmediate as nextTurn } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { changedWhileRead, type ContentFile } from "../hash-files.ts";
import type { Block, LoadedPiece } from "./block-source.ts";
import { copyFrame, declaration, directoryFrame, header, packing, SETTLE } from "./frames.ts";
import { hostError } from "./host-error.ts";
import type { HostProgram } from "./host-program.ts";
import type { LaneHooks, RunLane } from "./lane.ts";
import type { HostPrograms } from "./host-programs.ts";
import { type Piece, PIECE_SIZE } from "./pieces.ts";

/** Bytes that are read and not yet acknowledged, and pieces, since small files come in thousands. */
const BYTES_AHEAD = 4 * 1024 * 1024;
const PIECES_AHEAD = 256;
/** Small frames are gathered into writes of about this size: a small file alone would waste a packet. */
const WRITE_SIZE = 256 * 1024;
/** Milliseconds for which one lane may keep the event loop. */
const TURN_MS = 10;
const LARGE = 64 * 1024;
const EMPTY = Buffer.alloc(0);
/** An empty file is a block of no bytes. */
const EMPTY_BLOCK: Block = { position: 0, size: 0, hash: "", offset: 0 };

/** A lane that speaks to a program on the host, which checks every block before it writes it, and copies what is there. */
export function programLane(directory: string, programs: HostPrograms): RunLane {
  return async (host, hooks) => {
    const { program, kept } = await programs.over(host);
    await new Lane(host.label, program, hooks, kept).run(directory);
  };
}

/** A frame that was sent and is not yet acknowledged. */
interface Pending {
  readonly piece: SentPiece;
  /** Bytes of ours; 0 where the host copies. */
  readonly bytes: number;
  /** Where the host copies from. */
  readonly path?: string;
  /** The host is only asked whether it has the block by now. */
  readonly asked?: boolean;
  /** Is it the last one of its piece? */
  readonly last: boolean;
}

interface SentPiece extends Piece<ContentFile> {
  /** Bytes that may travel, as long as they count as ahead. */
  ahead: number;
  reused: number;
  /** The host lacks some of it after all. */
  lacking?: boolean;
}

class Lane {
  readonly #label: string;
  readonly #program: HostProgram;
  readonly #hooks: LaneHooks;
  /** Is the program wanted for other things afterwards? */
  readonly #kept: boolean;
  /** Frames in the order in which they are answered. */
  readonly #pending: Pending[] = [];
  /** Pieces that are being read ahead, the one that is being sent first. */
  readonly #reading: { readonly piece: SentPiece; readonly loaded: Promise<LoadedPiece> }[] = [];
  #bytesAhead = 0;
  #piecesAhead = 0;
  #gathered: Buffer[] = [];
  #gatheredSize = 0;
  /** Buffers of a whole piece, to be used again. */
  readonly #buffers: Buffer[] = [];
  #failure: unknown;
  /** The host has everything on its disk. */
  #settled = false;
  /** The channel has more than it can take for now. */
  #blocked = false;
  #wake: () => void = () => undefined;

  constructor(label: string, program: HostProgram, hooks: LaneHooks, kept: boolean) {
    this.#label = label;
    this.#program = program;
    this.#hooks = hooks;
    this.#kept = kept;
  }

  async run(directory: string): Promise<void> {
    const program = this.#program;
    program.listen({ line: (word, rest) => this.#hear(word, rest), ended: () => this.#wake() });
    try {
      if (program.directory !== directory) this.#gather(directoryFrame(directory));
      program.directory = directory;
      await this.#send();
      if (this.#kept) program.channel.write(SETTLE);
      else program.channel.end();
      while (this.#pending.length > 0 || !(this.#settled || (program.isClosed && !this.#kept)))
        await this.#change();
      program.listen(undefined);
    } catch (error) {
      // Once each, though a piece may be half read and half sent.
      const sent = new Set(this.#pending.map(({ piece }) => piece));
      const unfinished = new Set([...sent, ...this.#reading.map(({ piece }) => piece)]);
      for (const piece of unfinished) {
        const { file, start, length } = piece;
        this.#hooks.giveBack({ file, start, length, ...(sent.has(piece) ? { sent: true } : {}) });
      }
      if (this.#kept) program.abandon();
      else program.channel.destroy();
      throw error;
    }
  }

  /** Reads pieces ahead, several at once, and sends them in order. */
  async #send(): Promise<void> {
    const reading = this.#reading;
    let turn = performance.now();
    for (;;) {
      // Small files are read without any wait in between: others must have their turn, and what is written must get out.
      if (performance.now() - turn > TURN_MS) {
        await nextTurn();
        turn = performance.now();
      }
      while (!this.#full(reading.length)) {
        const next = this.#hooks.stopped() ? undefined : this.#hooks.take();
        if (next === undefined) break;
        const piece: SentPiece = { ...next, ahead: next.length, reused: next.length };
        this.#bytesAhead += piece.ahead;
        this.#piecesAhead++;
        const loaded = this.#hooks.source.load(next, () => this.#buffer(piece.length));
        // It is awaited in its turn.
        loaded.catch(() => undefined);
        reading.push({ piece, loaded });
      }
      const [next] = reading;
      if (next === undefined) {
        await this.#flush();
        if (this.#pending.length === 0 || this.#hooks.stopped()) return;
        await this.#change();
        continue;
      }
      await this.#write(next.piece, await next.loaded, reading.length === 1);
      reading.shift();
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  #full(reading: number): boolean {
    if (reading === 0 && this.#pending.length === 0) return false;
    return this.#bytesAhead >= BYTES_AHEAD || this.#piecesAhead >= PIECES_AHEAD;
  }

  #buffer(length: number): Buffer {
    if (length <= LARGE) return Buffer.allocUnsafe(length);
    return this.#buffers.pop() ?? Buffer.allocUnsafeSlow(PIECE_SIZE);
  }

  /** Large blocks go out as they are, since copying them together would cost more than a packet for their headers. */
  async #write(piece: SentPiece, loaded: LoadedPiece, urgent: boolean): Promise<void> {
    const { data = EMPTY } = loaded;
    const blocks = piece.file.size === 0 ? [EMPTY_BLOCK] : this.#asked(piece, loaded.blocks);
    const own = this.#placeOf(piece);
    const isAsked = ({ place }: Block): boolean => place?.path === own;
    const travels = (block: Block): boolean => block.place === undefined || isAsked(block);
    const sent = blocks.reduce((sum, block) => sum + (travels(block) ? block.size : 0), 0);
    this.#bytesAhead -= piece.ahead - sent;
    piece.ahead = sent;
    piece.reused = piece.length - sent;
    for (const [index, block] of blocks.entries()) {
      const last = index === blocks.length - 1;
      const { place, size, offset, packed } = block;
      const bytes = place === undefined ? size : 0;
      await this.#hooks.allow(packed?.data.length ?? bytes);
      const copied =
        place === undefined ? {} : { path: place.path, asked: place.path === this.#placeOf(piece) };
      this.#pending.push({ piece, bytes, last, ...copied });
      const number = this.#numberOf(piece.file);
      if (place !== undefined) this.#gather(copyFrame(number, block, place));
      else {
        this.#gather(header(packed === undefined ? "B" : "Z", number, block));
        if (packed !== undefined) this.#gather(packing(packed));
        const payload = packed?.data ?? data.subarray(offset, offset + size);
        if (payload.length <= LARGE) this.#gather(payload);
        else {
          await this.#flush();
          if (!this.#program.channel.write(payload)) await this.#drain();
        }
      }
      if (this.#gatheredSize >= WRITE_SIZE) await this.#flush();
    }
    if (blocks.length === 0) this.#finish(piece);
    if (urgent) await this.#flush();
    // What is written behind it shows that the channel has copied it.
    if (data.length === PIECE_SIZE) this.#program.channel.write(EMPTY, () => this.#buffers.push(data));
  }

  /** Of what may be there already, the host is asked first: it copies a block onto itself if it is what it should be. */
  #asked(piece: SentPiece, blocks: readonly Block[]): readonly Block[] {
    if (piece.sent !== true) return blocks;
    const path = this.#placeOf(piece);
    return blocks.map((block) =>
      block.place === undefined ? { ...block, place: { path, start: block.position } } : block,
    );
  }

  #placeOf({ file }: SentPiece): string {
    return `${this.#program.directory}/${file.path}`;
  }

  #gather(frame: Buffer): void {
    this.#gathered.push(frame);
    this.#gatheredSize += frame.length;
  }

  async #flush(): Promise<void> {
    if (this.#gatheredSize === 0) return;
    const data = Buffer.concat(this.#gathered, this.#gatheredSize);
    this.#gathered = [];
    this.#gatheredSize = 0;
    if (!this.#program.channel.write(data)) await this.#drain();
  }

  /** The file's number in this lane; the host is told of it first. */
  #numberOf(file: ContentFile): number {
    const { numbers } = this.#program;
    let number = numbers.get(file);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(file, number);
      this.#gather(declaration(number, file));
    }
    return number;
  }

  #hear(word: string, rest: string): void {
    if (word === "a") this.#acknowledge(Number(rest));
    else if (word === "x") this.#mismatch(Number(rest));
    else if (word === "e") this.#end(hostError(this.#label, rest));
    else if (word === "s") this.#settled = true;
    this.#wake();
  }

  #acknowledge(count: number): void {
    const frames = this.#pending.splice(0, count - this.#program.acknowledged);
    this.#program.acknowledged += frames.length;
    for (const { piece, last } of frames) if (last) this.#finish(piece);
    this.#hooks.onBytes(frames.reduce((sum, { bytes }) => sum + bytes, 0));
  }

  #finish(piece: SentPiece): void {
    this.#bytesAhead -= piece.ahead;
    this.#piecesAhead--;
    const { file, start, length } = piece;
    if (piece.lacking === true) this.#hooks.giveBack({ file, start, length });
    else this.#hooks.onPiece(piece.reused);
  }

  /** What was sent is not what was hashed, or what the store has is not what its manifest says. */
  #mismatch(frame: number): void {
    const pending = this.#pending[frame - this.#program.acknowledged];
    if (pending?.asked === true) pending.piece.lacking = true;
    else if (pending?.path !== undefined) this.#end(damagedSource(pending.path));
    else this.#end(changedWhileRead(pending?.piece.file.path ?? "a file"));
  }

  #end(error: unknown): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** Waits for the next word of the host; rejects when there will be none. */
  async #change(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#program.isClosed) throw this.#program.failure;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #drain(): Promise<void> {
    this.#blocked = true;
    this.#program.channel.once("drain", () => {
      this.#blocked = false;
      this.#wake();
    });
    while (this.#blocked) await this.#change();
  }
}

function damagedSource(path: string): UserError {
  return new UserError({
    reason: "version-damaged",
    message: `${path} in the store is not what its manifest says, so nothing can be built on it.`,
    hint: "Remove the damaged version, then run the same command again: it continues.",
    next: ["bertops models verify"],
  });
}
