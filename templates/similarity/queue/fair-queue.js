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
 * Runs in a row that a request gets in its turn. With one, a request that is just too large for a run would wait for
 * two rounds of all the others, and be answered twice as late as its smaller neighbours.
 */
const RUNS_OF_A_TURN = 2;

/**
 * What is left of a request's texts.
 * @template R
 * @typedef {{ rows: R[], runsLeft: number }} Group `runsLeft` of its turn
 */

/**
 * Texts grouped by the request they came with. Requests take turns: the one that has waited longest gets a turn of two
 * runs, then what is left of it goes behind the others, so a large request delays a small one by two runs at most.
 * @template {Row<unknown>} R
 */
export class FairQueue {
  /** @type {Group<R>[]} */
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

  /** The model of the run that `take` answers next. */
  get nextModel() {
    return this.#groups[0]?.rows[0]?.model;
  }

  /**
   * Tokens that are computed before a request that comes now has its first turn: a turn of each that waits.
   * @param {number} batchTokens
   */
  roundTokens(batchTokens) {
    let round = 0;
    for (const { rows, runsLeft } of this.#groups) {
      const most = runsLeft * batchTokens;
      let tokens = 0;
      for (const row of rows) {
        tokens += row.ids.length;
        if (tokens >= most) break;
      }
      round += Math.min(tokens, most);
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
    const sorted = rows.toSorted((a, b) => b.ids.length - a.ids.length);
    this.#groups.push({ rows: sorted, runsLeft: RUNS_OF_A_TURN });
    for (const row of rows) this.#tokens += row.ids.length;
    this.#rows += rows.length;
  }

  /** Drops the texts that nobody wants any more. */
  prune() {
    for (const group of this.#groups) group.rows = group.rows.filter((row) => this.#stillWanted(row));
    this.#groups = this.#groups.filter(({ rows }) => rows.length > 0);
  }

  /**
   * Takes the texts of the next run, of one model; empty when nobody waits.
   * @param {Limits} limits
   * @returns {R[]}
   */
  take({ batchTokens, joinBelowTokens }) {
    /** @type {R[]} */
    const batch = [];
    const group = this.#groups.shift();
    if (group === undefined) return batch;
    const first = group.rows;
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
    if (first.length > 0) this.#putBack(group);
    // From a few hundred tokens on a run is as fast per token as it will ever be: joining more would only delay the first.
    while (this.#groups.length > 0) {
      if (this.#groups[0] === group) break;
      const next = this.#groups[0]?.rows;
      if (next === undefined || next[0]?.model !== batch[0]?.model) break;
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

  /**
   * What is left of a request after a run: in front while its turn lasts, then behind the others.
   * @param {Group<R>} group
   */
  #putBack(group) {
    group.runsLeft -= 1;
    if (group.runsLeft > 0) {
      this.#groups.unshift(group);
      return;
    }
    group.runsLeft = RUNS_OF_A_TURN;
    this.#groups.push(group);
  }

  /** @param {R} row */
  #stillWanted(row) {
    if (row.wanted > 0) return true;
    this.#tokens -= row.ids.length;
    this.#rows -= 1;
    return false;
  }
}
