import type { Client, ClientCallback, ClientChannel, SFTPWrapper } from "ssh2";
import { connectionLost } from "./connection-error.ts";
import { eagerExec } from "./eager-exec.ts";
import { collect, type ExecOptions, type ExecResult } from "./exec.ts";
import { type Sftp, wrapSftp } from "./sftp.ts";
import type { SshSocket } from "./ssh-socket.ts";
import { widenWindow } from "./wide-window.ts";

/** A host that is logged in to. Everything under way over it rejects when it is lost. */
export interface Connection {
  /** How messages call the host. */
  readonly label: string;
  /** Milliseconds from a question to its answer, as logging in showed it. */
  readonly roundTrip: number;
  /** Runs one shell command to its end. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /**
   * Starts a command whose input and output the caller drives. `flowing` where much will come, and the caller reads it at once and is
   * done with it then: that memory is used again.
   */
  start(command: string, how?: { readonly flowing?: boolean }): Promise<ClientChannel>;
  /** A login shell on a terminal of that size. */
  shell(terminal: {
    readonly term: string;
    readonly rows: number;
    readonly cols: number;
  }): Promise<ClientChannel>;
  sftp(): Promise<Sftp>;
  /** Opens a TCP connection from the host onwards. */
  forward(host: string, port: number): Promise<ClientChannel>;
  /** Called once when the connection ends for whatever reason. */
  onLost(listener: (error: Error) => void): void;
  close(): void;
}

/** What a connection goes over. */
export interface Way {
  /** The jump host's connection, closed with this one. */
  readonly beneath?: Connection | undefined;
  readonly socket?: SshSocket | undefined;
}

/** Milliseconds of a round trip from which on ssh2's window limits what passes. */
const FAR_MS = 5;

/** Wraps a client that is ready. */
export function wrapClient(
  client: Client,
  label: string,
  roundTrip: number,
  { beneath, socket }: Way = {},
): Connection {
  const listeners = new Set<(error: Error) => void>();
  let gone: Error | undefined;
  let last: Error | undefined;
  let closing = false;
  const lose = (): void => {
    if (gone !== undefined) return;
    gone = connectionLost(label, last);
    for (const listener of listeners) listener(gone);
    listeners.clear();
    beneath?.close();
  };
  client.on("error", (error) => {
    last = error;
  });
  client.on("close", lose);
  client.on("end", lose);

  /** Settles with the work or, if that comes first, with the loss of the connection. */
  const whileConnected = <T>(
    work: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (gone !== undefined) {
        reject(gone);
        return;
      }
      listeners.add(reject);
      const settle =
        <V>(then: (value: V) => void) =>
        (value: V): void => {
          listeners.delete(reject);
          then(value);
        };
      try {
        work(settle(resolve), settle(reject));
      } catch (error) {
        // ssh2 throws "Not connected" where it could call back.
        settle(reject)(connectionLost(label, error));
      }
    });
  let isFirst = true;
  const first = (): boolean => {
    const was = isFirst;
    isFirst = false;
    return was;
  };
  const start = (command: string): Promise<ClientChannel> =>
    whileConnected((resolve, reject) => {
      const done: ClientCallback = (error, channel) =>
        error === undefined ? resolve(channel) : reject(error);
      if (first()) eagerExec(client, command, done);
      else client.exec(command, done);
    });
  return {
    label,
    roundTrip,
    async start(command, { flowing = false } = {}) {
      const channel = await start(command);
      if (flowing) socket?.incoming.lend(channel);
      if (flowing && roundTrip >= FAR_MS) widenWindow(channel);
      return channel;
    },
    exec: async (command, options = {}) => {
      const channel = await start(command);
      return whileConnected((resolve, reject) => {
        collect(channel, label, options).then(resolve, reject);
      });
    },
    shell: ({ term, rows, cols }) =>
      whileConnected((resolve, reject) => {
        first();
        client.shell({ term, rows, cols, width: 0, height: 0 }, (error, channel) =>
          error === undefined ? resolve(channel) : reject(error),
        );
      }),
    sftp: async () => {
      const raw = await whileConnected<SFTPWrapper>((resolve, reject) => {
        first();
        client.sftp((error, channel) => (error === undefined ? resolve(channel) : reject(error)));
      });
      const { sftp, lost } = wrapSftp(raw);
      // The connection may have ended between its answer and now; nobody would tell the channel any more.
      if (gone === undefined) listeners.add(lost);
      else lost(gone);
      return sftp;
    },
    forward: (host, port) =>
      whileConnected((resolve, reject) => {
        first();
        client.forwardOut("127.0.0.1", 0, host, port, (error, channel) =>
          error === undefined ? resolve(channel) : reject(error),
        );
      }),
    onLost(listener) {
      if (gone === undefined) listeners.add(listener);
      else listener(gone);
    },
    close() {
      if (closing || gone !== undefined) return;
      closing = true;
      client.end();
      // Once the farewell is with the kernel, there is nothing to wait for.
      socket?.once("finish", () => socket.destroy());
      // A peer that does not answer must not keep the process alive.
      const timer = setTimeout(() => client.destroy(), 1000);
      client.once("close", () => clearTimeout(timer));
    },
  };
}
