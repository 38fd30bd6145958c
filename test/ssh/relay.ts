import net from "node:net";

/** A relay in front of a TCP server: it counts what goes in, and cuts the line when told to. */
export interface Relay {
  readonly port: number;
  /** Bytes that went to the server. */
  sent(): number;
  /** Calls once, as soon as so many bytes have gone to the server. */
  at(bytes: number, action: () => void): void;
  /** Breaks every connection, with nothing said to either side. */
  cut(): void;
  /** Sends what comes from now on to another server. */
  turnTo(port: number): void;
  stop(): Promise<void>;
}

/** Starts one in front of a port of loopback. */
export async function startRelay(target: number): Promise<Relay> {
  const pairs = new Set<readonly [net.Socket, net.Socket]>();
  let to = target;
  let sent = 0;
  let alarm: { readonly bytes: number; readonly action: () => void } | undefined;
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
    at(bytes, action) {
      alarm = { bytes, action };
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
