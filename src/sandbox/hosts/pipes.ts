import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdirSync, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";

/** How many named pipes one call of mkfifo makes. */
const BATCH = 48;
const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/** The two ends of a pipe: ours does not block, the child's does. */
export interface Pipe {
  readonly ours: number;
  readonly childs: number;
}

/**
 * Pipes for the standard streams of an instance's programs. What Node.js itself would give them are sockets, which can't be
 * opened again: `echo >/dev/stderr` and `tee /dev/stdout` would fail, as they do not on a real host.
 */
export class Pipes {
  readonly #directory: string;
  readonly #names: string[] = [];
  #made = 0;

  /** `directory` is made when it is needed. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** A pipe that the child reads from (`in`) or writes to (`out`). */
  open(direction: "in" | "out"): Pipe {
    const path = this.#next();
    // Open both ways at first, so that neither end waits for the other.
    const both = openSync(path, O_RDWR | O_NONBLOCK);
    const reads = openSync(path, direction === "in" ? O_RDONLY : O_RDONLY | O_NONBLOCK);
    const writes = openSync(path, direction === "in" ? O_WRONLY | O_NONBLOCK : O_WRONLY);
    closeSync(both);
    unlinkSync(path);
    return direction === "in" ? { ours: writes, childs: reads } : { ours: reads, childs: writes };
  }

  #next(): string {
    if (this.#names.length === 0) {
      mkdirSync(this.#directory, { recursive: true });
      for (let at = 0; at < BATCH; at += 1) this.#names.push(join(this.#directory, String(this.#made + at)));
      this.#made += BATCH;
      execFileSync("mkfifo", ["-m", "666", ...this.#names]);
    }
    return this.#names.pop() ?? "";
  }
}
