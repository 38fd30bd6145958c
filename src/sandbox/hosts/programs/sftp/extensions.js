import { lchown, link, lutimes, rename, statfs } from "node:fs/promises";
import { DONE } from "./answers.js";
import { readAttributes } from "./attributes.js";
import { MAX_PACKET, MAX_READ, packet, RESPONSE, string, uint32, uint64 } from "./protocol.js";

/**
 * @typedef {import("./answers.js").Answer} Answer
 * @typedef {import("./protocol.js").Reader} Reader
 * @typedef {{ paths: import("./paths.js").Paths, handles: import("./handles.js").Handles }} Server
 */

/** What this server can beyond version 3, as OpenSSH's names it. */
const EXTENSIONS = {
  "posix-rename@openssh.com": "1",
  "statvfs@openssh.com": "2",
  "fstatvfs@openssh.com": "2",
  "hardlink@openssh.com": "1",
  "fsync@openssh.com": "1",
  "lsetstat@openssh.com": "1",
  "limits@openssh.com": "1",
};

/** The answer to a client's first packet. */
export function version() {
  const pairs = Object.entries(EXTENSIONS).flatMap(([name, value]) => [string(name), string(value)]);
  return packet(RESPONSE.version, [uint32(3), ...pairs]);
}

/** Requests beyond version 3, by name. @type {Record<string, (reader: Reader, server: Server) => Promise<Answer>>} */
export const EXTENDED = {
  "posix-rename@openssh.com": async (reader, { paths }) => {
    const from = await paths.local(reader.text(), false);
    await rename(from, await paths.local(reader.text(), false));
    return DONE;
  },
  "hardlink@openssh.com": async (reader, { paths }) => {
    const from = await paths.local(reader.text(), false);
    await link(from, await paths.local(reader.text(), false));
    return DONE;
  },
  "fsync@openssh.com": async (reader, { handles }) => {
    await handles.file(reader.text()).file.sync();
    return DONE;
  },
  "lsetstat@openssh.com": async (reader, { paths }) => {
    const path = await paths.local(reader.text(), false);
    const wanted = readAttributes(reader);
    if (wanted.mtime !== undefined) await lutimes(path, wanted.atime ?? wanted.mtime, wanted.mtime);
    if (wanted.uid !== undefined && wanted.gid !== undefined) await lchown(path, wanted.uid, wanted.gid);
    return DONE;
  },
  "statvfs@openssh.com": async (reader, { paths }) => space(await statfs(await paths.local(reader.text()))),
  "fstatvfs@openssh.com": async (reader, { handles }) => {
    const { fd } = handles.file(reader.text()).file;
    return space(await statfs(process.platform === "linux" ? `/proc/self/fd/${fd}` : "/"));
  },
  "limits@openssh.com": async () => ({
    type: RESPONSE.extendedReply,
    members: [uint64(MAX_PACKET), uint64(MAX_READ), uint64(MAX_READ), uint64(0)],
  }),
};

/** @param {import("node:fs").StatsFs} stats @returns {Answer} */
function space(stats) {
  const { bsize, blocks, bfree, bavail, files, ffree } = stats;
  const noFlags = 0;
  const longestName = 255;
  const fields = [bsize, bsize, blocks, bfree, bavail, files, ffree, ffree, stats.type, noFlags, longestName];
  return { type: RESPONSE.extendedReply, members: fields.map((value) => uint64(Math.max(0, value))) };
}
