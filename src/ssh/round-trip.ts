import type { Socket } from "node:net";
import type { Client } from "ssh2";

/**
 * Times a login from its outside: opening TCP takes a round trip, exchanging keys two round trips and the work of both machines. The
 * smaller of both is nearest to the truth. Answers milliseconds once the login is done; `onFirst` is told as soon as something is
 * known, which is long before that. `socket` is the login's own; absent through another connection, where opening takes no time.
 */
export function timeRoundTrip(
  client: Client,
  socket: Socket | undefined,
  onFirst: (milliseconds: number) => void,
): () => number {
  const clock = new ArrivalClock();
  let started = clock.now();
  let opening = 0;
  let exchange = 0;
  // What this side says of keys goes out when it hears that the connection is open.
  let said = started;
  // Until then the name was looked up.
  socket?.once("lookup", () => {
    started = clock.now();
  });
  client.once("connect", () => {
    opening = clock.arrival() - started;
    said = clock.now();
    if (socket !== undefined) onFirst(opening);
  });
  client.once("handshake", () => {
    exchange = (clock.arrival() - said) / 2;
    clock.stop();
    if (socket === undefined) onFirst(exchange);
  });
  client.once("close", () => clock.stop());
  return () => (socket === undefined ? exchange : Math.min(opening, exchange));
}

/** Milliseconds between two looks. */
const LOOK_MS = 2;

/**
 * Tells when something came, to a few milliseconds, though a busy process hears of it late: it came soon after the last time that the event
 * loop looked and found nothing.
 */
class ArrivalClock {
  #looked = performance.now();
  // Timers come before the loop looks, what is immediate after it.
  readonly #timer = setInterval(() => setImmediate(() => this.now()), LOOK_MS).unref();

  /** All that came before this moment was heard of. */
  now(): number {
    this.#looked = performance.now();
    return this.#looked;
  }

  /** When that came which is heard of now. */
  arrival(): number {
    const heard = performance.now();
    return Math.min(heard, this.#looked + 2 * LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
