import { EXIT, UserError } from "../../errors.ts";
import type { ContentFile } from "../hash-files.ts";
import { type HostChannel, type HostScript, MARK, type RunResult, type StoreHost } from "../host.ts";
import { hostError } from "./host-error.ts";
import { patiently, type Patience } from "./patiently.ts";

/** What a program says is heard by one at a time. */
export interface Listener {
  /** `word` is {@link MARK} when a program has begun. */
  line(word: string, rest: string): void;
  /** Something came, be it a part of a line: a long one takes its time on a slow link. */
  alive?(): void;
  /** Nothing more will be said. */
  ended(): void;
}

/** Milliseconds for a program to write what it has and to end. */
const PATIENCE_MS = 5000;

/** Starts a program of `scripts/`; it may be written to at once. */
export async function startProgram(
  host: StoreHost,
  script: HostScript,
  args: readonly string[],
): Promise<HostProgram> {
  const program = new HostProgram(host.label, await host.start(script, args));
  host.onLost((error) => program.lost(error));
  return program;
}

/**
 * The program of `scripts/receive.ts` at the other end of a channel, and what both sides know of each other. What is written to it
 * before it runs waits for it.
 */
export class HostProgram {
  readonly channel: HostChannel;
  /** The directory that was named last. */
  directory: string | undefined;
  /** Files that it was told of. */
  readonly numbers = new Map<ContentFile, number>();
  /** Blocks that it has answered for. */
  acknowledged = 0;
  readonly #label: string;
  #listener: Listener | undefined;
  #partial: Buffer[] = [];
  #marked = false;
  #closed = false;
  #abandoned = false;
  #failure: Error | undefined;
  #said = "";

  constructor(label: string, channel: HostChannel) {
    this.#label = label;
    this.channel = channel;
    channel.on("data", (chunk: Buffer) => this.#hear(chunk));
    channel.on("error", (error: Error) => this.lost(error));
    channel.on("close", () => this.#end());
    channel.stderr.on("data", (chunk: Buffer) => this.#note(chunk.toString("utf8")));
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Why nothing more will come. */
  get failure(): Error {
    return this.#failure ?? ended(this.#label);
  }

  /** What it said that was not meant for us, the beginning of it. */
  get said(): string {
    return this.#said;
  }

  /** Was the connection lost? */
  get isLost(): boolean {
    return this.#failure !== undefined;
  }

  listen(listener: Listener | undefined): void {
    this.#listener = listener;
    if (this.#closed) listener?.ended();
  }

  /** The connection beneath is gone: the channel itself may never say so. */
  lost(error: Error): void {
    this.#failure ??= error;
    this.#end();
  }

  /**
   * Listens until `hear` settles it. Rejects when the signal says so, when there was not a word for `silence` milliseconds, and
   * when it ends, unless `hear` has a better answer to that.
   */
  until<T>(
    patience: Patience,
    hear: (
      resolve: (value: T) => void,
      reject: (error: unknown) => void,
    ) => Pick<Listener, "line"> & Partial<Listener>,
  ): Promise<T> {
    return patiently<T>(
      this.#label,
      patience,
      ({ resolve, reject, alive }) =>
        this.listen({ ended: () => reject(this.failure), ...hear(resolve, reject), alive }),
      () => this.listen(undefined),
    );
  }

  /** Has the program run a text by the host's shell, when everything that was sent is on the disk. */
  run(text: string, input: string, limits: Patience): Promise<RunResult> {
    const [command, stdin] = [Buffer.from(text), Buffer.from(input)];
    const head = Buffer.alloc(9);
    head.write("R", 0, "latin1");
    head.writeUInt32BE(command.length, 1);
    head.writeUInt32BE(stdin.length, 5);
    const result = this.until<RunResult>(limits, (resolve, reject) => ({
      line: (word, rest) => {
        const [code = "", out = "", err = ""] = rest.split(" ");
        const textOf = (encoded: string): string => Buffer.from(encoded, "base64").toString("utf8");
        if (word === "r") resolve({ code: Number(code), stdout: textOf(out), stderr: textOf(err) });
        else if (word === "e") reject(hostError(this.#label, rest));
      },
    }));
    if (!limits.signal.aborted) this.channel.write(Buffer.concat([head, command, stdin]));
    return result;
  }

  /** Ends it in the middle of its work: nobody knows any more what it would answer to. */
  abandon(): void {
    this.#abandoned = true;
    this.channel.end();
  }

  /** May it be given more to do? */
  get isUsable(): boolean {
    return !this.#closed && !this.#abandoned;
  }

  /** Ends it: it has nothing more to do. Resolves when it is gone, or does not say so for seconds. */
  async close(): Promise<void> {
    this.channel.end();
    if (this.#closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.channel.destroy();
        resolve();
      }, PATIENCE_MS);
      this.channel.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #hear(chunk: Buffer): void {
    this.#listener?.alive?.();
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      this.#partial.push(chunk.subarray(from, at));
      from = at + 1;
      const line = Buffer.concat(this.#partial).toString("utf8");
      this.#partial = [];
      if (line.endsWith(MARK)) {
        this.#marked = true;
        this.#listener?.line(MARK, "");
        continue;
      }
      // Login files of some hosts greet everybody.
      if (!this.#marked) {
        this.#note(`${line}\n`);
        continue;
      }
      const space = line.indexOf(" ");
      if (space === -1) this.#listener?.line(line, "");
      else this.#listener?.line(line.slice(0, space), line.slice(space + 1));
    }
    if (from < chunk.length) this.#partial.push(chunk.subarray(from));
  }

  #note(text: string): void {
    if (this.#said.length < 1000) this.#said += text.slice(0, 1000);
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener?.ended();
  }
}

function ended(label: string): UserError {
  return new UserError({
    reason: "connection-lost",
    message: `The program on ${label} ended before it was done.`,
    hint: "Run the same command again: it continues.",
    exitCode: EXIT.retry,
  });
}
