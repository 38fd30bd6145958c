/**
 * A thread that compares copies of files with their manifest, while the process copies on and ONNX Runtime makes them ready
 * to run. It reads the copies: what is hashed is what will be computed with.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { checkHash } from "./read-file.js";

/** @import { ManifestFile } from "../model/manifest.js" */

/**
 * A file to compare, a part of it that is there now, or that no more will come.
 * @typedef {{ type: "file", copy: string, path: string, expected: ManifestFile, blockSize: number }
 *   | { type: "part", from: number, length: number } | { type: "end" }} CheckOrder
 */

/**
 * That all parts are as the manifest says, or why not.
 * @typedef {{ type: "agrees" } | { type: "differs", message: string }} CheckReport
 */

// On Linux a priority is that of one thread. Copying comes first, and so does a model that answers meanwhile: a core is
// free as soon as ONNX Runtime repacks.
if (process.platform === "linux") setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

/** @type {Extract<CheckOrder, { type: "file" }> | undefined} */
let file;
/** @type {number | undefined} of the copy, which is there once a part of it is */
let descriptor;
let buffer = Buffer.alloc(0);

parentPort?.on("message", (/** @type {CheckOrder} */ order) => {
  try {
    if (order.type === "part") return check(order);
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
    if (order.type === "file") file = order;
    else tell({ type: "agrees" });
  } catch (error) {
    tell({ type: "differs", message: error instanceof Error ? error.message : String(error) });
    parentPort?.close();
  }
});

/** @param {{ from: number, length: number }} part */
function check({ from, length }) {
  if (file === undefined) throw new Error("a part came before its file");
  descriptor ??= openSync(file.copy, "r");
  if (buffer.length < length) buffer = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length;) {
    const read = readSync(descriptor, buffer, done, length - done, from + done);
    if (read === 0) throw new Error(`the copy of ${file.path} is shorter than what was copied`);
    done += read;
  }
  for (let start = 0; start < length; start += file.blockSize) {
    const hash = createHash("sha256").update(
      buffer.subarray(start, Math.min(length, start + file.blockSize)),
    );
    checkHash(hash.digest("hex"), { ...file, block: (from + start) / file.blockSize });
  }
}

/** @param {CheckReport} report */
function tell(report) {
  parentPort?.postMessage(report);
}
