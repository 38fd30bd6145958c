import { UserError } from "../../errors.ts";
import type { Emit, ProgressEvent } from "../../events.ts";
import { megabytes } from "./failures.ts";

/** Follows what a push tells of its sending. */
export interface SendMeter {
  /** Passes events on. */
  readonly emit: Emit;
  /** Seconds from the beginning of sending to the last bytes; 0 where nothing was sent. */
  seconds(): number;
  /** Why a push was stopped, completed by what has arrived and stays. */
  explain(reason: unknown, label: string): unknown;
}

/** Listens to the events of a push. */
export function sendMeter(emit: Emit): SendMeter {
  let begun: number | undefined;
  let ended = 0;
  let last: ProgressEvent | undefined;
  return {
    emit(event) {
      if (event.type === "step" && event.id === "send" && event.state === "started")
        begun = performance.now();
      if (event.type === "progress" && event.id === "send") {
        last = event;
        ended = performance.now();
      }
      emit(event);
    },
    seconds: () => (begun === undefined || last === undefined ? 0 : Math.round(ended - begun) / 1000),
    explain(reason, label) {
      if (!(reason instanceof UserError) || last?.total === undefined) return reason;
      const { done, total, reused = 0 } = last;
      const all = reused > 0 ? ` to send, ${megabytes(reused)} more needn't travel` : "";
      return new UserError({
        reason: reason.reason,
        message: `${reason.message.replace(/\.$/u, "")}: ${megabytes(done)} of ${megabytes(total)}${all}, are on ${label} and stay there.`,
        hint: "Run the same command again: it goes on from there. Readers still get the version they had.",
        next: ["bertops models prune"],
        exitCode: reason.exitCode,
        cause: reason,
      });
    },
  };
}
