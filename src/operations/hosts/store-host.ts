import type { Connection } from "../../ssh/connection.ts";
import { quote } from "../../ssh/quote.ts";
import type { Sftp } from "../../ssh/sftp.ts";
import type { StoreFiles, StoreHost } from "../../store/host.ts";

/** A connection as the store wants it: scripts become one command, with every argument quoted. */
export function storeHost(connection: Connection): StoreHost {
  let files: Promise<StoreFiles> | undefined;
  return {
    label: connection.label,
    run: (script, args, options = {}) => connection.exec(commandOf(script, args), options),
    start: (script, args) => connection.start(commandOf(script, args)),
    files() {
      files ??= connection.sftp().then(storeFiles);
      return files;
    },
    onLost: (listener) => connection.onLost(listener),
    drop: () => connection.close(),
    close: () => connection.close(),
  };
}

/** `sh -c SCRIPT bertops ARG…`: the login shell, whichever it is, only takes the words apart. */
export function commandOf(script: string, args: readonly string[]): string {
  return ["sh", "-c", script.trim(), "bertops", ...args]
    .map((word) => (/^[A-Za-z-]+$/u.test(word) ? word : quote(word)))
    .join(" ");
}

function storeFiles(sftp: Sftp): StoreFiles {
  return {
    writeSize: sftp.writeSize,
    async roundTrip() {
      const started = performance.now();
      await sftp.realpath(".");
      return performance.now() - started;
    },
    openToWrite: (path, mode) => sftp.open(path, "write", mode),
    openToRead: (path) => sftp.open(path, "read"),
    write: (...args) => sftp.write(...args),
    read: (...args) => sftp.read(...args),
    close: (handle) => sftp.close(handle),
    readFile: (path) => sftp.readFile(path),
  };
}
