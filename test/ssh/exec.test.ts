import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import ssh2 from "ssh2";
import type { ServerChannel } from "ssh2";
import { afterEach, expect, it } from "vitest";
import { type Connection, wrapClient } from "../../src/ssh/connection.ts";
import { generateEphemeralKey } from "../../src/ssh/credentials.ts";

const { privateKey: hostKey } = generateEphemeralKey();
let listener: Server;
let connection: Connection;

/** Connects to a server that lets anybody in and answers every command in one packet, as a quick host does under load. */
async function connectTo(answer: (channel: ServerChannel) => void): Promise<Connection> {
  let wire: Socket;
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on("authentication", (context) => context.accept());
    client.on("error", () => undefined);
    client.on("session", (accept) => {
      accept().on("exec", (run) => {
        wire.cork();
        answer(run());
        // What ssh2 still has to write, it writes within this turn of the loop.
        setImmediate(() => wire.uncork());
      });
    });
  });
  listener = createServer((socket) => {
    wire = socket;
    server.injectSocket(socket);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const client = new ssh2.Client();
  client.connect({ host: "127.0.0.1", port: (listener.address() as { port: number }).port, username: "ana" });
  await once(client, "ready");
  connection = wrapClient(client, "host", 0);
  return connection;
}

afterEach(() => {
  connection.close();
  listener.close();
});

it("hears the exit code of a program that ended before anybody listened", async () => {
  const host = await connectTo((channel) => {
    channel.write("quick\n");
    channel.stderr.write("and loud\n");
    channel.exit(7);
    channel.end();
  });
  for (let round = 0; round < 20; round++) {
    expect(await host.exec("quick")).toEqual({ code: 7, stdout: "quick\n", stderr: "and loud\n" });
  }
});

it("tells a signal from an exit code", async () => {
  const host = await connectTo((channel) => {
    channel.exit("KILL", false, "");
    channel.end();
  });
  expect(await host.exec("doomed")).toMatchObject({ code: -1 });
});

it("takes a program whose end is not told for a lost connection, to be tried again", async () => {
  const host = await connectTo((channel) => channel.end());
  await expect(host.exec("cut")).rejects.toMatchObject({ reason: "connection-lost", exitCode: 5 });
});
