import net from "node:net";

/** A relay in front of a TCP server: it counts what goes through, and cuts the line when told to. */
export interface Relay {
  readonly port: number;
  /** Bytes that went to the server. */
  sent(): number;
  /** Bytes that came from the server. */
  received(): number;
  /** Calls once, as soon as so many bytes have gone to the server. */
  at(bytes: number, action: () => void): void;
  /** The same for bytes that have come from it. */
  atReceived(bytes: number, action: () => void): void;
  /** Breaks every connection, with nothing said to either side. */
  cut(): void;
  /** Sends what comes from now on to another server. */
  turnTo(port: number): void;
  stop(): Promise<void>;
}

interface Alarm {
  readonly bytes: number;
  readonly action: () => void;
}

/** Starts one in front of a port of loopback. */
export async function startRelay(target: number): Promise<Relay> {
  const pairs = new Set<readonly [net.Socket, net.Socket]>();
  let to = target;
  let sent = 0;
  let received = 0;
  let alarm: Alarm | undefined;
  let backwards: Alarm | undefined;
  const server = net.createServer({ noDelay: true }, (inside) => {
    const outside = net.connect({ port: to, host: "127.0.0.1", noDelay: true });
    const pair = [inside, outside] as const;
    pairs.add(pair);
    // What a killed program or a cut line leaves under way is lost: nobody hears a polite end.
    const over = (): void => {
      pairs.delete(pair);
      for (const socket of pair) if (!socket.destroyed) socket.resetAndDestroy();
    };
    for (const socket of pair) socket.on("error", over).on("close", over);
    inside.on("data", (chunk) => {
      sent += chunk.length;
      if (!outside.write(chunk)) inside.pause();
      if (alarm === undefined || sent < alarm.bytes) return;
      const { action } = alarm;
      alarm = undefined;
      action();
    });
    outside.on("drain", () => inside.resume());
    outside.pipe(inside);
    outside.on("data", (chunk) => {
      received += chunk.length;
      if (backwards === undefined || received < backwards.bytes) return;
      const { action } = backwards;
      backwards = undefined;
      action();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the relay has no address");
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    sent: () => sent,
    received: () => received,
    at(bytes, action) {
      alarm = { bytes, action };
    },
    atReceived(bytes, action) {
      backwards = { bytes, action };
    },
    cut,
    turnTo(port) {
      to = port;
    },
    async stop() {
      cut();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
