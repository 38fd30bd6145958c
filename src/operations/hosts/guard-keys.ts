import { UserError } from "../../errors.ts";
import type { Dial } from "../../store/host.ts";

/**
 * A way to dial, and a signal for the work over it: when a further connection meets a host key that is not the right one, the
 * signal ends everything, whatever the other connections are doing.
 */
export function guardKeys(
  dial: Dial,
  signal: AbortSignal,
): { readonly dial: Dial; readonly signal: AbortSignal } {
  const stop = new AbortController();
  return {
    signal: AbortSignal.any([signal, stop.signal]),
    async dial() {
      try {
        return await dial();
      } catch (error) {
        if (error instanceof UserError && error.reason.startsWith("host-key-")) stop.abort(error);
        throw error;
      }
    },
  };
}
