import { startEngine } from "../inference/engine.js";
import { sizeOfFiles } from "./files.js";
import { assembleModel } from "./loaded.js";
import { availableMemory, memoryToLoad } from "./memory.js";
import { readManifest } from "./published.js";
import { Users } from "./users.js";

/** @import { Log } from "../service/log.js" */
/** @import { Settings } from "../service/settings.js" */
/** @import { LoadedModel } from "./loaded.js" */
/** @import { Source } from "./store-watch.js" */

/**
 * A load under way. `sideBySide` is false where the model that answered was put away first, for want of memory.
 * @typedef {{ version: string, bytes: number, total: number, sideBySide: boolean }} Loading
 */

/**
 * The last load that failed.
 * @typedef {{ version: string, message: string, at: Date, attempts: number, retryAt: Date }} Failure
 */

const LONGEST_RETRY_MS = 60_000;

/**
 * Holds the model that answers. Another version is loaded beside it and takes over once it has answered a warm-up; if it
 * doesn't load, the old one stays.
 */
export class ModelHost {
  /** @type {LoadedModel | undefined} */
  current;
  /** @type {Loading | undefined} */
  loading;
  /** @type {Failure | undefined} */
  failure;
  switches = 0;
  failures = 0;

  #users = new Users();
  /** @type {AbortController | undefined} */
  #stop;
  /** @type {Promise<void>} */
  #replacing = Promise.resolve();
  #settings;
  #log;
  #closed = false;

  /** @param {{ settings: Settings, log: Log }} parts */
  constructor({ settings, log }) {
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * Says which version is published. Called again and again: it begins what is needed and nothing else.
   * @param {Source} source
   */
  want(source) {
    const { version } = source;
    if (this.#closed || this.loading?.version === version) return;
    if (this.loading !== undefined)
      return this.#stop?.abort(new Error(`version ${version} is published now`));
    if (this.current?.version === version) return;
    if (this.failure?.version === version && this.failure.retryAt.getTime() > Date.now()) return;
    this.#stop = new AbortController();
    this.loading = { version, bytes: 0, total: 0, sideBySide: true };
    this.#replacing = this.#replace(source, this.#stop.signal).finally(() => {
      this.loading = undefined;
    });
  }

  /**
   * Answers with what `work` makes of the model that answers now; that model stays until `work` is done. Where one model
   * had to be put away before the next is loaded, it waits for that. Undefined when there is no model.
   * @template T
   * @param {AbortSignal} signal
   * @param {(model: LoadedModel) => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  async use(signal, work) {
    if (this.current === undefined && this.loading?.sideBySide === false) {
      await Promise.race([this.#replacing, aborted(signal)]);
      signal.throwIfAborted();
    }
    const model = this.current;
    if (model === undefined) return undefined;
    this.#users.add(model);
    try {
      return await work(model);
    } finally {
      this.#users.remove(model);
    }
  }

  /** Ends the model's process. */
  async close() {
    this.#closed = true;
    this.#stop?.abort(new Error("the service stops"));
    await this.#replacing;
    await this.current?.close();
  }

  /** @param {Source} source @param {AbortSignal} signal */
  async #replace(source, signal) {
    const { version } = source;
    const old = this.current;
    try {
      const complete = { ...source, manifest: source.manifest ?? (await manifestOf(source)) };
      const total = await sizeOfFiles(source.directory, complete.manifest);
      const needed = await memoryToLoad(total);
      const available = await availableMemory();
      const room = needed <= available && !this.#settings.switchAfterDraining;
      const sideBySide = old === undefined || room;
      this.loading = { version, bytes: 0, total, sideBySide };
      this.#log("info", "loading a model", { version, bytes: total, sideBySide, needed, available });
      if (old !== undefined && !sideBySide) await this.#putAway(old);
      this.#takeOver(await this.#open(complete, total, signal));
    } catch (error) {
      if (signal.aborted)
        this.#log("info", "a load was given up", { version, reason: messageOf(signal.reason) });
      else this.#fail(version, messageOf(error), old?.version);
      if (old !== undefined && this.current === undefined && !this.#closed) await this.#bringBack(old);
    }
  }

  /** @param {Source} source @param {number} total @param {AbortSignal} signal */
  async #open(source, total, signal) {
    const { version, directory, manifest } = source;
    const start = performance.now();
    const order = {
      directory,
      expected: manifest === undefined ? [] : [...manifest.files.values()],
      blockSize: manifest?.blockSize ?? 1024 * 1024,
      threads: this.#settings.threads,
    };
    const engine = await startEngine(order, {
      signal,
      yields: () => this.current !== undefined && this.#users.has(this.current),
      progress: (bytes) => {
        if (this.loading?.version === version) this.loading = { ...this.loading, bytes };
      },
    });
    return assembleModel({
      engine,
      source,
      name: manifest?.model ?? this.#settings.modelName,
      cacheBytes: this.#settings.cacheBytes,
      loadMilliseconds: performance.now() - start,
      bytes: total,
    });
  }

  /** @param {LoadedModel} next */
  #takeOver(next) {
    const old = this.current;
    this.current = next;
    this.switches += 1;
    if (this.failure?.version === next.version) this.failure = undefined;
    void this.#watchOver(next);
    this.#log("info", "a model is loaded", {
      version: next.version,
      previous: old?.version,
      milliseconds: Math.round(next.loadMilliseconds),
      bytes: next.bytes,
    });
    if (old !== undefined) void this.#endAfterUse(old);
  }

  /** Takes the model away that answers, once its last request is answered. @param {LoadedModel} old */
  async #putAway(old) {
    this.current = undefined;
    await this.#endAfterUse(old);
  }

  /** @param {LoadedModel} old */
  async #endAfterUse(old) {
    await this.#users.gone(old);
    await old.close();
  }

  /** Loads a model again that was put away for one that doesn't load. @param {LoadedModel} old */
  async #bringBack(old) {
    try {
      this.#takeOver(await this.#open(old.source, old.bytes, new AbortController().signal));
    } catch (error) {
      this.#log("error", "the previous model does not load again", {
        version: old.version,
        error: messageOf(error),
      });
    }
  }

  /** Takes a model away whose process ended by itself. @param {LoadedModel} model */
  async #watchOver(model) {
    const why = await model.engine.ended;
    if (this.current !== model || this.#closed) return;
    this.current = undefined;
    this.#fail(model.version, `the inference process ended: ${why}`, undefined);
  }

  /** @param {string} version @param {string} message @param {string | undefined} stays */
  #fail(version, message, stays) {
    const attempts = this.failure?.version === version ? this.failure.attempts + 1 : 1;
    const wait = Math.min(LONGEST_RETRY_MS, 1000 * 2 ** (attempts - 1));
    this.failure = { version, message, at: new Date(), attempts, retryAt: new Date(Date.now() + wait) };
    this.failures += 1;
    this.#log("error", "a model does not load", { version, error: message, stays, attempts });
  }
}

/** @param {Source} source */
async function manifestOf({ inStore, directory, version }) {
  return inStore ? readManifest(directory, version) : undefined;
}

/** @param {AbortSignal} signal @returns {Promise<void>} */
function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
