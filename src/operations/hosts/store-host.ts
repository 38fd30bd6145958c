import type { Duplex } from "node:stream";
import type { Connection } from "../../ssh/connection.ts";
import { quote } from "../../ssh/quote.ts";
import type { Sftp } from "../../ssh/sftp.ts";
import type { StoreFiles, StoreHost } from "../../store/host.ts";

/** A connection as the store wants it: scripts become one command, with every argument quoted. */
export function storeHost(connection: Connection): StoreHost {
  let files: Promise<StoreFiles> | undefined;
  return {
    label: connection.label,
    roundTrip: connection.roundTrip,
    async run(script, args, options = {}) {
      const result = await connection.exec(commandOf(`echo ${MARK}\n${script}`, args), options);
      const from = result.stdout.indexOf(`${MARK}\n`);
      return from === -1 ? result : { ...result, stdout: result.stdout.slice(from + MARK.length + 1) };
    },
    async start(script, args) {
      const channel = await connection.start(commandOf(`echo ${MARK}\n${script}`, args));
      await skipGreeting(channel);
      return channel;
    },
    files() {
      files ??= connection.sftp().then(storeFiles);
      return files;
    },
    onLost: (listener) => connection.onLost(listener),
    drop: () => connection.close(),
    close: () => connection.close(),
  };
}

/** Printed before what a script prints: login files of some hosts greet everybody. */
const MARK = "--bertops--";

/** Reads until the mark; what comes after it is left for whoever listens next. */
function skipGreeting(channel: Duplex): Promise<void> {
  let seen = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const settle = (then: () => void): void => {
      channel.off("readable", look).off("close", ended);
      then();
    };
    const ended = (): void => settle(() => reject(new Error("the program on the host ended")));
    function look(): void {
      for (let chunk: unknown = channel.read(); Buffer.isBuffer(chunk); chunk = channel.read()) {
        seen = Buffer.concat([seen, chunk]);
        const at = seen.indexOf(`${MARK}\n`);
        if (at === -1) continue;
        const rest = seen.subarray(at + MARK.length + 1);
        if (rest.length > 0) channel.unshift(rest);
        settle(resolve);
        return;
      }
    }
    channel.on("readable", look).on("close", ended);
  });
}

/**
 * A script and its arguments as one command for whatever login shell takes the words apart: csh takes no line ends in quotes
 * and fish has rules of its own for backslashes, so all of it travels as base64.
 */
export function commandOf(script: string, args: readonly string[]): string {
  const text = `set -- ${args.map(word).join(" ")}\n${script.trim()}`;
  const encoded = Buffer.from(text).toString("base64");
  return `sh -c ${quote(`eval "$(echo ${encoded} | (base64 -d 2>/dev/null || openssl base64 -d -A))"`)}`;
}

/** Absolute paths are taken through the variable that hosts without a root of their own set, as in the mount script. */
function word(argument: string): string {
  return argument.startsWith("/") ? `"\${ROOT_PREFIX-}"${quote(argument)}` : quote(argument);
}

function storeFiles(sftp: Sftp): StoreFiles {
  return {
    writeSize: sftp.writeSize,
    openToWrite: (path, mode) => sftp.open(path, "write", mode),
    openToRead: (path) => sftp.open(path, "read"),
    write: (...args) => sftp.write(...args),
    read: (...args) => sftp.read(...args),
    close: (handle) => sftp.close(handle),
    readFile: (path) => sftp.readFile(path),
  };
}
