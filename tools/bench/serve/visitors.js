/** Who visits a service in a mixed load: those who ask properly, and those who do not. */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { words } from "./random-model.js";

const WORDS = words();

/** @param {number} most */
const random = (most) => Math.floor(Math.random() * most);

/** A text of a few words; now and then one of a hundred that everybody asks for. */
function text() {
  if (Math.random() < 0.3) return WORDS[random(100)] ?? "";
  return Array.from({ length: 1 + random(40) }, () => WORDS[random(WORDS.length)]).join(" ");
}

const texts = () => Array.from({ length: random(12) }, text);

/**
 * Asks one proper question of any kind.
 * @param {number} port
 * @returns {Promise<{ status: number, what: string }>}
 */
export async function kind(port) {
  /** @type {[string, unknown][]} */
  const asked = [
    ["/sim", { target: text(), texts: texts() }],
    ["/sim", { target: text(), texts: texts() }],
    ["/embed", { texts: texts(), normalize: true }],
    ["/v1/embeddings", { input: [text(), ...texts()], encoding_format: "base64" }],
    ["/metrics", undefined],
    ["/", undefined],
  ];
  const [what, body] = asked[random(asked.length)] ?? ["/", undefined];
  const response = await fetch(
    `http://127.0.0.1:${port}${what}`,
    body === undefined
      ? {}
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
  );
  await response.arrayBuffer();
  return { status: response.status, what };
}

/** @param {number | string} length @param {string} [more] */
const head = (length, more = "") =>
  `POST /sim HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${more}\r\n`;

const question = () => JSON.stringify({ target: text(), texts: Array.from({ length: 30 }, text) });

/**
 * Opens a connection, does something on it, and waits until it is closed.
 * @param {number} port
 * @param {(socket: import("node:net").Socket) => Promise<unknown>} act
 */
async function visit(port, act) {
  const socket = connect(port, "127.0.0.1");
  // Being cut off is what some of them are after.
  socket.on("error", () => {});
  socket.resume();
  await once(socket, "connect");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await act(socket);
  await closed;
}

/** Until the other side takes more, or is gone. @param {import("node:net").Socket} socket */
async function drained(socket) {
  await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => {});
}

/** @type {Readonly<Record<string, (port: number) => Promise<void>>>} */
export const UNKIND = {
  "hung up": (port) =>
    visit(port, async (socket) => {
      const body = question();
      socket.write(head(Buffer.byteLength(body)) + body);
      await pause(random(100));
      socket.destroy();
    }),
  "hung up in the body": (port) =>
    visit(port, async (socket) => {
      const body = question();
      socket.write(head(Buffer.byteLength(body)) + body.slice(0, random(body.length)));
      await pause(random(50));
      socket.destroy();
    }),
  "said too much": (port) =>
    visit(port, async (socket) => {
      const body = question();
      socket.write(head(Buffer.byteLength(body) + 1000) + body);
      await pause(100);
      socket.end();
    }),
  "said too little": (port) =>
    visit(port, async (socket) => {
      const body = question();
      socket.write(head(Math.max(1, Buffer.byteLength(body) - 20), "connection: close\r\n") + body);
    }),
  "too large": (port) =>
    visit(port, async (socket) => {
      socket.write(head(6_000_000));
      for (let sent = 0; sent < 6_000_000 && !socket.destroyed; sent += 65_536) {
        if (!socket.write("x".repeat(65_536))) await drained(socket);
      }
      socket.end();
    }),
  "in endless chunks": (port) =>
    visit(port, async (socket) => {
      socket.write(
        "POST /sim HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
      );
      while (!socket.destroyed) {
        if (!socket.write(`8000\r\n${"y".repeat(0x8000)}\r\n`)) await drained(socket);
      }
    }),
  "too slow": (port) =>
    visit(port, async (socket) => {
      for (const letter of head(100)) {
        if (socket.destroyed) return;
        socket.write(letter);
        await pause(100);
      }
    }),
  "no HTTP": (port) =>
    visit(
      port,
      async (socket) => void socket.write(Buffer.from(Array.from({ length: 200 }, () => random(256)))),
    ),
  "no JSON": (port) =>
    visit(port, async (socket) => void socket.write(`${head(5, "connection: close\r\n")}{"a":`)),
  "nothing there": async (port) =>
    void (await (await fetch(`http://127.0.0.1:${port}/${text()}`)).arrayBuffer()),
};
