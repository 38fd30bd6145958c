import { constants } from "node:fs";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rmdir,
  stat,
  symlink,
  truncate,
  unlink,
  utimes,
} from "node:fs/promises";
import { attributes, DONE, handle, named, status } from "./answers.js";
import { longName, noAttributes, readAttributes, writeAttributes } from "./attributes.js";
import { EXTENDED } from "./extensions.js";
import { MAX_READ, REQUEST, RESPONSE, STATUS, string, uint32 } from "./protocol.js";

/**
 * @typedef {import("./answers.js").Answer} Answer
 * @typedef {import("./extensions.js").Server} Server
 * @typedef {import("./protocol.js").Reader} Reader
 */

const FLAGS = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 };
/** Entries of a directory in one answer. */
const BATCH = 100;

/** Requests of version 3, by number. @type {Record<number, (reader: Reader, server: Server) => Promise<Answer>>} */
export const REQUESTS = {
  [REQUEST.open]: async (reader, { paths, handles }) => {
    const path = reader.text();
    const flags = reader.uint32();
    const { mode } = readAttributes(reader);
    const file = await open(await paths.local(path), openFlags(flags), (mode ?? 0o666) & 0o7777);
    return handle(handles.add({ kind: "file", file, append: (flags & FLAGS.append) !== 0 }));
  },
  [REQUEST.close]: async (reader, { handles }) => {
    await handles.close(reader.text());
    return DONE;
  },
  [REQUEST.read]: async (reader, { handles }) => {
    const { file } = handles.file(reader.text());
    const offset = reader.uint64();
    const wanted = Math.min(reader.uint32(), MAX_READ);
    const bytes = Buffer.allocUnsafe(wanted);
    let got = 0;
    while (got < wanted) {
      const { bytesRead } = await file.read(bytes, got, wanted - got, offset + got);
      if (bytesRead === 0) break;
      got += bytesRead;
    }
    if (got === 0) return status(STATUS.eof, "End of file");
    return { type: RESPONSE.data, members: [uint32(got), bytes.subarray(0, got)] };
  },
  [REQUEST.write]: async (reader, { handles }) => {
    const { file, append } = handles.file(reader.text());
    const offset = reader.uint64();
    const bytes = reader.data();
    let put = 0;
    while (put < bytes.length) {
      const at = append ? null : offset + put;
      put += (await file.write(bytes, put, bytes.length - put, at)).bytesWritten;
    }
    return DONE;
  },
  [REQUEST.lstat]: async (reader, { paths }) =>
    attributes(await lstat(await paths.local(reader.text(), false))),
  [REQUEST.stat]: async (reader, { paths }) => attributes(await stat(await paths.local(reader.text()))),
  [REQUEST.fstat]: async (reader, { handles }) => attributes(await handles.file(reader.text()).file.stat()),
  [REQUEST.setstat]: async (reader, { paths }) => {
    const path = await paths.local(reader.text());
    const wanted = readAttributes(reader);
    if (wanted.size !== undefined) await truncate(path, wanted.size);
    if (wanted.mode !== undefined) await chmod(path, wanted.mode & 0o7777);
    if (wanted.mtime !== undefined) await utimes(path, wanted.atime ?? wanted.mtime, wanted.mtime);
    if (wanted.uid !== undefined && wanted.gid !== undefined) await chown(path, wanted.uid, wanted.gid);
    return DONE;
  },
  [REQUEST.fsetstat]: async (reader, { handles }) => {
    const { file } = handles.file(reader.text());
    const wanted = readAttributes(reader);
    if (wanted.size !== undefined) await file.truncate(wanted.size);
    if (wanted.mode !== undefined) await file.chmod(wanted.mode & 0o7777);
    if (wanted.mtime !== undefined) await file.utimes(wanted.atime ?? wanted.mtime, wanted.mtime);
    if (wanted.uid !== undefined && wanted.gid !== undefined) await file.chown(wanted.uid, wanted.gid);
    return DONE;
  },
  [REQUEST.opendir]: async (reader, { paths, handles }) => {
    const path = await paths.local(reader.text());
    return handle(
      handles.add({ kind: "directory", path, entries: await readdir(path, { withFileTypes: true }) }),
    );
  },
  [REQUEST.readdir]: async (reader, { handles }) => {
    const directory = handles.directory(reader.text());
    const batch = (directory.entries ?? []).slice(0, BATCH);
    directory.entries = directory.entries?.slice(BATCH);
    if (batch.length === 0) return status(STATUS.eof, "End of file");
    const told = await Promise.all(
      batch.map(async ({ name }) => {
        const stats = await lstat(`${directory.path}/${name}`).catch(() => undefined);
        const rest =
          stats === undefined
            ? [string(name), noAttributes()]
            : [string(longName(name, stats)), writeAttributes(stats)];
        return Buffer.concat([string(name), ...rest]);
      }),
    );
    return { type: RESPONSE.name, members: [uint32(told.length), ...told] };
  },
  [REQUEST.remove]: async (reader, { paths }) => {
    await unlink(await paths.local(reader.text(), false));
    return DONE;
  },
  [REQUEST.mkdir]: async (reader, { paths }) => {
    const path = await paths.local(reader.text(), false);
    await mkdir(path, (readAttributes(reader).mode ?? 0o777) & 0o7777);
    return DONE;
  },
  [REQUEST.rmdir]: async (reader, { paths }) => {
    await rmdir(await paths.local(reader.text(), false));
    return DONE;
  },
  [REQUEST.realpath]: async (reader, { paths }) => named(await paths.real(reader.text())),
  [REQUEST.rename]: async (reader, { paths }) => {
    const from = await paths.local(reader.text(), false);
    const to = await paths.local(reader.text(), false);
    // Version 3 does not replace what is there: a link that fails says so, and files and directories alike may move.
    if ((await lstat(to).catch(() => undefined)) !== undefined) return status(STATUS.failure, "Failure");
    await rename(from, to);
    return DONE;
  },
  [REQUEST.readlink]: async (reader, { paths }) => named(await paths.target(reader.text())),
  [REQUEST.symlink]: async (reader, { paths }) => {
    // As OpenSSH has it, and not as the draft: first where the link leads, then where it is.
    const target = reader.text();
    await symlink(target, await paths.local(reader.text(), false));
    return DONE;
  },
  [REQUEST.extended]: async (reader, server) => {
    const name = reader.text();
    const extension = EXTENDED[name];
    return extension === undefined
      ? status(STATUS.unsupported, "Operation unsupported")
      : extension(reader, server);
  },
};

/** @param {number} flags */
function openFlags(flags) {
  const reads = (flags & FLAGS.read) !== 0;
  const writes = (flags & FLAGS.write) !== 0 || (flags & FLAGS.append) !== 0;
  return (
    (reads && writes ? constants.O_RDWR : writes ? constants.O_WRONLY : constants.O_RDONLY) |
    (flags & FLAGS.append ? constants.O_APPEND : 0) |
    (flags & FLAGS.create ? constants.O_CREAT : 0) |
    (flags & FLAGS.truncate ? constants.O_TRUNC : 0) |
    (flags & FLAGS.exclusive ? constants.O_EXCL : 0)
  );
}
