import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Addresses of 127.0.0.0/8 for instances, from a part of it that is this sandbox's by chance. */
export class Loopback {
  readonly #network: string;
  readonly #taken = new Set<number>();
  /** The port of every instance's SSH server. */
  readonly port: number;

  private constructor(network: string, port: number) {
    this.#network = network;
    this.port = port;
  }

  /** Finds a network and a port on it; undefined where only 127.0.0.1 can be bound (macOS). */
  static async open(port: number | undefined): Promise<Loopback | undefined> {
    const network = `127.${randomInt(16, 240)}.${randomInt(1, 255)}`;
    const bound = await bind(`${network}.1`, port ?? 0);
    return bound === undefined ? undefined : new Loopback(network, bound);
  }

  /** An address that no other instance of this sandbox has. */
  take(): string {
    for (let last = 2; last < 255; last += 1) {
      if (this.#taken.has(last)) continue;
      this.#taken.add(last);
      return `${this.#network}.${last}`;
    }
    throw new Error("A sandbox has room for 253 instances.");
  }

  /** Gives an address back. */
  free(address: string): void {
    this.#taken.delete(Number(address.split(".")[3]));
  }
}

function bind(address: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRNOTAVAIL") resolve(undefined);
      else reject(error);
    });
    server.listen(port, address, () => {
      const bound = server.address();
      const found = typeof bound === "object" && bound !== null ? bound.port : port;
      server.close(() => resolve(found));
    });
  });
}
