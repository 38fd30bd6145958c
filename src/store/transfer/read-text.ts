import { EXIT, UserError } from "../../errors.ts";
import { question, type Sender } from "./sender.ts";

/** Milliseconds without a byte. */
const SILENCE_MS = 45_000;

export interface ReadOptions {
  /** Bytes. */
  readonly most: number;
  readonly signal: AbortSignal;
  /** Told of the beginning, as much as came first. */
  readonly onBegin?: (text: string) => void;
}

/**
 * Reads a file below the model's directory as UTF-8; undefined where the host cannot read it. Rejects when nothing comes any more,
 * and when the signal says so.
 */
export function readText(
  sender: Sender,
  path: string,
  { most, signal, onBegin }: ReadOptions,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      sender.listen(undefined);
      then();
    };
    const aborted = (): void => settle(() => reject(signal.reason));
    const timer = setTimeout(() => settle(() => reject(silent(path))), SILENCE_MS);
    signal.addEventListener("abort", aborted, { once: true });
    sender.listen({
      alive: () => void timer.refresh(),
      ended: () => settle(() => reject(sender.failure)),
    });
    sender.expect({
      data(bytes) {
        if (chunks.length === 0) onBegin?.(bytes.toString("utf8"));
        chunks.push(bytes);
      },
      done: () => settle(() => resolve(Buffer.concat(chunks).toString("utf8"))),
      refused: () => settle(() => resolve(undefined)),
    });
    if (signal.aborted) aborted();
    else sender.write(question(path, 0, most));
  });
}

function silent(path: string): UserError {
  return new UserError({
    reason: "host-timeout",
    message: `Nothing more of ${path} came for ${SILENCE_MS / 1000} s.`,
    hint: "The host may be overloaded or its file system may hang; run the same command again: it continues.",
    next: ["bertops mount-efs --check"],
    exitCode: EXIT.retry,
  });
}
