/** @import { ManifestFile } from "../model/manifest.js" */
/** @import { Packed } from "./pack.js" */

/**
 * What the inference process is asked to load.
 * @typedef {object} LoadOrder
 * @property {string} directory
 * @property {readonly ManifestFile[]} expected what the manifest says; empty where there is none
 * @property {number} blockSize
 * @property {number} threads
 */

/**
 * From the service to the inference process.
 * @typedef {{ type: "load", order: LoadOrder } | { type: "run", id: number, packed: Packed }} Order
 */

/**
 * From the inference process to the service. `result.embeddings` holds one vector after the other.
 * @typedef {{ type: "progress", bytes: number, total: number }
 *   | { type: "loaded", description: string, vocabulary: string, hidden: number }
 *   | { type: "failed", message: string }
 *   | { type: "result", id: number, embeddings: Float32Array, milliseconds: number }
 *   | { type: "error", id: number, message: string }} Report
 */

export {};
