import type { Dial, StoreHost } from "../host.ts";

/** Connections that log in before it is sure that they are needed. */
export interface EarlyDial {
  /** Gives those that were begun first, then new ones. */
  readonly dial: Dial;
  /** Closes what nobody asked for. */
  readonly close: () => void;
}

/**
 * Begins `count` logins at once, since each takes half a dozen round trips in which other things can be done, and does with each
 * what can be done as soon as it is there. A login that failed is told to whoever asks for it.
 */
export function earlyDial(dial: Dial, count: number, onDialled: (host: StoreHost) => void): EarlyDial {
  const begun: Promise<StoreHost>[] = Array.from({ length: count }, async (_, index) => {
    // Servers turn away many logins that begin at the same moment.
    await new Promise((resolve) => {
      setTimeout(resolve, index * STAGGER_MS);
    });
    const host = await dial();
    onDialled(host);
    return host;
  });
  for (const one of begun) one.catch(() => undefined);
  return {
    dial: () => begun.shift() ?? dial(),
    close() {
      for (const one of begun.splice(0))
        one.then(
          (host) => host.close(),
          () => undefined,
        );
    },
  };
}

/** Milliseconds between two logins. */
export const STAGGER_MS = 30;
