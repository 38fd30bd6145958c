/**
 * The inference process. ONNX Runtime computes synchronously, so it would stop the service's event loop; and a model
 * that makes it crash takes this process along, not the service. It ends when the service closes the channel.
 */
import { parseDescription } from "../model/description.js";
import { readVocabulary } from "../tokenizer/vocabulary.js";
import { ModelFiles } from "./model-files.js";
import { openModel } from "./open-model.js";
import { loadRuntime, warmUp } from "./session.js";

/** @import { LoadOrder, Order, Report } from "./messages.js" */
/** @import { Session } from "./session.js" */

/** @type {Session | undefined} */
let session;

/** @param {Report} report */
const tell = (report) => process.send?.(report);

// If it can't be loaded, the first model says so.
loadRuntime().catch(() => {});

// The service decides when this process ends: stop signals reach the whole group, while requests are still answered.
process.on("SIGTERM", () => {});
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
process.on("message", (/** @type {Order} */ order) => {
  if (order.type === "load") {
    load(order.order).then(tell, (error) => tell({ type: "failed", message: messageOf(error) }));
  } else {
    run(order).then(tell, (error) => tell({ type: "error", id: order.id, message: messageOf(error) }));
  }
});

/** @param {LoadOrder} order @returns {Promise<Report>} */
async function load(order) {
  const files = new ModelFiles(order, (bytes, total) => tell({ type: "progress", bytes, total }));
  const descriptionText = (await files.read("bertops.json")).toString("utf8");
  const description = parseDescription(descriptionText);
  const vocabularyText = (await files.read("vocab.txt")).toString("utf8");
  const vocabulary = readVocabulary(vocabularyText, description.tokenizer);
  if (vocabulary.size > description.vocabularySize) {
    throw new Error(
      `vocab.txt has ${vocabulary.size} pieces, but the model knows only ${description.vocabularySize}`,
    );
  }
  session = await openModel(files, order.threads);
  // What was read is the largest piece of garbage this process ever makes.
  globalThis.gc?.();
  await warmUp(session, { cls: vocabulary.start, sep: vocabulary.end, hidden: description.hidden });
  return {
    type: "loaded",
    description: descriptionText,
    vocabulary: vocabularyText,
    hidden: description.hidden,
  };
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
