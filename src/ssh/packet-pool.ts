import type { Client } from "ssh2";

/** Packets that carry less are not worth it. */
const LARGE = 16 * 1024;
/** Packets that are kept: what one channel's window holds. */
const MOST = 64;
/** Length and padding, which stand before what a packet carries. */
const HEADER = 5;

interface Shape {
  readonly header: Buffer;
  readonly free: Buffer[];
}

/**
 * Packets of one connection that are used again once the kernel has them. ssh2 allocates 32 KiB for each, which at hundreds of
 * megabytes a second keeps the garbage collector busier than the cipher.
 */
export class PacketPool {
  readonly #shapes = new Map<number, Shape>();
  readonly #owners = new WeakMap<ArrayBufferLike, { readonly packet: Buffer; readonly shape: Shape }>();

  /**
   * Has a client take its packets here, after each exchange of keys. ssh2 keeps its cipher to itself: where there is none to be
   * found, packets are allocated as ever.
   */
  serve(client: Client): void {
    client.on("handshake", () => {
      const protocol: unknown = Reflect.get(client, "_protocol");
      const cipher: unknown =
        typeof protocol === "object" && protocol !== null && Reflect.get(protocol, "_cipher");
      if (!isCipher(cipher)) return;
      // Another cipher lays its packets out in another way.
      this.#shapes.clear();
      const allocate = cipher.allocPacket.bind(cipher);
      cipher.allocPacket = (length) => (length < LARGE ? allocate(length) : this.#take(length, allocate));
    });
  }

  /** Takes a packet back after it was written; `undefined` where it is none of these. */
  ownerOf(data: Uint8Array | string): (() => void) | undefined {
    if (typeof data === "string") return undefined;
    const owner = this.#owners.get(data.buffer);
    if (owner === undefined) return undefined;
    return () => {
      if (owner.shape.free.length < MOST) owner.shape.free.push(owner.packet);
    };
  }

  #take(length: number, allocate: (length: number) => Buffer): Buffer {
    const shape = this.#shapes.get(length);
    const used = shape?.free.pop();
    if (shape !== undefined && used !== undefined) {
      // What is left of its last content serves as padding: nobody can tell it from noise.
      used.set(shape.header);
      return used;
    }
    const packet = allocate(length);
    const known = shape ?? { header: Buffer.from(packet.subarray(0, HEADER)), free: [] };
    this.#shapes.set(length, known);
    this.#owners.set(packet.buffer, { packet, shape: known });
    return packet;
  }
}

interface Cipher {
  allocPacket: (length: number) => Buffer;
}

function isCipher(value: unknown): value is Cipher {
  return (
    typeof value === "object" &&
    value !== null &&
    "allocPacket" in value &&
    typeof value.allocPacket === "function"
  );
}
