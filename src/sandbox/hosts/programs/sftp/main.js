import { once } from "node:events";
import { readFileSync } from "node:fs";
import { status } from "./answers.js";
import { version } from "./extensions.js";
import { Handles } from "./handles.js";
import { Paths } from "./paths.js";
import { MAX_PACKET, packet, Reader, REQUEST, STATUS, uint32 } from "./protocol.js";
import { REQUESTS } from "./requests.js";

/**
 * sftp-server of an instance: speaks SFTP version 3 on its standard streams, as the user who has logged in, so that
 * permissions and links are the instance's own. Requests are answered in the order in which they came.
 */
const root = process.env["SANDBOX_ROOT"] ?? "";
const paths = new Paths(root, process.env["HOME"] ?? "/");
const handles = new Handles();
/** What has come and waits. Clients send many requests before they look for an answer. @type {Buffer[]} */
let chunks = [];
let waiting = 0;

const CODES = new Map([
  ["ENOENT", STATUS.noSuchFile],
  ["ENOTDIR", STATUS.noSuchFile],
  ["ELOOP", STATUS.noSuchFile],
  ["EACCES", STATUS.permissionDenied],
  ["EPERM", STATUS.permissionDenied],
  ["EROFS", STATUS.permissionDenied],
]);
const WORDS = new Map([
  [STATUS.noSuchFile, "No such file"],
  [STATUS.permissionDenied, "Permission denied"],
]);

/** @param {Buffer} bytes */
async function send(bytes) {
  if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
}

/** @param {Buffer} bytes a request without its length */
async function answer(bytes) {
  const reader = new Reader(bytes);
  const type = reader.byte();
  if (type === REQUEST.init) return send(version());
  const id = reader.uint32();
  const perform = REQUESTS[type];
  let told = status(STATUS.unsupported, "Operation unsupported");
  try {
    if (root !== "") paths.mounts = mounts();
    if (perform !== undefined) told = await perform(reader, { paths, handles });
  } catch (error) {
    const { code: name = "", message } = /** @type {NodeJS.ErrnoException} */ (error);
    const code = error instanceof RangeError ? STATUS.badMessage : (CODES.get(name) ?? STATUS.failure);
    told = status(code, WORDS.get(code) ?? message);
  }
  return send(packet(told.type, [uint32(id), ...told.members]));
}

/** Where there is no namespace, a mount is a link; this says which links are. */
function mounts() {
  try {
    const lines = readFileSync(`${root}/run/sandbox/mounts`, "utf8").split("\n").filter(Boolean);
    return new Map(lines.map((line) => /** @type {[string, string]} */ (line.split("\t"))));
  } catch {
    return new Map();
  }
}

process.stdout.on("error", () => process.exit(0));
for await (const chunk of process.stdin) {
  chunks.push(chunk);
  waiting += chunk.length;
  while (waiting >= 4) {
    // Joined only when a whole packet is there: a long one arrives in many pieces.
    if (/** @type {Buffer} */ (chunks[0]).length < 4) chunks = [Buffer.concat(chunks)];
    const length = /** @type {Buffer} */ (chunks[0]).readUInt32BE(0);
    if (length === 0 || length > MAX_PACKET) process.exit(1);
    if (waiting < 4 + length) break;
    const all = chunks.length === 1 ? /** @type {Buffer} */ (chunks[0]) : Buffer.concat(chunks);
    const rest = all.subarray(4 + length);
    chunks = rest.length === 0 ? [] : [rest];
    waiting = rest.length;
    await answer(all.subarray(4, 4 + length));
  }
}
await handles.closeAll();
