import type { Client } from "ssh2";
import { member } from "./ssh2-parts.ts";

/** Packets that carry less are not worth it. */
const LARGE = 16 * 1024;
/** Packets that are kept: what one channel's window holds. */
const MOST = 64;
/** Length and padding, which stand before what a packet carries. */
const HEADER = 5;

interface Kept {
  readonly packet: Buffer;
  readonly header: Buffer;
}

/**
 * Packets of one connection that are used again once the kernel has them. ssh2 allocates 32 KiB for each, which at hundreds of
 * megabytes a second keeps the garbage collector busier than the cipher.
 */
export class PacketPool {
  readonly #free: Kept[] = [];
  // No WeakMap: it would be one more thing for the garbage collector to do.
  readonly #kept = new Map<ArrayBufferLike, Kept>();
  /** Bytes that a full packet carries. Others are what was left of a window or of a text: no second one is as long. */
  #full = LARGE;

  /**
   * Has a client take its packets here, after each exchange of keys. ssh2 keeps its cipher to itself: where there is none to be
   * found, packets are allocated as ever.
   */
  serve(client: Client): void {
    client.on("handshake", () => {
      const cipher = member(member(client, "_protocol"), "_cipher");
      if (!isCipher(cipher)) return;
      // Another cipher lays its packets out in another way.
      this.#empty();
      const allocate = cipher.allocPacket.bind(cipher);
      cipher.allocPacket = (length) =>
        length < this.#full ? allocate(length) : this.#take(length, allocate);
    });
  }

  /** Takes back a packet that the kernel has; anything else is none of ours. */
  giveBack({ buffer }: Uint8Array): void {
    const kept = this.#kept.get(buffer);
    if (kept !== undefined) this.#free.push(kept);
  }

  #take(length: number, allocate: (length: number) => Buffer): Buffer {
    if (length > this.#full) {
      this.#empty();
      this.#full = length;
    }
    const kept = this.#free.pop();
    if (kept !== undefined) {
      // What is left of its last content serves as padding: nobody can tell it from noise.
      kept.packet.set(kept.header);
      return kept.packet;
    }
    const packet = allocate(length);
    if (this.#kept.size < MOST)
      this.#kept.set(packet.buffer, { packet, header: Buffer.from(packet.subarray(0, HEADER)) });
    return packet;
  }

  #empty(): void {
    this.#free.length = 0;
    this.#kept.clear();
  }
}

interface Cipher {
  allocPacket: (length: number) => Buffer;
}

function isCipher(value: unknown): value is Cipher {
  return typeof member(value, "allocPacket") === "function";
}
