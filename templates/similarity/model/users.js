/** Counts who uses what, so that a thing can be put away once the last user is done. */
export class Users {
  /** @type {Map<object, number>} */
  #counts = new Map();
  /** @type {Set<() => void>} */
  #waiting = new Set();

  /** @param {object} thing */
  add(thing) {
    this.#counts.set(thing, (this.#counts.get(thing) ?? 0) + 1);
  }

  /** @param {object} thing */
  remove(thing) {
    const left = (this.#counts.get(thing) ?? 1) - 1;
    if (left > 0) this.#counts.set(thing, left);
    else this.#counts.delete(thing);
    for (const wake of this.#waiting) wake();
  }

  /** Whether somebody uses it. @param {object} thing */
  has(thing) {
    return this.#counts.has(thing);
  }

  /** Resolves when nobody uses it. @param {object} thing @returns {Promise<void>} */
  async gone(thing) {
    if (!this.#counts.has(thing)) return;
    await new Promise((resolve) => {
      const wake = () => {
        if (this.#counts.has(thing)) return;
        this.#waiting.delete(wake);
        resolve(undefined);
      };
      this.#waiting.add(wake);
    });
  }
}
