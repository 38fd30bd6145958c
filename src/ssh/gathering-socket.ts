import { Socket } from "node:net";
import { PacketPool } from "./packet-pool.ts";

type Done = (error?: Error | null) => void;

/**
 * A TCP connection that hands all that is written in one turn of the event loop to the kernel at once. ssh2 writes each packet in
 * three pieces (length, content, tag): sent one by one they would be a system call each here, and three wake-ups over there.
 */
export class GatheringSocket extends Socket {
  /** Where the client that writes here takes its packets from. */
  readonly packets = new PacketPool();
  #gathering = false;

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
      if (isFine(error)) this.packets.giveBack(chunk);
      done(error);
    });
  }

  override _writev(chunks: { chunk: Uint8Array; encoding: BufferEncoding }[], done: Done): void {
    // The array is not the caller's any more.
    const written = chunks.map(({ chunk }) => chunk);
    super._writev?.(chunks, (error) => {
      if (isFine(error)) for (const chunk of written) this.packets.giveBack(chunk);
      done(error);
    });
  }
}

function isFine(error: Error | null | undefined): boolean {
  return error === undefined || error === null;
}
