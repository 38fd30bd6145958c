import type { ChildProcess } from "node:child_process";
import type { Server as NetServer, Socket } from "node:net";
import { createServer } from "node:net";
import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import type { Connection } from "ssh2";
import { authenticate } from "./authenticate.ts";
import type { HostKey } from "./host-keys.ts";
import { serveSession } from "./session.ts";

/** What an instance's SSH server needs to know. */
export interface SshServerOptions {
  readonly hostKeys: readonly HostKey[];
  readonly authorizedKeys: (user: string) => readonly string[];
  /** May this source connect at all? Others wait for an answer that never comes. */
  readonly admits: (source: string) => boolean;
  readonly start: (
    argv: readonly [string, ...string[]],
    options: { readonly user: string; readonly env: Readonly<Record<string, string>> },
  ) => ChildProcess;
}

/** The users that may log in; a key for anybody else does not help. */
const LOGINS = new Set(["ec2-user"]);

/** An instance's sshd. */
export class SshServer {
  readonly #options: SshServerOptions;
  readonly #server: ssh2.Server;
  readonly #connections = new Set<Connection>();
  readonly #sockets = new Set<Duplex>();
  #listener: NetServer | undefined;
  #up = false;

  constructor(options: SshServerOptions) {
    this.#options = options;
    this.#server = new ssh2.Server(
      { hostKeys: options.hostKeys.map((key) => key.private), ident: "OpenSSH_8.7" },
      (connection, info) => this.#serve(connection, info.ip),
    );
  }

  /** Begins to answer, at an address or (without one) only to what `take` is given. */
  async open(at?: { readonly address: string; readonly port: number }): Promise<number> {
    this.#up = true;
    if (at === undefined) return 0;
    const listener = createServer({ noDelay: true }, (socket) =>
      this.take(socket, socket.remoteAddress ?? ""),
    );
    this.#listener = listener;
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject);
      listener.listen(at.port, at.address, resolve);
    });
    const bound = listener.address();
    return typeof bound === "object" && bound !== null ? bound.port : at.port;
  }

  /** Serves a connection that came in some way, from this source. */
  take(socket: Duplex, source: string): void {
    if (!this.#up) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
    if (!this.#options.admits(source)) {
      // A closed port drops packets: the client hears nothing, however long it waits.
      socket.resume();
      return;
    }
    this.#server.injectSocket(socket as Socket);
  }

  /** Ends every connection and answers no more. */
  async close(): Promise<void> {
    this.#up = false;
    const listener = this.#listener;
    this.#listener = undefined;
    for (const connection of this.#connections) connection.end();
    for (const socket of this.#sockets) socket.destroy();
    if (listener !== undefined) await new Promise<void>((resolve) => listener.close(() => resolve()));
  }

  #serve(connection: Connection, source: string | undefined): void {
    this.#connections.add(connection);
    let user = "";
    connection.on("close", () => this.#connections.delete(connection));
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      user = context.username;
      authenticate(context, (name) => (LOGINS.has(name) ? this.#options.authorizedKeys(name) : []));
    });
    connection.on("ready", () => {
      const client = `${source ?? "127.0.0.1"} 0 22`;
      const known = { SSH_CLIENT: client, SSH_CONNECTION: `${source ?? "127.0.0.1"} 0 127.0.0.1 22` };
      connection.on("session", (accept) => {
        serveSession(accept(), (argv, env) => this.#options.start(argv, { user, env }), known);
      });
      connection.on("tcpip", (_accept, reject) => reject());
    });
  }
}
