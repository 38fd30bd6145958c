import { createServer } from "node:net";

function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port: 0, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  });
}

/** Ports of this machine for applications: instances share its network, so each listens on one of its own. */
export class PortPool {
  readonly #given = new Set<number>();

  /** A port that is free on every address and that no other instance was given. */
  async take(): Promise<number> {
    for (;;) {
      const port = await anyFreePort();
      if (!this.#given.has(port)) {
        this.#given.add(port);
        return port;
      }
    }
  }

  /** Gives a port back. */
  release(port: number): void {
    this.#given.delete(port);
  }
}
