import type { HostChannel } from "../host.ts";

/** Small frames are gathered into writes of about this size: a small file alone would waste a packet. */
const WRITE_SIZE = 256 * 1024;
/** What is longer goes out as it is, since copying it would cost more than a packet for its header. */
const LARGE = 64 * 1024;

/** Writes frames to a channel, in few and large writes. */
export class FrameWriter {
  readonly #channel: HostChannel;
  /** Waits until something happened; rejects when nothing will any more. */
  readonly #change: () => Promise<void>;
  readonly #wake: () => void;
  #gathered: Buffer[] = [];
  #size = 0;
  /** The channel has more than it can take for now. */
  #blocked = false;

  constructor(channel: HostChannel, change: () => Promise<void>, wake: () => void) {
    this.#channel = channel;
    this.#change = change;
    this.#wake = wake;
  }

  gather(frame: Buffer): void {
    this.#gathered.push(frame);
    this.#size += frame.length;
  }

  /** What must not be changed until the channel has it. A promise where there is no room for more: it resolves when there is. */
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
    const data = Buffer.concat(this.#gathered, this.#size);
    this.#gathered = [];
    this.#size = 0;
    return this.#send(data);
  }

  #send(data: Buffer): Promise<void> | undefined {
    return this.#channel.write(data) ? undefined : this.#drain();
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
