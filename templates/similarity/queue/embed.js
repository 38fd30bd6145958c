import { setImmediate as othersTurn } from "node:timers/promises";
import { PendingText } from "./pending-text.js";

/** @import { LoadedModel } from "../model/loaded.js" */
/** @import { Remembered } from "./embedding-cache.js" */
/** @import { Scheduler } from "./scheduler.js" */

/**
 * The embeddings of a request's texts.
 * @typedef {object} Embedded
 * @property {Float32Array[]} embeddings in the order of the texts
 * @property {number[]} truncated indices of the texts that are longer than the model reads
 * @property {number[]} tokens of each text, [CLS] and [SEP] counted
 * @property {number} cached how many texts were answered from memory
 */

/** A request has more tokens than one request may have. */
export class TooManyTokens extends Error {
  /** @param {number} limit */
  constructor(limit) {
    super(`the texts have more than ${limit} tokens together`);
    this.name = "TooManyTokens";
    this.limit = limit;
  }
}

/** Texts that are tokenised in one go before others get a turn on the event loop. */
const TEXTS_IN_A_ROW = 32;

/**
 * Embeds the texts of one request. A text that is remembered, or that waits in the queue already, is not computed again.
 * Rejects with the signal's reason when it aborts; what nobody else waits for then leaves the queue.
 * @param {{ model: LoadedModel, scheduler: Scheduler, texts: readonly string[], maxTokens: number, signal: AbortSignal,
 *   progress: () => void }} request `progress` is called whenever one of its texts is done
 * @returns {Promise<Embedded>}
 */
export async function embed({ model, scheduler, texts, maxTokens, signal, progress }) {
  /** @type {Map<string, Remembered | PendingText>} */
  const sources = new Map();
  /** @type {PendingText[]} */
  const waitingFor = [];
  /** @type {PendingText[]} */
  const fresh = [];
  let tokens = 0;
  let cached = 0;
  try {
    /** @param {PendingText} pending */
    const waitFor = (pending) => {
      pending.wanted++;
      waitingFor.push(pending);
      tokens += pending.ids.length;
      if (tokens > maxTokens) throw new TooManyTokens(maxTokens);
    };
    const distinct = [...new Set(texts)];
    for (let start = 0; start < distinct.length; start += TEXTS_IN_A_ROW) {
      if (start > 0) await othersTurn();
      /** @type {string[]} */
      const unknown = [];
      for (const text of distinct.slice(start, start + TEXTS_IN_A_ROW)) {
        const known = model.cache.get(text) ?? model.pending.get(text);
        if (known === undefined) unknown.push(text);
        else sources.set(text, known);
        if (known instanceof PendingText) waitFor(known);
        else if (known !== undefined) cached++;
      }
      if (unknown.length === 0) continue;
      for (const [index, encoding] of (await model.tokenize(unknown)).entries()) {
        const pending = new PendingText(model, unknown[index] ?? "", encoding);
        sources.set(pending.text, pending);
        fresh.push(pending);
        waitFor(pending);
      }
    }
    signal.throwIfAborted();
    if (fresh.length > 0) scheduler.add(fresh);
    for (const pending of fresh) model.pending.set(pending.text, pending);
    const all = waitingFor.map(({ embedding }) => embedding.then(progress));
    await untilAborted(Promise.all(all), signal);
    return await collect(texts, sources, cached);
  } finally {
    let abandoned = false;
    for (const pending of waitingFor) {
      pending.wanted--;
      if (pending.wanted > 0 || pending.settled) continue;
      pending.forget();
      abandoned = true;
    }
    if (abandoned) scheduler.prune();
  }
}

/** @param {readonly string[]} texts @param {ReadonlyMap<string, Remembered | PendingText>} sources @param {number} cached */
async function collect(texts, sources, cached) {
  /** @type {Embedded} */
  const embedded = { embeddings: [], truncated: [], tokens: [], cached };
  for (const [index, text] of texts.entries()) {
    const source = sources.get(text);
    if (source === undefined) throw new Error("a text was lost on its way");
    embedded.embeddings.push(await source.embedding);
    embedded.tokens.push(source instanceof PendingText ? source.ids.length : source.tokens);
    if (source.truncated) embedded.truncated.push(index);
  }
  return embedded;
}

/** @template T @param {Promise<T>} work @param {AbortSignal} signal @returns {Promise<T>} */
async function untilAborted(work, signal) {
  /** @type {() => void} */
  let stop = () => {};
  /** @type {Promise<never>} */
  const aborted = new Promise((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
