import type { Client } from "ssh2";

/**
 * Times a login from its outside: opening TCP takes a round trip and finding the name, exchanging keys two round trips and the work
 * of both machines. The smaller of both is nearest to the truth. Answers milliseconds once the login is done.
 */
export function timeRoundTrip(client: Client): () => number {
  const started = performance.now();
  let connected = started;
  let negotiated = started;
  client.once("connect", () => {
    connected = performance.now();
  });
  client.once("handshake", () => {
    negotiated = performance.now();
  });
  return () => {
    const opening = connected - started;
    const exchange = Math.max(0, negotiated - connected) / 2;
    // Through another connection opening takes no time.
    return opening < 0.05 ? exchange : Math.min(opening, exchange);
  };
}
