/**
 * The inference process. ONNX Runtime computes synchronously, so it would stop the service's event loop; and a model
 * that makes it crash takes this process along, not the service. It ends when the service closes the channel.
 */
import { parseDescription } from "../model/description.js";
import { DESCRIPTION_FILE, modelFiles } from "../model/files.js";
import { readVocabulary } from "../tokenizer/vocabulary.js";
import { ModelFiles } from "./model-files.js";
import { openModel } from "./open-model.js";
import { loadRuntime, warmUp } from "./session.js";

/** @import { Description } from "../model/description.js" */
/** @import { LoadOrder, Order, Report } from "./messages.js" */
/** @import { Session } from "./session.js" */

/** @type {Session | undefined} */
let session;

/**
 * Ends when the last run does. The next one may be here before: it begins only then, and so does its time.
 * @type {Promise<unknown>}
 */
let computing = Promise.resolve();

/** A service that is gone needs to hear nothing. @param {Report} report */
const tell = (report) => process.send?.(report, undefined, undefined, () => {});

// If it can't be loaded, the first model says so.
loadRuntime().catch(() => {});

// The service decides when this process ends: stop signals reach the whole group, while requests are still answered.
process.on("SIGTERM", () => {});
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
// The service may have ended while this file was still read.
if (!process.connected) process.exit(0);
process.on("message", (/** @type {Order} */ order) => {
  if (order.type === "load") {
    load(order.order).then(tell, (error) => tell({ type: "failed", message: messageOf(error) }));
  } else {
    computing = computing
      .then(() => run(order))
      .then(tell, (error) => tell({ type: "error", id: order.id, message: messageOf(error) }));
  }
});

/** @param {LoadOrder} order @returns {Promise<Report>} */
async function load(order) {
  const files = new ModelFiles(order, (bytes, total) => tell({ type: "progress", bytes, total }));
  const descriptionText = (await files.read(DESCRIPTION_FILE)).toString("utf8");
  const description = parseDescription(descriptionText);
  const vocabularyText = (await files.read(modelFiles(description).vocabulary)).toString("utf8");
  const ends = endsOf(description, vocabularyText);
  session = await openModel(files, description, order.threads);
  // What was read is the largest piece of garbage this process ever makes.
  globalThis.gc?.();
  await warmUp(session, { ...ends, hidden: description.dimensions });
  return {
    type: "loaded",
    description: descriptionText,
    vocabulary: vocabularyText,
    hidden: description.dimensions,
  };
}

/**
 * Tokens that a warm-up can use: those around every text, or any that are no padding. Throws where the vocabulary does not
 * belong to the model.
 * @param {Description} description @param {string} text the vocabulary's
 */
function endsOf({ graph, tokenizer, vocabularySize }, text) {
  if (tokenizer.type !== "wordpiece") {
    const any = graph?.padding === 0 ? Math.min(1, vocabularySize - 1) : 0;
    return { first: any, last: any };
  }
  const { size, start, end } = readVocabulary(text, tokenizer);
  if (size > vocabularySize)
    throw new Error(`vocab.txt has ${size} pieces, but the model knows only ${vocabularySize}`);
  return { first: start, last: end };
}

/** @param {Extract<Order, { type: "run" }>} order @returns {Promise<Report>} */
async function run(order) {
  if (session === undefined) throw new Error("no model is loaded");
  const start = performance.now();
  const embeddings = await session.run(order.packed);
  return { type: "result", id: order.id, embeddings, milliseconds: performance.now() - start };
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
