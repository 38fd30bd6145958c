import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import type { Connection } from "ssh2";
import type { JumpHost } from "../host.ts";
import type { HostKey } from "./host-keys.ts";

/** A jump host on 127.0.0.1: whoever asks may pass, for instances look at keys themselves. */
export class JumpServer implements JumpHost {
  readonly address = "127.0.0.1";
  readonly hostKeys: readonly string[];
  port = 0;
  readonly #server: ssh2.Server;
  readonly #connections = new Set<Connection>();
  readonly #sockets = new Set<Socket>();
  readonly #listener = createServer({ noDelay: true }, (socket) => {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
    this.#server.injectSocket(socket);
  });

  /** `connect`: hands a connection to what listens at an address and port; false when nothing does. */
  constructor(
    keys: readonly HostKey[],
    connect: (to: string, port: number, source: string) => ((stream: Duplex) => void) | undefined,
  ) {
    this.hostKeys = keys.map((key) => key.public);
    this.#server = new ssh2.Server({ hostKeys: keys.map((key) => key.private) }, (connection, info) => {
      this.#connections.add(connection);
      connection.on("close", () => this.#connections.delete(connection));
      connection.on("error", () => undefined);
      connection.on("authentication", (context) => context.accept());
      connection.on("session", (_accept, reject) => reject());
      connection.on("tcpip", (accept, reject, to) => {
        const hand = connect(to.destIP, to.destPort, info.ip);
        if (hand === undefined) reject();
        else hand(accept());
      });
    });
  }

  /** Listens; port 0 takes a free one. */
  async open(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#listener.once("error", reject);
      this.#listener.listen(port, this.address, resolve);
    });
    this.port = (this.#listener.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.end();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#listener.close(() => resolve()));
  }
}
