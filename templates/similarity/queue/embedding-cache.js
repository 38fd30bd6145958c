/**
 * What is remembered of a text.
 * @typedef {{ embedding: Float32Array, tokens: number, truncated: boolean }} Remembered
 */

/** What an entry costs beside its numbers and letters. */
const OVERHEAD_BYTES = 250;

/** Embeddings of texts that were asked for before, the least recently used ones forgotten first. */
export class EmbeddingCache {
  /** @type {Map<string, Remembered>} */
  #entries = new Map();
  #bytes = 0;
  #limit;

  /** @param {number} limit bytes; 0 keeps nothing */
  constructor(limit) {
    this.#limit = limit;
  }

  get size() {
    return this.#entries.size;
  }

  get bytes() {
    return this.#bytes;
  }

  /** @param {string} text */
  get(text) {
    const found = this.#entries.get(text);
    if (found === undefined) return undefined;
    // A Map keeps the order of insertion: what is used goes to its end.
    this.#entries.delete(text);
    this.#entries.set(text, found);
    return found;
  }

  /** @param {string} text @param {Remembered} entry */
  set(text, entry) {
    const cost = costOf(text, entry);
    if (cost > this.#limit || this.#entries.has(text)) return;
    this.#entries.set(text, entry);
    this.#bytes += cost;
    for (const [oldest, kept] of this.#entries) {
      if (this.#bytes <= this.#limit) break;
      this.#entries.delete(oldest);
      this.#bytes -= costOf(oldest, kept);
    }
  }
}

/** @param {string} text @param {Remembered} entry */
function costOf(text, { embedding }) {
  return 2 * text.length + embedding.byteLength + OVERHEAD_BYTES;
}
