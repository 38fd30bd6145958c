import { setTimeout as wait } from "node:timers/promises";

/** The sandbox was closed, or the operation was told to stop: whoever catches it has nothing left to do. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Everything that goes on in the background, so that closing the sandbox can end it and wait for its end. */
export class Work {
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  /** Fires when the sandbox closes. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Runs a task in the background; what it throws reaches `failed`, unless the sandbox is closing. */
  run(task: () => Promise<void>, failed: (cause: unknown) => void): void {
    const running = (async () => {
      try {
        await task();
      } catch (cause) {
        if (!this.signal.aborted) {
          failed(cause);
        }
      }
    })();
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  /** Waits; throws `Stopped` when the sandbox closes or `signal` fires first. */
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const either = signal === undefined ? this.signal : AbortSignal.any([this.signal, signal]);
    try {
      await wait(milliseconds, undefined, { signal: either });
    } catch {
      throw new Stopped("stopped while waiting");
    }
  }

  /** Throws `Stopped` when the sandbox is closing. */
  check(): void {
    if (this.signal.aborted) {
      throw new Stopped("the sandbox is closing");
    }
  }

  /** Stops everything and waits until it has ended. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#running);
  }
}
