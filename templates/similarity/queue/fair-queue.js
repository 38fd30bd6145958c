/**
 * A text that waits for its embedding.
 * @template Model
 * @typedef {object} Row
 * @property {Model} model
 * @property {Int32Array} ids
 * @property {boolean} [padded] its model computes texts that are filled up to the longest of their run
 * @property {number} wanted how many requests wait for it; at 0 it is skipped
 */

/**
 * How much one run takes.
 * @typedef {object} Limits
 * @property {number} batchTokens tokens of a run, unless a single text has more
 * @property {number} joinBelowTokens requests share a run only while they have at most this many tokens together
 */

/**
 * Texts grouped by the request they came with. Requests take turns: each run serves the request that has waited
 * longest and puts what is left of it behind the others, so a large request delays a small one by one run at most.
 * @template {Row<unknown>} R
 */
export class FairQueue {
  /** @type {R[][]} */
  #groups = [];
  #tokens = 0;
  #rows = 0;

  /** Tokens that wait. */
  get tokens() {
    return this.#tokens;
  }

  /** Texts that wait. */
  get rows() {
    return this.#rows;
  }

  /**
   * Tokens that are computed before a request that comes now has its first turn: a run of each that waits.
   * @param {number} batchTokens
   */
  roundTokens(batchTokens) {
    let round = 0;
    for (const group of this.#groups) {
      let tokens = 0;
      for (const row of group) {
        tokens += row.ids.length;
        if (tokens >= batchTokens) break;
      }
      round += Math.min(tokens, batchTokens);
    }
    return round;
  }

  /**
   * Adds the texts of one request, all for the same model.
   * @param {readonly R[]} rows
   */
  add(rows) {
    if (rows.length === 0) return;
    // Texts of like length share a run, so that attention sees little padding.
    this.#groups.push(rows.toSorted((a, b) => b.ids.length - a.ids.length));
    for (const row of rows) this.#tokens += row.ids.length;
    this.#rows += rows.length;
  }

  /** Drops the texts that nobody wants any more. */
  prune() {
    this.#groups = this.#groups.map((group) => group.filter((row) => this.#stillWanted(row)));
    this.#groups = this.#groups.filter((group) => group.length > 0);
  }

  /**
   * Takes the texts of the next run, of one model; empty when nobody waits.
   * @param {Limits} limits
   * @returns {R[]}
   */
  take({ batchTokens, joinBelowTokens }) {
    /** @type {R[]} */
    const batch = [];
    const first = this.#groups.shift();
    if (first === undefined) return batch;
    // Sorted, so the first is the longest. Attention needs memory for texts x longest x longest.
    const longest = first[0]?.ids.length ?? 0;
    const padded = first[0]?.padded === true;
    const mostTexts = Math.max(1, Math.floor((batchTokens / longest) ** (padded ? 1 : 2)));
    let tokens = 0;
    for (const row of first) {
      if (batch.length > 0 && (tokens + row.ids.length > batchTokens || batch.length >= mostTexts)) break;
      batch.push(row);
      tokens += row.ids.length;
    }
    first.splice(0, batch.length);
    if (first.length > 0) this.#groups.push(first);
    // From a few hundred tokens on a run is as fast per token as it will ever be: joining more would only delay the first.
    while (this.#groups.length > 0) {
      const next = this.#groups[0];
      if (next === undefined || next === first || next[0]?.model !== batch[0]?.model) break;
      const more = next.reduce((sum, row) => sum + row.ids.length, 0);
      const widest = Math.max(longest, next[0]?.ids.length ?? 0);
      const computed = padded ? (batch.length + next.length) * widest : tokens + more;
      if (computed > joinBelowTokens) break;
      batch.push(...next);
      tokens += more;
      this.#groups.shift();
    }
    this.#tokens -= tokens;
    this.#rows -= batch.length;
    return batch;
  }

  /** @param {R} row */
  #stillWanted(row) {
    if (row.wanted > 0) return true;
    this.#tokens -= row.ids.length;
    this.#rows -= 1;
    return false;
  }
}
