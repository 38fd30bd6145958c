import type { Dial, StoreHost } from "../host.ts";

/** Connections that log in before it is sure that they are needed, since each takes half a dozen round trips. */
export interface EarlyDial {
  /** Begins logins until it has begun so many. One that failed is told to whoever asks for it. */
  readonly begin: (count: number) => void;
  /** What can be done with each as soon as it is there. */
  readonly each: (work: (host: StoreHost) => void) => void;
  /** Gives those that were begun first, then new ones. */
  readonly dial: Dial;
  /** Ends what nobody asked for. */
  readonly close: () => void;
}

/** Milliseconds between two logins: servers turn away many that begin at the same moment. */
export const STAGGER_MS = 30;

/** Opens it; `dial` is given a signal for when nobody wants the connection any more. */
export function earlyDial(dial: (unwanted: AbortSignal) => Promise<StoreHost>): EarlyDial {
  const stop = new AbortController();
  const begun: Promise<StoreHost>[] = [];
  let all = 0;
  const works: ((host: StoreHost) => void)[] = [];
  const there: StoreHost[] = [];
  const begin = async (pause: number): Promise<StoreHost> => {
    if (pause > 0)
      await new Promise((resolve) => {
        setTimeout(resolve, pause);
      });
    const host = await dial(stop.signal);
    there.push(host);
    for (const work of works) work(host);
    return host;
  };
  return {
    begin(count) {
      for (let index = 0; all < count && !stop.signal.aborted; index++, all++) {
        const one = begin(index * STAGGER_MS);
        one.catch(() => undefined);
        begun.push(one);
      }
    },
    each(work) {
      works.push(work);
      for (const host of there) work(host);
    },
    dial: () => begun.shift() ?? dial(stop.signal),
    close() {
      stop.abort(new Error("nobody needs the connection any more"));
      for (const one of begun.splice(0))
        one.then(
          (host) => host.close(),
          () => undefined,
        );
    },
  };
}
