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
  let started = performance.now();
  let connected = started;
  let negotiated = started;
  // Until then the name was looked up.
  socket?.once("lookup", () => {
    started = performance.now();
  });
  client.once("connect", () => {
    connected = performance.now();
    if (socket !== undefined) onFirst(connected - started);
  });
  client.once("handshake", () => {
    negotiated = performance.now();
    if (socket === undefined) onFirst(roundTrip());
  });
  const roundTrip = (): number => {
    const exchange = Math.max(0, negotiated - connected) / 2;
    return socket === undefined ? exchange : Math.min(connected - started, exchange);
  };
  return roundTrip;
}
