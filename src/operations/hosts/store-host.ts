import { gzipSync } from "node:zlib";
import type { Connection } from "../../ssh/connection.ts";
import { quote } from "../../ssh/quote.ts";
import type { Sftp } from "../../ssh/sftp.ts";
import { MARK, type StoreFiles, type StoreHost } from "../../store/host.ts";

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
    start: (script, args, how) => connection.start(commandOf(script, args), how),
    textOf: scriptText,
    files() {
      files ??= connection.sftp().then(storeFiles);
      return files;
    },
    onLost: (listener) => connection.onLost(listener),
    drop: () => connection.close(),
    close: () => connection.close(),
  };
}

/** A new connection sends ten packets of 1,448 bytes before it hears of the first; longer scripts travel packed, not to wait for that. */
const LONGEST_PLAIN = 8192;

/**
 * A script and its arguments as one command for whatever login shell takes the words apart: csh takes no line ends in quotes
 * and fish has rules of its own for backslashes, so all of it travels as base64.
 */
export function commandOf(script: string, args: readonly string[]): string {
  const text = Buffer.from(scriptText(script, args));
  const isLong = text.length > LONGEST_PLAIN;
  const encoded = (isLong ? gzipSync(text) : text).toString("base64");
  const unpack = isLong ? " | gzip -dc" : "";
  return `sh -c ${quote(`eval "$(echo ${encoded} | (base64 -d 2>/dev/null || openssl base64 -d -A)${unpack})"`)}`;
}

function scriptText(script: string, args: readonly string[]): string {
  return `set -- ${args.map(word).join(" ")}\n${script.trim()}`;
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
