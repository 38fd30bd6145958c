/** @import { LoadedModel } from "../model/loaded.js" */
/** @import { Encoding } from "../tokenizer/tokenizer.js" */

/** A text on its way through the queue; several requests may wait for the same one. */
export class PendingText {
  /** How many requests wait for it. */
  wanted = 0;
  settled = false;

  /**
   * @param {LoadedModel} model
   * @param {string} text
   * @param {Encoding} encoding
   */
  constructor(model, text, encoding) {
    this.model = model;
    this.text = text;
    this.ids = encoding.ids;
    this.truncated = encoding.truncated;
    this.padded = model.description.graph !== undefined;
    /** @type {Deferred<Float32Array>} */
    const deferred = defer();
    this.embedding = deferred.promise;
    // Everyone who waits may have gone by the time it fails.
    this.embedding.catch(() => {});
    this.#deferred = deferred;
  }

  #deferred;

  /** @param {Float32Array | Error} result */
  settle(result) {
    this.settled = true;
    this.forget();
    if (result instanceof Error) return this.#deferred.reject(result);
    const { ids, truncated } = this;
    this.model.cache.set(this.text, { embedding: result, tokens: ids.length, truncated });
    this.#deferred.resolve(result);
  }

  /** From now on nobody else joins. */
  forget() {
    if (this.model.pending.get(this.text) === this) this.model.pending.delete(this.text);
  }
}

/**
 * @template T
 * @typedef {{ promise: Promise<T>, resolve: (value: T) => void, reject: (error: Error) => void }} Deferred
 */

/** @returns {Deferred<Float32Array>} */
function defer() {
  /** @type {(value: Float32Array) => void} */
  let resolve = () => {};
  /** @type {(error: Error) => void} */
  let reject = () => {};
  /** @type {Promise<Float32Array>} */
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
