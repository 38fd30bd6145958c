import { Readable } from "node:stream";
import type { Client, ClientChannel, NegotiatedAlgorithms } from "ssh2";
import { member } from "./ssh2-parts.ts";

/** Bytes that are read at a time. */
const READ_SIZE = 256 * 1024;
/** Length before a packet, and tag behind it. */
const [LENGTH_SIZE, TAG_SIZE] = [4, 16];
/** ssh2 refuses longer packets. */
const LONGEST = 64 * 1024;
const CHANNEL_DATA = 94;

/**
 * What arrives over one connection, read into memory that is used again. Two buffers for each packet, one from the kernel and
 * one for the content, keep the garbage collector busier than cipher and hashes: it is told of every 64 MB that lie about.
 *
 * ssh2 decrypts a packet where it lies, if it lies there as a whole, and hands on parts of it. So it gets whole packets, one at a
 * time, and whoever listens to a channel gets a copy, unless the channel is one of {@link lend}. That takes a cipher that
 * tells the packets' lengths (AES-GCM). With another one, and while keys are exchanged, ssh2 gets copies of what was read.
 */
export class IncomingPackets {
  /** Where each read goes. */
  readonly memory = Buffer.allocUnsafeSlow(READ_SIZE);
  readonly #give: (bytes: Buffer) => void;
  /** The beginning of a packet of which the rest has not been read. */
  readonly #begun = Buffer.allocUnsafeSlow(LONGEST);
  #begunLength = 0;
  readonly #borrowers = new WeakSet<object>();
  /** May ssh2 be given a packet where it lies? */
  #isReady: () => boolean = () => false;

  /** `give` hands bytes on to ssh2, which has copied what it needs of them when it returns. */
  constructor(give: (bytes: Buffer) => void) {
    this.#give = give;
  }

  /** Learns of a client's cipher, after each exchange of keys. ssh2 keeps it to itself: where there is none to be found, all is copied. */
  serve(client: Client): void {
    client.on("handshake", ({ sc }: NegotiatedAlgorithms) => {
      const protocol = member(client, "_protocol");
      const decipher = member(protocol, "_decipher");
      this.#isReady = () => false;
      if (!sc.cipher.includes("gcm") || sc.compress !== "none" || !isDecipher(decipher)) return;
      const handle = decipher._onPayload;
      const hear = (payload: Buffer): unknown =>
        handle(this.#isLent(payload, client) ? payload : Buffer.from(payload));
      decipher._onPayload = hear;
      this.#isReady = () =>
        member(protocol, "_decipher") === decipher &&
        decipher._onPayload === hear &&
        // What was copied may have ended within a packet.
        decipher._lenBytes === 0;
    });
  }

  /** Lets a channel's listener have what comes without a copy. It must keep none of it, not even until its next event. */
  lend(channel: ClientChannel): void {
    this.#borrowers.add(channel);
  }

  /** Hands on what was read, so many bytes. */
  came(length: number): void {
    let left = this.memory.subarray(0, length);
    if (this.#begunLength > 0) left = left.subarray(this.#complete(left));
    while (left.length > 0) {
      const size = this.#isReady() ? (sizeOf(left) ?? LENGTH_SIZE) : Infinity;
      if (size > LONGEST) {
        this.#give(Buffer.from(left));
        return;
      }
      if (size > left.length) {
        left.copy(this.#begun);
        this.#begunLength = left.length;
        return;
      }
      this.#give(left.subarray(0, size));
      left = left.subarray(size);
    }
  }

  /** Adds to the packet that has begun, and hands it on once it is complete; answers how many bytes it took. */
  #complete(bytes: Buffer): number {
    let taken = 0;
    for (;;) {
      const begun = this.#begun.subarray(0, this.#begunLength);
      const size = sizeOf(begun) ?? LENGTH_SIZE;
      // What no packet can be is ssh2's to refuse.
      if (begun.length === size || size > LONGEST) {
        this.#begunLength = 0;
        this.#give(begun);
        return taken;
      }
      const more = bytes.copy(this.#begun, begun.length, taken, taken + size - begun.length);
      if (more === 0) return taken;
      taken += more;
      this.#begunLength += more;
    }
  }

  #isLent(payload: Buffer, client: Client): boolean {
    if (payload[0] !== CHANNEL_DATA || payload.length < 5) return false;
    const channel = channelOf(client, payload.readUInt32BE(1));
    return (
      channel !== undefined &&
      this.#borrowers.has(channel) &&
      channel.readableFlowing === true &&
      channel.readableLength === 0
    );
  }
}

/** Bytes of a packet with its length and its tag; undefined where its length is not there. */
function sizeOf(bytes: Buffer): number | undefined {
  return bytes.length < LENGTH_SIZE ? undefined : LENGTH_SIZE + bytes.readUInt32BE(0) + TAG_SIZE;
}

interface Decipher {
  /** Bytes of a packet's length that are there; none between two packets. */
  readonly _lenBytes: number;
  _onPayload: (payload: Buffer) => unknown;
}

function isDecipher(value: unknown): value is Decipher {
  return typeof member(value, "_onPayload") === "function" && typeof member(value, "_lenBytes") === "number";
}

/** The channel that a packet is for, by the number that this side gave it. */
function channelOf(client: Client, id: number): Readable | undefined {
  const channels = member(client, "_chanMgr");
  const get = member(channels, "get");
  const channel: unknown = typeof get === "function" ? Reflect.apply(get, channels, [id]) : undefined;
  return channel instanceof Readable ? channel : undefined;
}
