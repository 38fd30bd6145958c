import { type ConnectOpts, Socket, type SocketConstructorOpts } from "node:net";
import type { Client } from "ssh2";
import { IncomingPackets } from "./incoming-packets.ts";
import { PacketPool } from "./packet-pool.ts";

type Done = (error?: Error | null) => void;

/**
 * A TCP connection for ssh2, with few system calls and little memory that is used only once. It hands all that is written in one turn
 * of the event loop to the kernel at once: ssh2 writes each packet in three pieces (length, content, tag), and sent one by one they would be a
 * system call each here, and three wake-ups over there.
 */
export class SshSocket extends Socket {
  readonly incoming: IncomingPackets;
  readonly #outgoing = new PacketPool();
  #gathering = false;

  constructor() {
    const incoming = new IncomingPackets((bytes) => this.#give(bytes));
    const callback = (length: number): boolean => {
      incoming.came(length);
      return true;
    };
    // Its types know this option of `connect`, which hands it on to here.
    const options: SocketConstructorOpts & ConnectOpts = { onread: { buffer: incoming.memory, callback } };
    super(options);
    this.incoming = incoming;
  }

  /** Has a client take its memory here. */
  serve(client: Client): void {
    this.#outgoing.serve(client);
    this.incoming.serve(client);
  }

  /** Begins to connect. Nothing that is written waits for the answer to what was written before: two short messages in a row would take 40 ms more. */
  open(host: string, port: number): this {
    return this.setNoDelay(true).connect({ host, port });
  }

  override write(data: Uint8Array | string, done?: Done): boolean;
  override write(data: Uint8Array | string, encoding?: BufferEncoding, done?: Done): boolean;
  override write(data: Uint8Array | string, second?: BufferEncoding | Done, done?: Done): boolean {
    if (!this.#gathering) {
      this.#gathering = true;
      this.cork();
      process.nextTick(() => {
        this.#gathering = false;
        this.uncork();
      });
    }
    return typeof second === "function" ? super.write(data, second) : super.write(data, second, done);
  }

  override _write(chunk: Uint8Array, encoding: BufferEncoding, done: Done): void {
    super._write(chunk, encoding, (error) => {
      if (isFine(error)) this.#outgoing.giveBack(chunk);
      done(error);
    });
  }

  override _writev(chunks: { chunk: Uint8Array; encoding: BufferEncoding }[], done: Done): void {
    // The array is not the caller's any more.
    const written = chunks.map(({ chunk }) => chunk);
    super._writev?.(chunks, (error) => {
      if (isFine(error)) for (const chunk of written) this.#outgoing.giveBack(chunk);
      done(error);
    });
  }

  /** Where nobody listens the stream keeps it. */
  #give(bytes: Buffer): void {
    const isHeard =
      this.readableFlowing === true && this.readableLength === 0 && this.listenerCount("data") > 0;
    this.push(isHeard ? bytes : Buffer.from(bytes));
  }
}

function isFine(error: Error | null | undefined): boolean {
  return error === undefined || error === null;
}
