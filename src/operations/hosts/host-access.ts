import { UserError } from "../../errors.ts";
import type { Connection } from "../../ssh/connection.ts";

/** A host that can be logged in to: an instance of the environment, or one that `--host` names. */
export interface HostAccess {
  /** The instance's id, or the word after `--host`. */
  readonly id: string;
  /** Its address. */
  readonly host: string;
  /** Who logs in. */
  readonly user: string;
  /** Logs in, with the host's key verified. Every call is a new connection. */
  connect(signal: AbortSignal): Promise<Connection>;
}

export interface Patience {
  /** Milliseconds for which a host that does not answer yet is asked again. */
  readonly wait: number;
  readonly signal: AbortSignal;
  /** Called once, when the first try failed. */
  readonly onWait?: (why: UserError) => void;
}

const PAUSE_MS = 2000;

/** Logs in to a host that may still be booting: asks again while it cannot be reached, and for nothing else. */
export async function connectPatiently(access: HostAccess, patience: Patience): Promise<Connection> {
  const deadline = Date.now() + patience.wait;
  for (let attempt = 0; ; attempt++) {
    try {
      return await access.connect(patience.signal);
    } catch (error) {
      const again =
        error instanceof UserError &&
        (error.reason === "ssh-unreachable" || error.reason === "connection-lost");
      if (!again || Date.now() + PAUSE_MS > deadline || patience.signal.aborted) throw error;
      if (attempt === 0) patience.onWait?.(error);
      await pause(PAUSE_MS, patience.signal);
    }
  }
}

/** Waits, or rejects with the signal's reason. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", aborted);
      resolve();
    }, milliseconds);
    function aborted(): void {
      clearTimeout(timer);
      reject(signal.reason);
    }
    if (signal.aborted) aborted();
    else signal.addEventListener("abort", aborted, { once: true });
  });
}
