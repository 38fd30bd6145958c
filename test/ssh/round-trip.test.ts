import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import ssh2 from "ssh2";
import { expect, it } from "vitest";
import { timeRoundTrip } from "../../src/ssh/round-trip.ts";

/** Opens a connection to a server of this machine, and keeps the process busy meanwhile. */
async function firstRoundTrip(busyMs: number): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = new ssh2.Client().on("error", () => undefined);
  try {
    return await new Promise<number>((resolve) => {
      const socket = new net.Socket();
      timeRoundTrip(client, socket, resolve);
      client.connect({ sock: socket.connect(port, "127.0.0.1"), username: "nobody" });
      const until = performance.now() + busyMs;
      while (performance.now() < until);
    });
  } finally {
    client.destroy();
    server.close();
  }
}

it("a neighbour is near, however busy this process is while it answers", async () => {
  expect(await firstRoundTrip(500)).toBeLessThan(5);
});

/** Waits as a process does that has little to do. */
async function inSteps(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 10) await sleep(10);
}

it("a host that takes its time is as far as that", async () => {
  const client = new ssh2.Client();
  let first = -1;
  const socket = new net.Socket();
  const roundTrip = timeRoundTrip(client, socket, (time) => (first = time));
  await inSteps(200);
  client.emit("connect");
  expect(first).toBeGreaterThan(90);
  await inSteps(400);
  client.emit("handshake");
  // The exchange of keys takes two.
  expect(roundTrip()).toBeGreaterThan(90);
  expect(roundTrip()).toBeLessThanOrEqual(first);
});
