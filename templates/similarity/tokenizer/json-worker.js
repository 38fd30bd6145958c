/**
 * A thread that tokenises with Hugging Face's own library: what a tokenizer.json means is what that library does. Loading
 * a vocabulary of 250,000 pieces takes a second, and a text of megabytes as long: neither may stop the event loop.
 */
import { parentPort, workerData } from "node:worker_threads";

/** @import { Tokenizer } from "tokenizers" */

/**
 * @typedef {{ json: string, maxTokens: number, lowerCase: boolean }} TokenizerOrder
 * @typedef {{ id: number, texts: readonly string[] }} TokenizeOrder
 * @typedef {{ id: number, encodings: { ids: Int32Array, truncated: boolean }[] } | { id: number, error: string }} TokenizeReport
 */

/** Letters that a token has at most, nearly always: of a text that is longer than the model reads only its front matters. */
const LETTERS_PER_TOKEN = 16;

// `bertops serve` runs this file where the library is not beside it, and says where it is.
const loaded = await import(process.env.BERTOPS_TOKENIZERS ?? "tokenizers");
/** @type {TokenizerOrder} */
const { json, maxTokens, lowerCase } = workerData;
/** @type {Tokenizer} */
const tokenizer = (loaded.default ?? loaded).Tokenizer.fromString(json);
// Files are saved with what their last user had switched on.
tokenizer.disablePadding();
tokenizer.setTruncation(maxTokens);
parentPort?.postMessage("ready");

parentPort?.on("message", (/** @type {TokenizeOrder} */ { id, texts }) => {
  Promise.all(texts.map(encode)).then(
    (encodings) => tell({ id, encodings }),
    (error) => tell({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});

/** @param {TokenizeReport} report */
function tell(report) {
  parentPort?.postMessage(report);
}

/** @param {string} text */
async function encode(text) {
  const whole = lowerCase ? text.toLowerCase() : text;
  const front = frontOf(whole);
  if (front !== whole) {
    const encoding = await tokenizer.encode(front);
    const ids = Int32Array.from(encoding.getIds());
    // Words are cut up on their own, so the front's tokens are the text's, but for the last word's.
    if (encoding.getOverflowing().length > 0) return { ids, truncated: true };
  }
  const encoding = await tokenizer.encode(whole);
  return { ids: Int32Array.from(encoding.getIds()), truncated: encoding.getOverflowing().length > 0 };
}

/** As many letters of a long text as surely fill the model, up to a space. @param {string} text */
function frontOf(text) {
  const most = LETTERS_PER_TOKEN * maxTokens;
  if (text.length <= most) return text;
  const space = text.lastIndexOf(" ", most);
  return space > 0 ? text.slice(0, space) : text;
}
