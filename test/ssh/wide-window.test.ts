import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import ssh2 from "ssh2";
import type { ClientChannel } from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { widenWindow } from "../../src/ssh/wide-window.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "./sshd.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

const NUMBERS = "seq 1 5000000";

describe.skipIf(noSshd !== undefined)("a channel on which more may be under way", { timeout: 60_000 }, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    // Keys are exchanged anew again and again, while credit is given.
    sshd = await startSshd({ settings: "RekeyLimit 4M" });
  });
  afterAll(() => removeSshd(sshd));

  it("brings all that is sent, in its order, and ssh2 still has what it needs", async () => {
    const client = new ssh2.Client();
    client.connect({
      host: "127.0.0.1",
      port: sshd.port,
      username: sshd.user,
      privateKey: readFileSync(sshd.identity),
    });
    await once(client, "ready");
    // The server may end it first.
    client.on("error", () => undefined);
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      client.exec(NUMBERS, (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
    });
    const given: number[] = [];
    const protocol = Reflect.get(client, "_protocol") as {
      channelWindowAdjust: (id: number, amount: number) => void;
    };
    const adjust = protocol.channelWindowAdjust.bind(protocol);
    protocol.channelWindowAdjust = (id, amount) => {
      given.push(amount);
      adjust(id, amount);
    };
    widenWindow(channel);
    expect(given).toEqual([4 * 1024 * 1024]);
    const hash = createHash("sha256");
    channel.on("data", (chunk: Buffer) => hash.update(chunk));
    await once(channel, "close");
    const [name = "", ...words] = NUMBERS.split(" ");
    const expected = execFileSync(name, words, { maxBuffer: 64 * 1024 * 1024 });
    expect(hash.digest("hex")).toBe(createHash("sha256").update(expected).digest("hex"));
    client.end();
  });
});
