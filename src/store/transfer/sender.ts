import { EXIT, UserError } from "../../errors.ts";
import { type HostChannel, type HostScript, MARK, type StoreHost } from "../host.ts";
import { SEND } from "../scripts/send.ts";

/** What becomes of a question. */
export interface Answer {
  /** The next bytes of it. Their memory is used again once this returns. */
  data(bytes: Buffer): void;
  /** All of it came. */
  done(): void;
  /** The file cannot be read: `ENOENT No such file or directory`. */
  refused(said: string): void;
}

/** Who is told that a program says nothing more, and that it still says something. */
export interface SenderListener {
  alive(bytes: number): void;
  ended(): void;
}

/** Asks for everything from a position on. */
export const EVERYTHING = 0xff_ff_ff_ff;

const HEADER = 5;

/** The program of `scripts/send.ts` at the other end of a channel. What is asked before it runs waits for it. */
export class Sender {
  /** The host's. */
  readonly label: string;
  readonly #channel: HostChannel;
  readonly #waiting: { readonly answer: Answer; readonly refusal: Buffer[] }[] = [];
  #next = 0;
  #listener: SenderListener | undefined;
  /** Lines that come before the last mark. */
  readonly #lines: string[] = [];
  #line: Buffer[] = [];
  #marksLeft: number;
  /** The head of an answer as far as it is there. */
  readonly #head = Buffer.alloc(HEADER);
  #headLength = 0;
  #bodyLeft = 0;
  #isRefusal = false;
  #closed = false;
  #failure: Error | undefined;
  #said = "";

  /** `marks` is how many lines of {@link MARK} come before the answers: one from each script that the text is made of. */
  constructor(host: StoreHost, channel: HostChannel, marks: number) {
    this.label = host.label;
    this.#channel = channel;
    this.#marksLeft = marks;
    channel.on("data", (chunk: Buffer) => this.#hear(chunk));
    channel.on("error", (error: Error) => this.#lost(error));
    channel.on("close", () => this.#end());
    channel.stderr.on("data", (chunk: Buffer) => {
      if (this.#said.length < 1000) this.#said += chunk.toString("utf8").slice(0, 1000);
    });
    host.onLost((error) => this.#lost(error));
  }

  /** Starts a script of `scripts/send.ts`. */
  static async start(
    host: StoreHost,
    script: HostScript,
    args: readonly string[],
    marks = 1,
  ): Promise<Sender> {
    return new Sender(host, await host.start(script, args, { flowing: true }), marks);
  }

  /** Does it send, or is it about to? */
  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Has the last mark come? */
  get isReady(): boolean {
    return this.#marksLeft === 0;
  }

  /** What came before the last mark. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Was the connection lost? */
  get isLost(): boolean {
    return this.#failure !== undefined;
  }

  /** What it said on its standard error, the beginning of it. */
  get said(): string {
    return this.#said;
  }

  /** Why nothing more will come. */
  get failure(): Error {
    return this.#failure ?? ended(this.label, this.#said);
  }

  listen(listener: SenderListener | undefined): void {
    this.#listener = listener;
    if (this.#closed) listener?.ended();
  }

  /** Expects an answer to a question that {@link write} will send. */
  expect(answer: Answer): void {
    this.#waiting.push({ answer, refusal: [] });
  }

  /** Sends questions; nobody waits for it, since they are short and their number is bounded by what is expected. */
  write(questions: Buffer): void {
    this.#channel.write(questions);
  }

  /** Ends it: it has nothing more to do. */
  end(): void {
    this.#channel.end();
  }

  /** Ends it in the middle of an answer. */
  abandon(): void {
    this.#channel.end();
    this.#channel.destroy();
  }

  #hear(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length)
      at = this.#marksLeft > 0 ? this.#hearLine(chunk, at) : this.#hearAnswer(chunk, at);
    this.#listener?.alive(chunk.length);
  }

  /** Login files of some hosts greet everybody; they have no end where a line of ours begins, perhaps. */
  #hearLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(10, at);
    this.#line.push(Buffer.from(chunk.subarray(at, end === -1 ? chunk.length : end)));
    if (end === -1) return chunk.length;
    const line = Buffer.concat(this.#line).toString("utf8");
    this.#line = [];
    if (line.endsWith(MARK)) this.#marksLeft--;
    else this.#lines.push(line);
    return end + 1;
  }

  #hearAnswer(chunk: Buffer, start: number): number {
    let at = start;
    if (this.#headLength < HEADER) {
      const taken = Math.min(HEADER - this.#headLength, chunk.length - at);
      chunk.copy(this.#head, this.#headLength, at, at + taken);
      this.#headLength += taken;
      at += taken;
      if (this.#headLength < HEADER) return at;
      this.#isRefusal = this.#head[0] === 1;
      this.#bodyLeft = this.#head.readUInt32BE(1);
    }
    const waiting = this.#waiting[this.#next];
    const bytes = chunk.subarray(at, at + this.#bodyLeft);
    this.#bodyLeft -= bytes.length;
    if (bytes.length > 0) {
      if (this.#isRefusal) waiting?.refusal.push(Buffer.from(bytes));
      else waiting?.answer.data(bytes);
    }
    if (this.#bodyLeft === 0) {
      this.#headLength = 0;
      this.#next++;
      // A queue whose front is cut off now and then.
      if (this.#next > 1024) {
        this.#waiting.splice(0, this.#next);
        this.#next = 0;
      }
      if (this.#isRefusal) waiting?.answer.refused(Buffer.concat(waiting.refusal).toString("utf8"));
      else waiting?.answer.done();
    }
    return at + bytes.length;
  }

  #lost(error: Error): void {
    this.#failure ??= error;
    this.#end();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener?.ended();
  }
}

/** A question for a run of bytes of a file below the model's directory. */
export function question(path: string, position: number, length: number): Buffer {
  const name = Buffer.from(path);
  const frame = Buffer.allocUnsafe(15 + name.length);
  frame.write("R", 0, "latin1");
  frame.writeBigUInt64BE(BigInt(position), 1);
  frame.writeUInt32BE(length, 9);
  frame.writeUInt16BE(name.length, 13);
  name.copy(frame, 15);
  return frame;
}

/** Programs that send, one over each connection. */
export class Senders {
  readonly #directory: string;
  readonly #begun = new WeakMap<StoreHost, Promise<Sender>>();

  /** The model's directory. */
  constructor(modelDirectory: string) {
    this.#directory = modelDirectory;
  }

  /** Takes over one that runs. */
  keep(host: StoreHost, sender: Sender): void {
    this.#begun.set(host, Promise.resolve(sender));
  }

  /** Starts one before it is needed, since that takes two round trips. What goes wrong is told to whoever takes it. */
  begin(host: StoreHost): void {
    const sender = this.#start(host);
    sender.catch(() => undefined);
    this.#begun.set(host, sender);
  }

  /** The one over a connection, which is the taker's to end. */
  over(host: StoreHost): Promise<Sender> {
    const begun = this.#begun.get(host);
    this.#begun.delete(host);
    return begun ?? this.#start(host);
  }

  #start(host: StoreHost): Promise<Sender> {
    return Sender.start(host, SEND, [this.#directory]);
  }
}

function ended(label: string, said: string): UserError {
  const why = said.trim().split("\n").at(-1) ?? "";
  return new UserError({
    reason: "connection-lost",
    message: `The program on ${label} ended before it was done${why === "" ? "" : `: ${why}`}.`,
    hint: "Run the same command again: it continues.",
    exitCode: EXIT.retry,
  });
}
