import { Socket } from "node:net";

type Done = (error?: Error | null) => void;

/**
 * A TCP connection that hands all that is written in one turn of the event loop to the kernel at once. ssh2 writes each packet in
 * three pieces (length, content, tag): sent one by one they would be a system call each here, and three wake-ups over there.
 */
export class GatheringSocket extends Socket {
  #gathering = false;

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
}
