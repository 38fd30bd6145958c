/** @import { Log } from "../service/log.js" */

/** How soon a token that nobody knows makes the secret be read again: it may be newer than what is known. */
const AGAIN_MS = 10_000;

/** The first waits between attempts to read a secret that can't be read; doubled up to the ordinary interval. */
const FIRST_RETRY_MS = 1000;

/**
 * The tokens that are accepted: those of the settings, and those of a secret, which is read again and again, so that it can be
 * rotated without a restart.
 */
export class Tokens {
  #fixed;
  #read;
  #log;
  #interval;
  /** @type {readonly string[] | undefined} undefined until the secret was read once */
  #secret;
  #readAt = Number.NEGATIVE_INFINITY;
  /** @type {Promise<void> | undefined} */
  #reading;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #failures = 0;

  /**
   * @param {{ fixed: readonly string[], read: (() => Promise<string[]>) | undefined, intervalMilliseconds: number, log: Log }} parts
   */
  constructor({ fixed, read, intervalMilliseconds, log }) {
    this.#fixed = fixed;
    this.#read = read;
    this.#interval = intervalMilliseconds;
    this.#log = log;
  }

  /** Is a token asked for at all? */
  get required() {
    return this.#fixed.length > 0 || this.#read !== undefined;
  }

  /** Where the secret could not be read yet, nobody can be let in, and nobody refused either. */
  get known() {
    return this.#read === undefined || this.#secret !== undefined;
  }

  get accepted() {
    return [...this.#fixed, ...(this.#secret ?? [])];
  }

  start() {
    if (this.#read !== undefined) void this.#refresh();
  }

  close() {
    clearTimeout(this.#timer);
    this.#read = undefined;
  }

  /** Reads the secret again unless that has just been done. */
  async renew() {
    if (this.#reading === undefined && performance.now() - this.#readAt < AGAIN_MS) return;
    await this.#refresh();
  }

  #refresh() {
    this.#reading ??= this.#attempt().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #attempt() {
    const read = this.#read;
    if (read === undefined) return;
    clearTimeout(this.#timer);
    let wait = this.#interval;
    try {
      const values = (await read()).map(tokenOf);
      if (this.#secret !== undefined && values[0] !== this.#secret[0])
        this.#log("info", "the token was changed", { accepted: values.length });
      this.#secret = values;
      this.#failures = 0;
    } catch (error) {
      wait = Math.min(wait, FIRST_RETRY_MS * 2 ** this.#failures++);
      this.#log("error", "the token's secret can't be read", {
        error: error instanceof Error ? error.message : String(error),
        stays: this.#secret !== undefined,
      });
    }
    this.#readAt = performance.now();
    if (this.#read !== undefined) this.#timer = setTimeout(() => void this.#refresh(), wait).unref();
  }
}

/** A secret is the token itself, or an object that holds it as `token`. @param {string} text */
function tokenOf(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) {
    const token = /** @type {Record<string, unknown>} */ (parsed(trimmed)).token;
    if (typeof token !== "string" || token === "") throw new Error("the secret is an object without `token`");
    return token;
  }
  if (trimmed === "") throw new Error("the secret is empty");
  return trimmed;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("the secret begins like an object and is none");
  }
}
