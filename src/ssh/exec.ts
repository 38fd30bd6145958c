import type { ClientChannel } from "ssh2";
import { EXIT, UserError } from "../errors.ts";
import { connectionLost } from "./connection-error.ts";

export interface ExecOptions {
  /** Sent to standard input, which is closed after it. */
  readonly stdin?: string | Buffer;
  /** Milliseconds until the program is given up; default 120,000. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Bytes of output that are kept before the program is given up; default 16 MiB. */
  readonly maxOutput?: number;
  /** Called with each line of standard output as it arrives. */
  readonly onLine?: (line: string) => void;
}

export interface ExecResult {
  /** Exit code; -1 where a signal ended the program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Collects what a program prints until it ends, in bounded time and memory. Rejects where its end is not told: the connection is lost. */
export function collect(channel: ClientChannel, label: string, options: ExecOptions): Promise<ExecResult> {
  const { timeout = 120_000, maxOutput = 16 * 1024 * 1024, signal, onLine } = options;
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let size = 0;
  let partial = "";
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
      settle();
    };
    const giveUp = (error: unknown): void => {
      finish(() => reject(error));
      channel.signal("TERM");
      channel.close();
    };
    const aborted = (): void => giveUp(signal?.reason);
    const timer = setTimeout(() => giveUp(tooSlow(label, timeout)), timeout);
    signal?.addEventListener("abort", aborted, { once: true });
    const keep = (list: Buffer[], chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxOutput) giveUp(tooMuch(label, maxOutput));
      else list.push(chunk);
    };
    channel.on("data", (chunk: Buffer) => {
      keep(out, chunk);
      if (onLine === undefined) return;
      const lines = (partial + chunk.toString("utf8")).split("\n");
      partial = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    });
    channel.stderr.on("data", (chunk: Buffer) => keep(err, chunk));
    // A program that ends without reading its input breaks the pipe; its exit code says more.
    channel.on("error", () => undefined);
    // A quick program's whole story can arrive in one packet, before anybody listens: what "exit" said then, "close" repeats.
    channel.on("close", (code?: number | null) => {
      if (partial !== "") onLine?.(partial);
      partial = "";
      if (code === undefined) {
        finish(() => reject(connectionLost(label, new Error("the host did not say how the program ended"))));
        return;
      }
      finish(() =>
        resolve({
          code: code ?? -1,
          stdout: Buffer.concat(out).toString("utf8"),
          stderr: Buffer.concat(err).toString("utf8"),
        }),
      );
    });
    channel.end(options.stdin ?? "");
    if (signal?.aborted === true) aborted();
  });
}

function tooSlow(label: string, timeout: number): UserError {
  return new UserError({
    reason: "host-timeout",
    message: `A program on ${label} did not end within ${Math.round(timeout / 1000)} s.`,
    hint: "The host may be overloaded or its file system may hang; run the same command again, with a larger --timeout if need be.",
    exitCode: EXIT.retry,
  });
}

function tooMuch(label: string, limit: number): UserError {
  return new UserError({
    reason: "host-output",
    message: `A program on ${label} printed more than ${limit} bytes.`,
    hint: "Its login files may print without end; try `ssh HOST true`.",
  });
}
