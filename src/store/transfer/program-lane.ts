import type { Duplex } from "node:stream";
import { EXIT, UserError } from "../../errors.ts";
import { changedWhileRead } from "../hash-files.ts";
import type { StoreHost } from "../host.ts";
import { BLOCK_SIZE, type ManifestFile } from "../manifest.ts";
import { RECEIVE } from "../scripts/receive.ts";
import type { LaneHooks, RunLane } from "./lane.ts";
import { type Piece, PIECE_SIZE } from "./pieces.ts";

/** Bytes that are read and not yet acknowledged, and pieces, since small files come in thousands. */
const BYTES_AHEAD = 6 * 1024 * 1024;
const PIECES_AHEAD = 256;
/** Small frames are gathered into writes of about this size: a small file alone would waste a packet. */
const WRITE_SIZE = 256 * 1024;
const LARGE = 64 * 1024;
const EMPTY = Buffer.alloc(0);

/** A lane that speaks to a program on the host, which checks every block before it writes it, and copies what is there. */
export function programLane(directory: string, modelDirectory: string): RunLane {
  return async (host, hooks) => {
    const channel = await host.start(RECEIVE, [directory, modelDirectory]);
    await new Lane(host, channel, hooks).run();
  };
}

/** A frame that was sent and is not yet acknowledged. */
interface Pending {
  readonly piece: Piece;
  readonly bytes: number;
  /** Is it the last one of its piece? */
  readonly last: boolean;
}

class Lane {
  readonly #host: StoreHost;
  readonly #channel: Duplex;
  readonly #hooks: LaneHooks;
  readonly #numbers = new Map<ManifestFile, number>();
  /** Frames in the order in which they are answered. */
  readonly #pending: Pending[] = [];
  /** Pieces that are being read ahead, the one that is being sent first. */
  readonly #reading: { readonly piece: Piece; readonly data: Promise<Buffer> }[] = [];
  readonly #finished = new WeakSet<Piece>();
  #acknowledged = 0;
  #bytesAhead = 0;
  #piecesAhead = 0;
  #gathered: Buffer[] = [];
  #gatheredSize = 0;
  /** Buffers of a whole piece, to be used again. */
  readonly #buffers: Buffer[] = [];
  #text = "";
  #failure: unknown;
  #closed = false;
  /** The channel has more than it can take for now. */
  #blocked = false;
  #wake: () => void = () => undefined;

  constructor(host: StoreHost, channel: Duplex, hooks: LaneHooks) {
    this.#host = host;
    this.#channel = channel;
    this.#hooks = hooks;
  }

  async run(): Promise<void> {
    const channel = this.#channel;
    channel.on("data", (chunk: Buffer) => this.#hear(chunk.toString("utf8")));
    channel.on("error", (error: Error) => this.#end(error));
    channel.on("close", () => {
      this.#closed = true;
      this.#wake();
    });
    this.#host.onLost((error) => this.#end(error));
    try {
      await this.#send();
      channel.end();
      while (this.#pending.length > 0) await this.#change();
    } catch (error) {
      // Once each, though a piece may be half read and half sent.
      const unfinished = new Set([...this.#pending, ...this.#reading].map(({ piece }) => piece));
      for (const piece of unfinished) if (!this.#finished.has(piece)) this.#hooks.giveBack(piece);
      channel.destroy();
      throw error;
    }
  }

  /** Reads pieces ahead, several at once, and sends them in order. */
  async #send(): Promise<void> {
    const reading = this.#reading;
    for (;;) {
      while (!this.#full(reading.length)) {
        const piece = this.#hooks.stopped() ? undefined : this.#hooks.take();
        if (piece === undefined) break;
        this.#bytesAhead += piece.length;
        this.#piecesAhead++;
        const data = this.#read(piece);
        // It is awaited in its turn.
        data.catch(() => undefined);
        reading.push({ piece, data });
      }
      const [next] = reading;
      if (next === undefined) {
        await this.#flush();
        if (this.#pending.length === 0 || this.#hooks.stopped()) return;
        await this.#change();
        continue;
      }
      await this.#write(next.piece, await next.data, reading.length === 1);
      reading.shift();
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  #full(reading: number): boolean {
    if (reading === 0 && this.#pending.length === 0) return false;
    return this.#bytesAhead >= BYTES_AHEAD || this.#piecesAhead >= PIECES_AHEAD;
  }

  async #read(piece: Piece): Promise<Buffer> {
    if (piece.source !== undefined || piece.length === 0) return EMPTY;
    const data =
      piece.length > LARGE
        ? (this.#buffers.pop() ?? Buffer.allocUnsafeSlow(PIECE_SIZE))
        : Buffer.allocUnsafe(piece.length);
    await this.#hooks.reader.read(piece.file.path, data, piece.length, piece.start);
    return data;
  }

  /** Large blocks go out as they are, since copying them together would cost more than a packet for their headers. */
  async #write(piece: Piece, data: Buffer, urgent: boolean): Promise<void> {
    for (const frame of this.#framesOf(piece, data)) {
      if (frame.length <= LARGE) {
        this.#gathered.push(frame);
        this.#gatheredSize += frame.length;
        if (this.#gatheredSize >= WRITE_SIZE) await this.#flush();
        continue;
      }
      await this.#flush();
      if (!this.#channel.write(frame)) await this.#drain();
    }
    if (urgent) await this.#flush();
    // What is written behind it shows that the channel has copied it.
    if (piece.length > LARGE && data.length > 0) this.#channel.write(EMPTY, () => this.#buffers.push(data));
  }

  async #flush(): Promise<void> {
    if (this.#gatheredSize === 0) return;
    const data = Buffer.concat(this.#gathered, this.#gatheredSize);
    this.#gathered = [];
    this.#gatheredSize = 0;
    if (!this.#channel.write(data)) await this.#drain();
  }

  *#framesOf(piece: Piece, data: Buffer): Generator<Buffer> {
    const { file, start, length, source } = piece;
    let number = this.#numbers.get(file);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(file, number);
      yield declaration(number, file);
    }
    // An empty file is a block of no bytes.
    for (let at = 0; at < Math.max(1, length); at += BLOCK_SIZE) {
      const size = Math.min(BLOCK_SIZE, length - at);
      const block = {
        number,
        position: start + at,
        size,
        hash: file.blocks[(start + at) / BLOCK_SIZE] ?? "",
      };
      const last = at + BLOCK_SIZE >= length;
      this.#pending.push({ piece, bytes: source === undefined ? size : 0, last });
      if (source === undefined) {
        yield header("B", block);
        if (size > 0) yield data.subarray(at, at + size);
      } else yield copyFrame(block, source.path, source.start + at);
    }
  }

  #hear(text: string): void {
    const lines = (this.#text + text).split("\n");
    this.#text = lines.pop() ?? "";
    for (const line of lines) {
      const [word, value = "", ...rest] = line.split(" ");
      if (word === "a") this.#acknowledge(Number(value));
      else if (word === "x") this.#end(this.#mismatch(Number(value)));
      else if (word === "e") this.#end(hostError(this.#host.label, value, rest.join(" ")));
    }
    this.#wake();
  }

  #acknowledge(count: number): void {
    let bytes = 0;
    while (this.#acknowledged < count) {
      const frame = this.#pending.shift();
      if (frame === undefined) break;
      this.#acknowledged++;
      bytes += frame.bytes;
      if (!frame.last) continue;
      this.#bytesAhead -= frame.piece.length;
      this.#piecesAhead--;
      this.#finished.add(frame.piece);
      this.#hooks.onPiece(frame.piece);
    }
    this.#hooks.onBytes(bytes);
  }

  /** What was sent is not what was hashed, or what the store has is not what its manifest says. */
  #mismatch(frame: number): UserError {
    const piece = this.#pending[frame - this.#acknowledged]?.piece;
    if (piece?.source !== undefined) return damagedSource(piece.source.path);
    return changedWhileRead(piece?.file.path ?? "a file");
  }

  #end(error: unknown): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** Waits for the next word of the host; rejects when there will be none. */
  async #change(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new Error("the program on the host ended");
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #drain(): Promise<void> {
    this.#blocked = true;
    this.#channel.once("drain", () => {
      this.#blocked = false;
      this.#wake();
    });
    while (this.#blocked) await this.#change();
  }
}

function declaration(number: number, file: ManifestFile): Buffer {
  const name = Buffer.from(file.path);
  const frame = Buffer.alloc(11 + name.length);
  frame.write("F", 0, "latin1");
  frame.writeUInt32BE(number, 1);
  frame.writeUInt32BE(file.mode, 5);
  frame.writeUInt16BE(name.length, 9);
  name.copy(frame, 11);
  return frame;
}

interface Block {
  readonly number: number;
  readonly position: number;
  readonly size: number;
  readonly hash: string;
}

function header(kind: "B" | "C", { number, position, size, hash }: Block): Buffer {
  const frame = Buffer.alloc(49);
  frame.write(kind, 0, "latin1");
  frame.writeUInt32BE(number, 1);
  frame.writeBigUInt64BE(BigInt(position), 5);
  frame.writeUInt32BE(size, 13);
  frame.write(hash, 17, "hex");
  return frame;
}

function copyFrame(block: Block, path: string, start: number): Buffer {
  const name = Buffer.from(path);
  const source = Buffer.alloc(10);
  source.writeBigUInt64BE(BigInt(start), 0);
  source.writeUInt16BE(name.length, 8);
  return Buffer.concat([header("C", block), source, name]);
}

function damagedSource(path: string): UserError {
  return new UserError({
    reason: "version-damaged",
    message: `${path} in the store is not what its manifest says, so nothing can be built on it.`,
    hint: "Remove the damaged version, then run the same command again: it continues.",
    next: ["bertops models verify"],
  });
}

function hostError(label: string, code: string, text: string): UserError {
  const full = code === "ENOSPC" || code === "EDQUOT";
  const denied = code === "EACCES" || code === "EPERM" || code === "EROFS";
  return new UserError({
    reason: full ? "no-space" : denied ? "store-denied" : "write-failed",
    message: `${label} could not write: ${text}.`,
    hint: full
      ? "Remove old versions, or raise the quota; then run the same command again, and it continues."
      : "When the cause is mended, run the same command again, and it continues.",
    next: [full ? "bertops models prune --keep 2" : "bertops mount-efs --check"],
    exitCode: denied ? EXIT.denied : EXIT.failed,
  });
}
