import { AskedAhead } from "./asked-ahead.ts";
import { brokenFile } from "./broken-file.ts";
import type { FetchHooks, FetchLane } from "./fetch-lane.ts";
import { type Piece, PIECE_SIZE } from "./pieces.ts";
import { type Answer, question, type Sender, type Senders } from "./sender.ts";

/** Pieces that are asked for and not yet written, beside the limit of bytes, since small files come in thousands. */
const PIECES_AHEAD = 1024;
/** So much has to be lacking until more is asked for. */
const PIECES_TOGETHER = 64;
const BYTES_TOGETHER = 256 * 1024;
const LARGE = 64 * 1024;

/** A lane that asks a program on the host, for many pieces at a time. `directory` is the version's, below the model's. */
export function programFetchLane(directory: string, senders: Senders): FetchLane {
  return async (host, hooks) => {
    await new Lane(await senders.over(host), directory, { ...hooks, roundTrip: host.roundTrip }).run();
  };
}

interface LaneHooks extends FetchHooks {
  /** Milliseconds. */
  readonly roundTrip: number;
}

class Lane {
  readonly #sender: Sender;
  readonly #directory: string;
  readonly #hooks: LaneHooks;
  /** Asked for, and not yet written. */
  readonly #outstanding = new Set<Piece>();
  readonly #writing = new Set<Promise<void>>();
  readonly #ahead: AskedAhead;
  #bytesAhead = 0;
  #questions: Buffer[] = [];
  /** Buffers of a whole piece, to be used again. */
  readonly #buffers: Buffer[] = [];
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(sender: Sender, directory: string, hooks: LaneHooks) {
    this.#sender = sender;
    this.#directory = directory;
    this.#hooks = hooks;
    this.#ahead = new AskedAhead(hooks.roundTrip);
  }

  async run(): Promise<void> {
    const sender = this.#sender;
    sender.listen({
      alive: (bytes) => {
        this.#ahead.arrived(bytes, performance.now());
        this.#hooks.alive(bytes);
      },
      ended: () => this.#wake(),
    });
    try {
      for (;;) {
        if (this.#isWorthAsking()) await this.#ask();
        if (this.#outstanding.size === 0) break;
        await this.#change();
      }
      sender.listen(undefined);
      sender.end();
    } catch (error) {
      sender.abandon();
      // What came is written all the same, and need not come again.
      await Promise.allSettled(this.#writing);
      for (const piece of this.#outstanding) this.#hooks.giveBack(piece);
      throw error;
    }
  }

  async #ask(): Promise<void> {
    while (!this.#isFull() && !this.#hooks.stopped()) {
      const piece = this.#hooks.take();
      if (piece === undefined) break;
      this.#outstanding.add(piece);
      this.#bytesAhead += piece.length;
      const wait = this.#hooks.allow(piece.length);
      if (wait !== undefined) {
        this.#flush();
        await wait;
      }
      this.#questions.push(question(`${this.#directory}/${piece.file.path}`, piece.start, piece.length));
      this.#sender.expect(this.#answerOf(piece));
    }
    this.#flush();
  }

  #isFull(): boolean {
    if (this.#outstanding.size === 0) return false;
    return this.#bytesAhead >= this.#ahead.bytes || this.#outstanding.size >= PIECES_AHEAD;
  }

  /** Questions for small files go out many at a time: each alone would take a packet. */
  #isWorthAsking(): boolean {
    const { size } = this.#outstanding;
    if (size === 0) return true;
    return this.#bytesAhead <= this.#ahead.bytes - BYTES_TOGETHER && size <= PIECES_AHEAD - PIECES_TOGETHER;
  }

  #flush(): void {
    if (this.#questions.length > 0) {
      this.#ahead.asks(performance.now());
      this.#sender.write(Buffer.concat(this.#questions));
    }
    this.#questions = [];
  }

  #answerOf(piece: Piece): Answer {
    const { file, length } = piece;
    let buffer: Buffer | undefined;
    let filled = 0;
    return {
      data: (bytes) => {
        if (this.#failure !== undefined || filled + bytes.length > length) return;
        // A small file mostly comes in one packet, and is written from there.
        if (filled === 0 && bytes.length === length && !this.#hooks.keeps(piece)) buffer = bytes;
        else {
          buffer ??= this.#buffer(length);
          bytes.copy(buffer, filled);
        }
        filled += bytes.length;
      },
      done: () => {
        if (filled < length) this.#fail(brokenFile(file.path));
        else this.#finish(piece, buffer ?? Buffer.alloc(0));
      },
      refused: (said) => this.#fail(brokenFile(file.path, said)),
    };
  }

  #buffer(length: number): Buffer {
    if (length <= LARGE) return Buffer.allocUnsafe(length);
    return this.#buffers.pop() ?? Buffer.allocUnsafeSlow(PIECE_SIZE);
  }

  #finish(piece: Piece, buffer: Buffer): void {
    const written = (): void => {
      this.#outstanding.delete(piece);
      this.#bytesAhead -= piece.length;
      if (buffer.length === PIECE_SIZE) this.#buffers.push(buffer);
      this.#wake();
    };
    try {
      const writing = this.#hooks.arrived(piece, buffer.subarray(0, piece.length));
      if (writing === undefined) written();
      else {
        const settled = writing.then(written, (error: unknown) => this.#fail(error));
        this.#writing.add(settled);
        void settled.then(() => this.#writing.delete(settled));
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** Waits until something came; rejects when nothing will. */
  async #change(): Promise<void> {
    this.#check();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (!this.#sender.isOpen) throw this.#sender.failure;
  }
}
