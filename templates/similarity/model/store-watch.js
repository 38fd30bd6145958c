import { findPublished, readDirectory } from "./published.js";

/** @import { Log } from "../service/log.js" */
/** @import { Settings } from "../service/settings.js" */
/** @import { Manifest } from "./manifest.js" */

/**
 * A version to load. The manifest of a version in the store is read when it is loaded.
 * @typedef {{ version: string, directory: string, manifest?: Manifest | undefined, inStore: boolean }} Source
 */

/**
 * What the last look showed: the store is `unmounted`, has `none` of this model, or has it `published`; `unknown` before
 * the first answer.
 * @typedef {"unknown" | "unmounted" | "none" | "published"} StoreState
 */

/** A store that takes longer to answer a look is reported; the look itself goes on. */
const SILENT_MS = 10_000;

/** Looks closer together than this show nothing that matters, and an EFS with elastic throughput bills each. */
const SOONEST_MS = 200;

/** Looks every second which version is published and tells it, every time, since a load may have failed meanwhile. */
export class StoreWatch {
  /** @type {StoreState} */
  state = "unknown";
  /** Why the last look brought nothing; empty when it did. */
  trouble = "";

  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #closed = false;
  #looking = false;
  #lastLook = -Infinity;
  #settings;
  #log;
  #published;

  /** @param {{ settings: Settings, log: Log, published: (source: Source) => void }} parts */
  constructor({ settings, log, published }) {
    this.#settings = settings;
    this.#log = log;
    this.#published = published;
  }

  start() {
    void this.#look();
  }

  /** Looks now: somebody waits for what is published. Does nothing while a look is under way, or just after one. */
  lookNow() {
    if (this.#closed || this.#looking || performance.now() - this.#lastLook < SOONEST_MS) return;
    clearTimeout(this.#timer);
    void this.#look();
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #look() {
    this.#looking = true;
    const silent = setTimeout(
      () => this.#note(`the store has not answered for ${SILENT_MS / 1000} s`),
      SILENT_MS,
    );
    try {
      const source = await this.#find();
      this.trouble = "";
      if (source !== undefined && !this.#closed) this.#published(source);
    } catch (error) {
      this.#note(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(silent);
      this.#looking = false;
      this.#lastLook = performance.now();
    }
    // Only after the answer: looks at a store that hangs must not pile up.
    if (!this.#closed) this.#timer = setTimeout(() => void this.#look(), this.#settings.pollMilliseconds);
  }

  /** @returns {Promise<Source | undefined>} */
  async #find() {
    const { modelPath, modelRoot, modelName } = this.#settings;
    if (modelPath !== undefined) {
      const found = await readDirectory(modelPath);
      this.state = "published";
      return { ...found, directory: modelPath, inStore: false };
    }
    const found = await findPublished(modelRoot, modelName);
    if (found.state !== this.state && found.state !== "published") {
      const message = found.state === "none" ? "no model is published yet" : "the model store is not mounted";
      this.#log(found.state === "none" ? "info" : "warn", message, { path: found.path });
    }
    this.state = found.state;
    if (found.state !== "published") return undefined;
    return { version: found.version, directory: found.directory, inStore: true };
  }

  /** @param {string} trouble */
  #note(trouble) {
    if (this.trouble !== trouble) this.#log("warn", "the model store can't be read", { error: trouble });
    this.trouble = trouble;
  }
}
