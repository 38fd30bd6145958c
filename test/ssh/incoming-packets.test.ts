import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import ssh2 from "ssh2";
import type { CipherAlgorithm, Client, ClientChannel } from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IncomingPackets } from "../../src/ssh/incoming-packets.ts";
import { SshSocket } from "../../src/ssh/ssh-socket.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "./sshd.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

/** As text, which shows any byte that is not the right one. */
const [MUCH, OTHER] = ["seq 1 4000000", "seq 5000000 6500000"];

describe.skipIf(noSshd !== undefined)("memory that packets arrive in", { timeout: 60_000 }, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    // Keys are exchanged anew again and again, while packets arrive.
    sshd = await startSshd({ settings: "RekeyLimit 2M" });
  });
  afterAll(() => removeSshd(sshd));

  it.each([
    ["aes128-gcm@openssh.com", 1 / 4],
    ["aes256-gcm@openssh.com", 1 / 4],
    ["chacha20-poly1305@openssh.com", 0],
    ["aes256-ctr", 0],
  ] as const)("is lent to who keeps nothing; others keep what is theirs, with %s", async (cipher, least) => {
    const { client, socket } = await logIn(sshd, cipher);
    const [lent, kept] = await Promise.all([MUCH, OTHER].map((command) => start(client, command)));
    if (lent === undefined || kept === undefined) throw new Error("no channel");
    socket.incoming.lend(lent);
    const hash = createHash("sha256");
    let borrowed = 0;
    lent.on("data", (chunk: Buffer) => {
      if (chunk.buffer === socket.incoming.memory.buffer) borrowed += chunk.length;
      hash.update(chunk);
    });
    const chunks: Buffer[] = [];
    kept.on("data", (chunk: Buffer) => chunks.push(chunk));
    await Promise.all([once(lent, "close"), once(kept, "close")]);
    expect(hash.digest("hex")).toBe(sha256(outputOf(MUCH)));
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(outputOf(OTHER)));
    expect(borrowed > 0).toBe(least > 0);
    expect(borrowed).toBeGreaterThanOrEqual(outputOf(MUCH).length * least);
    client.end();
  });

  it("is not lent to a channel that is read later, or piped elsewhere by halves", async () => {
    const { client, socket } = await logIn(sshd, "aes128-gcm@openssh.com");
    const [late, other] = await Promise.all([MUCH, OTHER].map((command) => start(client, command)));
    if (late === undefined || other === undefined) throw new Error("no channel");
    socket.incoming.lend(late);
    other.resume();
    await once(other, "close");
    // By now a window of it has come, and much has come since into the memory that it came in.
    const hash = createHash("sha256");
    let turn = 0;
    late.on("data", (chunk: Buffer) => {
      hash.update(chunk);
      if (++turn % 50 !== 0) return;
      late.pause();
      setTimeout(() => late.resume(), 1);
    });
    await once(late, "close");
    expect(hash.digest("hex")).toBe(sha256(outputOf(MUCH)));
    client.end();
  });
});

describe("packets whose lengths are told", () => {
  it("are handed on one at a time and whole, however they arrive", () => {
    const packets = Array.from({ length: 40 }, (_, index) => packet((index * 5077) % 33_000, index));
    const all = Buffer.concat(packets);
    for (const step of [1, 3, 4, 21, 1000, 40_000, 262_144]) {
      const { incoming, given } = ready();
      for (let at = 0; at < all.length; at += step)
        incoming.came(all.copy(incoming.memory, 0, at, Math.min(at + step, all.length)));
      expect(given.map((one) => one.length)).toEqual(packets.map((one) => one.length));
      expect(Buffer.concat(given).equals(all)).toBe(true);
    }
  });

  it("are ssh2's to put together where it has begun to", () => {
    const { incoming, given, decipher } = ready();
    const bytes = Buffer.concat([packet(100, 0), packet(200, 0)]);
    decipher._lenBytes = 4;
    incoming.came(bytes.subarray(50).copy(incoming.memory));
    expect(given.map((one) => one.length)).toEqual([bytes.length - 50]);
    decipher._lenBytes = 0;
    incoming.came(bytes.copy(incoming.memory));
    expect(given.slice(1).map((one) => one.length)).toEqual([120, 220]);
  });

  it("that cannot be are ssh2's to refuse, at once", () => {
    for (const split of [8, 2]) {
      const { incoming, given } = ready();
      const nonsense = Buffer.from("ffffffffffffffff", "hex");
      for (let at = 0; at < 8; at += split) incoming.came(nonsense.copy(incoming.memory, 0, at, at + split));
      expect(Buffer.concat(given).equals(nonsense)).toBe(true);
    }
  });
});

/** A length, a content and a tag. */
function packet(length: number, fill: number): Buffer {
  const bytes = Buffer.alloc(4 + length + 16, fill);
  bytes.writeUInt32BE(length);
  return bytes;
}

/** One that has seen a client's cipher, and what it handed on. */
function ready() {
  const given: Buffer[] = [];
  const incoming = new IncomingPackets((bytes) => given.push(Buffer.from(bytes)));
  const decipher = { _lenBytes: 0, _onPayload: () => undefined };
  const client = Object.assign(new ssh2.Client(), { _protocol: { _decipher: decipher } });
  incoming.serve(client);
  client.emit("handshake", { sc: { cipher: "aes128-gcm@openssh.com", compress: "none" } });
  return { incoming, given, decipher };
}

async function logIn(
  sshd: Sshd,
  cipher: CipherAlgorithm,
): Promise<{ readonly client: Client; readonly socket: SshSocket }> {
  const client = new ssh2.Client();
  const socket = new SshSocket();
  socket.serve(client);
  client.connect({
    sock: socket.open("127.0.0.1", sshd.port),
    username: sshd.user,
    privateKey: readFileSync(sshd.identity),
    algorithms: { cipher: [cipher] },
  });
  await once(client, "ready");
  // The server may end it first.
  client.on("error", () => undefined);
  return { client, socket };
}

function start(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
}

const outputs = new Map<string, Buffer>();

function outputOf(command: string): Buffer {
  const [name = "", ...words] = command.split(" ");
  const output = outputs.get(command) ?? execFileSync(name, words, { maxBuffer: 64 * 1024 * 1024 });
  outputs.set(command, output);
  return output;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
