import { EXIT, UserError } from "../../errors.ts";
import type { Dial, StoreHost } from "../../store/host.ts";

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 250;

/**
 * A host that is logged in to again when its connection was lost. Only what is begun afterwards goes over the new one: whether
 * a program that was cut off did its work is for its caller to find out.
 */
export function redialingHost(first: StoreHost, dial: Dial): StoreHost {
  let host: Promise<StoreHost> = Promise.resolve(first);
  let closed = false;
  const watch = (one: StoreHost): void =>
    one.onLost(() => {
      host = Promise.reject(new Error("lost"));
      host.catch(() => undefined);
    });
  watch(first);
  const redial = async (): Promise<StoreHost> => {
    const again = await dialPatiently(dial, first.label, () => closed);
    watch(again);
    return again;
  };
  const current = (): Promise<StoreHost> => {
    // Several callers at once share one new connection.
    host = host.catch(() => redial());
    return host;
  };
  return {
    label: first.label,
    roundTrip: first.roundTrip,
    run: async (...args) => (await current()).run(...args),
    start: async (...args) => (await current()).start(...args),
    textOf: (...args) => first.textOf(...args),
    files: async () => (await current()).files(),
    onLost(listener) {
      host.then(
        (one) => one.onLost(listener),
        () => listener(lost(first.label)),
      );
    },
    drop() {
      host.then(
        (one) => one.drop(),
        () => undefined,
      );
    },
    close() {
      closed = true;
      host.then(
        (one) => one.close(),
        () => undefined,
      );
    },
  };
}

async function dialPatiently(dial: Dial, label: string, stopped: () => boolean): Promise<StoreHost> {
  for (let attempt = 1; ; attempt++) {
    if (stopped()) throw lost(label);
    try {
      return await dial();
    } catch (error) {
      // A changed key or a refused login will not get better.
      if (attempt === ATTEMPTS || (error instanceof UserError && error.exitCode !== EXIT.retry)) throw error;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, FIRST_PAUSE_MS * 2 ** attempt);
    });
  }
}

function lost(label: string): UserError {
  return new UserError({
    reason: "connection-lost",
    message: `The SSH connection to ${label} was lost.`,
    hint: "Run the same command again: it continues.",
    exitCode: EXIT.retry,
  });
}
