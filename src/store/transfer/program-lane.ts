import { UserError } from "../../errors.ts";
import type { StoreHost } from "../host.ts";
import { changedWhileRead, type ContentFile } from "../hash-files.ts";
import { BLOCK_SIZE } from "../manifest.ts";
import type { Block, LoadedPiece } from "./block-source.ts";
import { Comparison, COMPARED_SHARE, type Difference } from "./comparison.ts";
import { FrameWriter } from "./frame-writer.ts";
import {
  beforeSmall,
  copyFrame,
  declaration,
  directoryFrame,
  hashOfSmall,
  header,
  mostBeforeSmall,
  packing,
  patchFrame,
} from "./frames.ts";
import { hostError } from "./host-error.ts";
import type { HostProgram } from "./host-program.ts";
import type { LaneHooks, RunLane } from "./lane.ts";
import type { HostPrograms } from "./host-programs.ts";
import { MOSTLY_THERE_SIZE, type Piece, PIECE_SIZE } from "./pieces.ts";
import type { SentPiece } from "./sent-piece.ts";
import { UnderWay } from "./under-way.ts";
import { SMALL } from "../small-file.ts";
import { turns } from "../turns.ts";

/** Pieces that are read and not yet acknowledged, since small files come in thousands. */
const PIECES_AHEAD = 256;
const EMPTY = Buffer.alloc(0);
/** An empty file is a block of no bytes, whose hash nobody looks at. */
const EMPTY_BLOCK: Block = { position: 0, size: 0, hash: "0".repeat(64), offset: 0 };

/** A lane that speaks to a program on the host, which checks every block before it writes it, and copies what is there. */
export function programLane(directory: string, programs: HostPrograms): RunLane {
  return async (host, hooks) => {
    const { program, kept } = await programs.over(host);
    await new Lane(host, program, hooks, kept).run(directory);
  };
}

interface Part {
  /** Of the whole piece. */
  readonly data: Buffer;
  readonly offset: number;
  readonly end: number;
}

class Lane {
  readonly #label: string;
  readonly #program: HostProgram;
  readonly #hooks: LaneHooks;
  /** Is the program wanted for other things afterwards? */
  readonly #kept: boolean;
  readonly #underWay: UnderWay;
  /** Pieces that are being read ahead, the one that is being sent first. */
  readonly #reading: { readonly piece: SentPiece; readonly loaded: LoadedPiece | Promise<LoadedPiece> }[] =
    [];
  readonly #writer: FrameWriter;
  readonly #comparison: Comparison;
  /** Buffers of a whole piece, to be used again. */
  readonly #buffers: Buffer[] = [];
  readonly #large: Buffer[] = [];
  #failure: unknown;
  #wake: () => void = () => undefined;
  readonly #next = (): Promise<void> => this.#change();

  constructor({ label }: Pick<StoreHost, "label">, program: HostProgram, hooks: LaneHooks, kept: boolean) {
    this.#label = label;
    this.#program = program;
    this.#hooks = hooks;
    this.#kept = kept;
    this.#underWay = new UnderWay(hooks);
    this.#writer = new FrameWriter(program.channel, this.#next, () => this.#wake());
    this.#comparison = new Comparison(this.#writer, hooks.source.moved);
  }

  async run(directory: string): Promise<void> {
    const program = this.#program;
    program.listen({ line: (word, rest) => this.#hear(word, rest), ended: () => this.#wake() });
    try {
      if (program.directory !== directory) this.#writer.gather(directoryFrame(directory));
      program.directory = directory;
      await this.#send();
      // One that is kept has everything put on the disk by what it is to do then.
      if (!this.#kept) program.channel.end();
      while (this.#underWay.frames > 0 || !(this.#kept || program.isClosed)) await this.#change();
      program.listen(undefined);
    } catch (error) {
      this.#underWay.giveBack();
      if (this.#kept) program.abandon();
      else program.channel.destroy();
      throw error;
    }
  }

  /** Reads pieces ahead, several at once, and sends them in order. */
  async #send(): Promise<void> {
    const reading = this.#reading;
    const turn = turns();
    for (;;) {
      for (let one = this.#comparison.next(); one !== undefined; one = this.#comparison.next())
        await this.#sendDifference(one);
      while (!this.#full(reading.length)) {
        const next = this.#hooks.stopped() ? undefined : this.#hooks.take();
        if (next === undefined) break;
        const room = this.#sendAtOnce(next);
        if (room === false) this.#read(next);
        else if (room !== undefined) await room;
        // Small files are read without any wait in between: others must have their turn, and what is written must get out.
        const over = turn();
        if (over !== undefined) await over;
        if (this.#failure !== undefined) throw this.#failure;
      }
      const [next] = reading;
      if (next === undefined) {
        await this.#writer.flush();
        if (!this.#comparison.isOpen && (this.#underWay.frames === 0 || this.#hooks.stopped())) return;
        if (!this.#comparison.hasAnswers) await this.#change();
        continue;
      }
      const loaded = next.loaded instanceof Promise ? await next.loaded : next.loaded;
      const room = this.#write(next.piece, loaded, reading.length === 1);
      if (room !== undefined) await room;
      reading.shift();
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  /**
   * Reads a small file right into what is written, which of thousands of them costs least. False where it is not small or more than that
   * is to be done; otherwise a promise where there is no room for more.
   */
  #sendAtOnce(piece: Piece<ContentFile>): Promise<void> | false | undefined {
    const { file } = piece;
    if (file.size > SMALL || piece.sent) return false;
    const frame = this.#writer.room(mostBeforeSmall(file) + file.size);
    const start = beforeSmall(file, frame);
    const hash = this.#hooks.source.loadAtOnce(file, frame.subarray(start, start + file.size));
    if (hash === undefined) return false;
    hashOfSmall(hash, frame);
    this.#underWay.sent(piece);
    const room = this.#writer.keep(start + file.size);
    const allowed = this.#hooks.allow(file.size);
    if (allowed === undefined) return room;
    // What is gathered need not wait as well.
    return Promise.all([allowed, room ?? this.#writer.flush()]).then(() => undefined);
  }

  /** Begins to read a piece. */
  #read(next: Piece<ContentFile>): void {
    const piece = this.#underWay.take(next);
    const loaded = this.#hooks.source.load(next, () => this.#buffer(piece.length));
    // It is awaited in its turn.
    if (loaded instanceof Promise) loaded.catch(() => undefined);
    this.#reading.push({ piece, loaded });
  }

  #full(reading: number): boolean {
    const { bytes, pieces, frames } = this.#underWay;
    if (reading === 0 && frames === 0) return false;
    return pieces >= PIECES_AHEAD || bytes >= this.#hooks.allowed();
  }

  #buffer(length: number): Buffer {
    if (length > PIECE_SIZE) return this.#large.pop() ?? Buffer.allocUnsafeSlow(MOSTLY_THERE_SIZE);
    if (length > SMALL) return this.#buffers.pop() ?? Buffer.allocUnsafeSlow(PIECE_SIZE);
    return Buffer.allocUnsafe(length);
  }

  #write(piece: SentPiece, loaded: LoadedPiece, urgent: boolean): Promise<void> | undefined {
    return piece.length <= SMALL
      ? this.#writeSmall(piece, loaded, urgent)
      : this.#writeLarge(piece, loaded, urgent);
  }

  /** A piece of one block, too small to be compared with anything. Waits for nothing where there is room. */
  #writeSmall(
    piece: SentPiece,
    { data = EMPTY, blocks }: LoadedPiece,
    urgent: boolean,
  ): Promise<void> | undefined {
    const [block] = piece.file.size === 0 ? [EMPTY_BLOCK] : this.#asked(piece, blocks);
    const travels = block === undefined || this.#isElsewhere(piece, block) ? 0 : block.size;
    this.#underWay.travels(piece, travels);
    const sent = (): Promise<void> | undefined => {
      this.#underWay.written(piece);
      return urgent ? this.#writer.flush() : undefined;
    };
    const room = block === undefined ? undefined : this.#sendBlock(piece, block, data);
    return room === undefined ? sent() : room.then(sent);
  }

  async #writeLarge(piece: SentPiece, loaded: LoadedPiece, urgent: boolean): Promise<void> {
    const { data = EMPTY } = loaded;
    const blocks = this.#asked(piece, loaded.blocks);
    for (let offset = 0; offset < piece.length; offset += PIECE_SIZE) {
      const end = Math.min(offset + PIECE_SIZE, piece.length);
      const those = blocks.filter(
        ({ position }) => position >= piece.start + offset && position < piece.start + end,
      );
      await this.#writePart(piece, those, { data, offset, end });
    }
    this.#underWay.written(piece);
    if (urgent) await this.#writer.flush();
    // What is written behind it shows that the channel has copied it.
    const kept = data.length > PIECE_SIZE ? this.#large : this.#buffers;
    if (data.length >= PIECE_SIZE) this.#program.channel.write(EMPTY, () => kept.push(data));
  }

  /** So much of a piece that most of it is new, or most of it stayed: what lies from `offset` to `end` in it. */
  async #writePart(piece: SentPiece, blocks: readonly Block[], { data, offset, end }: Part): Promise<void> {
    const fresh = blocks.filter(({ place }) => place === undefined);
    const mostlyNew = fresh.length > Math.max(1, Math.ceil((end - offset) / BLOCK_SIZE) / 2);
    if (mostlyNew && fresh.length === blocks.length)
      await this.#comparison.search(piece, piece.start + offset, data.subarray(offset, end), this.#next);
    const items = blocks.map((block) => ({ block, base: this.#comparison.baseOf(piece, block, mostlyNew) }));
    const travels = items.reduce((sum, { block, base }) => {
      if (this.#isElsewhere(piece, block)) return sum;
      return sum + block.size * (base === undefined ? 1 : COMPARED_SHARE);
    }, 0);
    this.#underWay.travels(piece, piece.ahead - (end - offset) + travels);
    for (const { block, base } of items) {
      if (base === undefined) await this.#sendBlock(piece, block, data);
      else {
        const bytes = Buffer.from(data.subarray(block.offset, block.offset + block.size));
        this.#comparison.ask({ piece, block, place: base, bytes });
        piece.open++;
      }
    }
  }

  /** Does the host copy a block from what is no part of this upload? */
  #isElsewhere(piece: SentPiece, { place }: Block): boolean {
    return place !== undefined && place.path !== this.#placeOf(piece);
  }

  /** Sends a block, or has the host copy it. A promise where there is no room for more: it resolves when there is. */
  #sendBlock(piece: SentPiece, block: Block, data: Buffer): Promise<void> | undefined {
    const { place, size, packed } = block;
    const bytes = place === undefined ? size : 0;
    const allowed = this.#hooks.allow(packed?.data.length ?? bytes);
    if (allowed === undefined) return this.#writeBlock(piece, block, data);
    return allowed.then(() => this.#writeBlock(piece, block, data));
  }

  #writeBlock(piece: SentPiece, block: Block, data: Buffer): Promise<void> | undefined {
    const { place, size, offset, packed } = block;
    if (place !== undefined) {
      this.#underWay.expect({
        piece,
        bytes: 0,
        path: place.path,
        unsure: place.path === this.#placeOf(piece),
      });
      return this.#writer.write(copyFrame(this.#numberOf(piece.file), block, place));
    }
    this.#underWay.expect({ piece, bytes: size });
    if (piece.file.size <= SMALL && packed === undefined) {
      const frame = this.#writer.room(mostBeforeSmall(piece.file) + size);
      const start = beforeSmall(piece.file, frame);
      hashOfSmall(block.hash, frame);
      data.copy(frame, start, offset, offset + size);
      return this.#writer.keep(start + size);
    }
    this.#writer.gather(header(packed === undefined ? "B" : "Z", this.#numberOf(piece.file), block));
    if (packed !== undefined) this.#writer.gather(packing(packed));
    return this.#writer.write(packed?.data ?? data.subarray(offset, offset + size));
  }

  /** Sends what differs of a block from what the host has. */
  async #sendDifference(difference: Difference): Promise<void> {
    const { piece, block, place, bytes, runs } = difference;
    const other = runs === undefined ? await this.#comparison.elsewhere(difference, this.#next) : undefined;
    if (other !== undefined) {
      this.#comparison.ask({ piece, block, place: other, bytes, again: true });
      return;
    }
    piece.open--;
    if (runs === undefined) {
      await this.#sendBlock(piece, { ...block, offset: 0 }, bytes);
      return;
    }
    const size = runs.reduce((sum, { length }) => sum + length, 0);
    await this.#hooks.allow(size);
    this.#underWay.expect({ piece, bytes: size, unsure: true });
    await this.#writer.write(patchFrame(this.#numberOf(piece.file), block, place, runs, bytes));
  }

  /** Of what may be there already, the host is asked first: it copies a block onto itself if it is what it should be. */
  #asked(piece: SentPiece, blocks: readonly Block[]): readonly Block[] {
    if (!piece.sent) return blocks;
    const path = this.#placeOf(piece);
    return blocks.map((block) =>
      block.place === undefined ? { ...block, place: { path, start: block.position } } : block,
    );
  }

  #placeOf({ file }: SentPiece): string {
    return `${this.#program.directory}/${file.path}`;
  }

  /** The file's number in this lane; the host is told of it first. */
  #numberOf(file: ContentFile): number {
    const { numbers } = this.#program;
    let number = numbers.get(file);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(file, number);
      this.#writer.gather(declaration(number, file));
    }
    return number;
  }

  #hear(word: string, rest: string): void {
    if (word === "a") this.#acknowledge(Number(rest));
    else if (word === "x") this.#mismatch(Number(rest));
    else if (word === "q" || word === "n") this.#comparison.hear(word, rest);
    else if (word === "e") this.#end(hostError(this.#label, rest));
    this.#wake();
  }

  #acknowledge(count: number): void {
    const more = count - this.#program.acknowledged;
    this.#program.acknowledged = count;
    this.#underWay.acknowledge(more);
  }

  /** What was sent is not what was hashed, or what the store has is not what its manifest says. */
  #mismatch(frame: number): void {
    const pending = this.#underWay.frame(frame - this.#program.acknowledged);
    if (pending?.unsure === true) pending.piece.lacking = true;
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
}

function damagedSource(path: string): UserError {
  return new UserError({
    reason: "version-damaged",
    message: `${path} in the store is not what its manifest says, so nothing can be built on it.`,
    hint: "Remove the damaged version, then run the same command again: it continues.",
    next: ["bertops models verify"],
  });
}
