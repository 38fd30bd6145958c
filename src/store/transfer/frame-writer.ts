import type { HostChannel } from "../host.ts";

/** Small frames are gathered into writes of about this size: a small file alone would waste a packet. */
const WRITE_SIZE = 256 * 1024;
/** What is longer goes out as it is, since copying it would cost more than a packet for its header. */
const LARGE = 64 * 1024;
/** What the last frame before a write may add. */
const ROOM = WRITE_SIZE + 2 * LARGE;

/** Writes frames to a channel, in few and large writes out of buffers that are used again. */
export class FrameWriter {
  readonly #channel: HostChannel;
  /** Waits until something happened; rejects when nothing will any more. */
  readonly #change: () => Promise<void>;
  readonly #wake: () => void;
  /** Buffers that the channel has copied. */
  readonly #free: Buffer[] = [];
  #gathered: Buffer = Buffer.allocUnsafeSlow(ROOM);
  #size = 0;
  /** The channel has more than it can take for now. */
  #blocked = false;

  constructor(channel: HostChannel, change: () => Promise<void>, wake: () => void) {
    this.#channel = channel;
    this.#change = change;
    this.#wake = wake;
  }

  /** Copies a frame, to be written with what comes after it. */
  gather(frame: Buffer): void {
    this.#makeRoom(frame.length);
    frame.copy(this.#gathered, this.#size);
    this.#size += frame.length;
  }

  /** Room for a frame that is made where it is written from; {@link keep} says how much of it was used, if any. */
  room(size: number): Buffer {
    this.#makeRoom(size);
    return this.#gathered.subarray(this.#size, this.#size + size);
  }

  /** Keeps the first bytes of the room that was given last; answers as `write` does. */
  keep(size: number): Promise<void> | undefined {
    this.#size += size;
    return this.#size >= WRITE_SIZE ? this.flush() : undefined;
  }

  /** What is long must not be changed until the channel has it. A promise where there is no room for more: it resolves when there is. */
  write(payload: Buffer): Promise<void> | undefined {
    if (payload.length <= LARGE) {
      this.gather(payload);
      return this.#size >= WRITE_SIZE ? this.flush() : undefined;
    }
    const room = this.flush();
    if (room === undefined) return this.#send(payload);
    return room.then(() => this.#send(payload));
  }

  /** Lets out what was gathered; answers as `write` does. */
  flush(): Promise<void> | undefined {
    if (this.#size === 0) return undefined;
    const gathered = this.#gathered;
    const data = gathered.subarray(0, this.#size);
    this.#gathered = this.#free.pop() ?? Buffer.allocUnsafeSlow(ROOM);
    this.#size = 0;
    return this.#send(data, () => this.#free.push(gathered));
  }

  #makeRoom(length: number): void {
    const size = this.#size + length;
    if (size <= this.#gathered.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * size);
    this.#gathered.copy(larger, 0, 0, this.#size);
    this.#gathered = larger;
  }

  /** `copied` is called when the channel has what it is given. */
  #send(data: Buffer, copied?: () => void): Promise<void> | undefined {
    return this.#channel.write(data, copied) ? undefined : this.#drain();
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
