import net from "node:net";
import { createInterface } from "node:readline";

/** qemu's control socket. */
export interface Monitor {
  /** A command of the QMP protocol. */
  ask(execute: string, args?: object): Promise<unknown>;
  /** A command as somebody types it; whatever qemu prints is an error. */
  human(command: string): Promise<void>;
}

/** Connects within ten seconds, as soon as qemu listens. */
export async function openMonitor(socket: string): Promise<Monitor> {
  const connection = await connect(socket, Date.now() + 10_000);
  const waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: connection }).on("line", (line) => {
    const message = JSON.parse(line) as { return?: unknown; error?: { desc: string } };
    if ("return" in message) waiting.shift()?.resolve(message.return);
    else if (message.error !== undefined) waiting.shift()?.reject(new Error(message.error.desc));
    // Greeting and events are nobody's answer.
  });
  connection.on("close", () => {
    for (const { reject } of waiting.splice(0)) reject(new Error("qemu has ended"));
  });
  const ask = (execute: string, args?: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      connection.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    });
  await ask("qmp_capabilities");
  return {
    ask,
    async human(command) {
      const said = await ask("human-monitor-command", { "command-line": command });
      if (typeof said === "string" && said.trim() !== "") throw new Error(`${command}: ${said.trim()}`);
    },
  };
}

async function connect(socket: string, deadline: number): Promise<net.Socket> {
  for (;;) {
    const connection = net.connect(socket);
    const opened = await new Promise<boolean>((resolve) => {
      connection.once("connect", () => resolve(true));
      connection.once("error", () => resolve(false));
    });
    if (opened) {
      connection.on("error", () => {
        // The close that follows tells those who wait.
      });
      return connection;
    }
    if (Date.now() > deadline) throw new Error(`nobody listens at ${socket}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
