/** Bytes of a buffer that small files share. */
const SIZE = 256 * 1024;

interface Shared {
  readonly buffer: Buffer;
  used: number;
  /** Parts that are not given back yet. */
  parts: number;
}

/**
 * Room for small files, many in one buffer. A buffer is used again when all its parts were given back: thousands of new ones would keep
 * the garbage collector busier than reading them.
 */
export class SharedBuffers {
  readonly #free: Shared[] = [];
  readonly #parted = new Map<ArrayBufferLike, Shared>();
  #open = this.#next();

  /** Room for at most 256 KiB. */
  take(length: number): Buffer {
    if (this.#open.used + length > SIZE) this.#open = this.#next();
    const { buffer, used } = this.#open;
    this.#open.used += length;
    this.#open.parts++;
    return buffer.subarray(used, used + length);
  }

  /** Nobody looks at a part any more. Anything else is none of ours. */
  giveBack({ buffer }: Buffer): void {
    const shared = this.#parted.get(buffer);
    if (shared === undefined || --shared.parts > 0) return;
    shared.used = 0;
    if (shared !== this.#open) this.#free.push(shared);
  }

  #next(): Shared {
    const kept = this.#free.pop();
    if (kept !== undefined) return kept;
    const shared = { buffer: Buffer.allocUnsafeSlow(SIZE), used: 0, parts: 0 };
    this.#parted.set(shared.buffer.buffer, shared);
    return shared;
  }
}
