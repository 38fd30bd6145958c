import { pack } from "../inference/pack.js";
import { FairQueue } from "./fair-queue.js";

/** @import { Engine } from "../inference/engine.js" */
/** @import { Row } from "./fair-queue.js" */

/**
 * What runs are computed on: a model, as far as the scheduler sees it.
 * @typedef {{ engine: Pick<Engine, "run"> }} Runnable
 */

/**
 * @typedef {Row<Runnable> & { settle: (result: Float32Array | Error) => void }} WaitingRow
 */

/** More work waits than the queue may hold, or than lets a request have its first turn in time. */
export class Overloaded extends Error {
  /** @param {number} retrySeconds */
  constructor(retrySeconds) {
    super("more requests wait than can be answered in time");
    this.name = "Overloaded";
    this.retrySeconds = retrySeconds;
  }
}

/**
 * What a run was, for the metrics.
 * @typedef {{ texts: number, tokens: number, milliseconds: number }} RunReport
 */

/** Somebody may scale out meanwhile. */
const LONGEST_RETRY_SECONDS = 60;

/** Tokens a second until the first runs have shown better; the order of BERT-base on two cores. */
const FIRST_GUESS = 500;

/**
 * Keeps one run going whenever anybody waits, and never holds a text back in the hope of more. While one is computed the
 * next is handed over already, so that the engine finds it when it is done; but only when waiting would not make it larger.
 */
export class Scheduler {
  /** @type {FairQueue<WaitingRow>} */
  #queue = new FairQueue();
  #limits;
  #report;
  /** @type {Runnable[]} the models of the runs that the engine has, in its order */
  #handedOver = [];
  #tokensPerSecond = FIRST_GUESS;

  /**
   * @param {{ batchTokens: number, joinBelowTokens: number, queueTokens: number, requestMilliseconds: number }} limits
   * @param {(run: RunReport) => void} report
   */
  constructor(limits, report) {
    this.#limits = limits;
    this.#report = report;
  }

  /** Tokens and texts that wait, and how many tokens a second the last runs took. */
  get load() {
    return { tokens: this.#queue.tokens, texts: this.#queue.rows, tokensPerSecond: this.#tokensPerSecond };
  }

  /**
   * Queues the texts of one request. Throws Overloaded when they would wait too long.
   * @param {readonly WaitingRow[]} rows
   */
  add(rows) {
    const tokens = rows.reduce((sum, row) => sum + row.ids.length, 0);
    const { batchTokens, queueTokens, requestMilliseconds } = this.#limits;
    const tooMany = this.#queue.tokens > 0 && this.#queue.tokens + tokens > queueTokens;
    // Requests take turns, so what matters is one round, not all that waits.
    const turnSeconds = this.#queue.roundTokens(batchTokens) / this.#tokensPerSecond;
    if (tooMany || turnSeconds * 1000 > requestMilliseconds) {
      const seconds = tooMany ? this.#queue.tokens / this.#tokensPerSecond : turnSeconds;
      throw new Overloaded(Math.min(LONGEST_RETRY_SECONDS, Math.max(1, Math.ceil(seconds))));
    }
    this.#queue.add(rows);
    this.#pump();
  }

  /** Drops the texts that nobody wants any more. */
  prune() {
    this.#queue.prune();
  }

  #pump() {
    while (this.#mayHandOver()) {
      const batch = this.#queue.take(this.#limits);
      const model = batch[0]?.model;
      if (model === undefined) return;
      this.#handedOver.push(model);
      void this.#run(model, batch);
    }
  }

  #mayHandOver() {
    const [running, ...next] = this.#handedOver;
    if (running === undefined) return true;
    // Two models at once would only take each other's cores, and a run that others may still join is not full.
    return (
      next.length === 0 &&
      this.#queue.nextModel === running &&
      this.#queue.tokens >= this.#limits.joinBelowTokens
    );
  }

  /** @param {Runnable} model @param {readonly WaitingRow[]} batch */
  async #run(model, batch) {
    const packed = pack(batch.map((row) => row.ids));
    /** @type {(Float32Array | Error)[]} */
    let results;
    try {
      const { embeddings, milliseconds } = await model.engine.run(packed);
      const seconds = Math.max(milliseconds, 0.1) / 1000;
      this.#tokensPerSecond += 0.2 * (packed.tokens / seconds - this.#tokensPerSecond);
      this.#report({ texts: packed.texts, tokens: packed.tokens, milliseconds });
      results = embeddings;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      results = batch.map(() => failure);
    }
    this.#handedOver.splice(this.#handedOver.indexOf(model), 1);
    // The engine first: answers are written while it computes.
    this.#pump();
    for (const [index, row] of batch.entries()) {
      row.settle(results[index] ?? new Error("the engine answered fewer embeddings than texts"));
    }
  }
}
