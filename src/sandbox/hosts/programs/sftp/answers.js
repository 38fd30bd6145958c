import { noAttributes, writeAttributes } from "./attributes.js";
import { RESPONSE, STATUS, string, uint32 } from "./protocol.js";

/** @typedef {{ type: number, members: Buffer[] }} Answer */

/**
 * How a request ended.
 * @param {number} code
 * @param {string} message
 * @returns {Answer}
 */
export function status(code, message) {
  return { type: RESPONSE.status, members: [uint32(code), string(message), string("")] };
}

/** What was asked for is done. @type {Answer} */
export const DONE = status(STATUS.ok, "Success");

/** @param {string} name @returns {Answer} */
export function handle(name) {
  return { type: RESPONSE.handle, members: [string(name)] };
}

/** @param {import("node:fs").Stats} stats @returns {Answer} */
export function attributes(stats) {
  return { type: RESPONSE.attrs, members: [writeAttributes(stats)] };
}

/** @param {string} path @returns {Answer} */
export function named(path) {
  return { type: RESPONSE.name, members: [uint32(1), string(path), string(path), noAttributes()] };
}
