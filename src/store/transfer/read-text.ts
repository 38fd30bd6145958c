import { patiently } from "./patiently.ts";
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
  const chunks: Buffer[] = [];
  return patiently<string | undefined>(
    sender.label,
    { signal, silence: SILENCE_MS },
    ({ resolve, reject, alive }) => {
      sender.listen({ alive, ended: () => reject(sender.failure) });
      sender.expect({
        data(bytes) {
          if (chunks.length === 0) onBegin?.(bytes.toString("utf8"));
          chunks.push(Buffer.from(bytes));
        },
        done: () => resolve(Buffer.concat(chunks).toString("utf8")),
        refused: () => resolve(undefined),
      });
      if (!signal.aborted) sender.write(question(path, 0, most));
    },
    () => sender.listen(undefined),
  );
}
