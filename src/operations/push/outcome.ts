import type { Survey } from "../../store/survey.ts";
import type { PushOptions } from "./push.ts";

/** What a push came to. */
export interface PushResult {
  readonly model: string;
  readonly version: string;
  /** Is it what readers get now? */
  readonly active: boolean;
  /** What was current before. */
  readonly previous: string | null;
  /** True where the store had it already, and nothing changed. */
  readonly unchanged: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly bytesSent: number;
  readonly bytesReused: number;
  readonly seconds: number;
  /** The part of them in which bytes travelled; 0 where none did. */
  readonly sendSeconds: number;
  readonly connections: number;
  readonly verified: boolean;
}

/** The same, before it is known how long it took. */
export type PushOutcome = Omit<PushResult, "seconds" | "sendSeconds">;

/** The store has this content already. */
export function unsent(
  version: string,
  survey: Survey,
  switched: boolean,
  options: PushOptions,
): PushOutcome {
  options.emit({
    type: "step",
    id: "push",
    state: switched ? "done" : "unchanged",
    label: `push ${options.model}`,
    detail: switched ? `the store has it: ${version} is current again` : `the store has it: ${version}`,
  });
  return {
    ...summary(version, options),
    active: switched || survey.current === version,
    previous: survey.current ?? null,
    unchanged: !switched,
    bytesSent: 0,
    bytesReused: options.content.bytes,
    connections: 0,
  };
}

/** What every outcome says of a version. */
export function summary(version: string, { model, content }: PushOptions) {
  return { model, version, files: content.files.length, bytes: content.bytes, verified: true };
}
