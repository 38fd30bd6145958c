import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import ssh2 from "ssh2";
import type { ClientChannel } from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SshSocket } from "../../src/ssh/ssh-socket.ts";
import { PacketPool } from "../../src/ssh/packet-pool.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "./sshd.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

const MIB = 1024 * 1024;

describe.skipIf(noSshd !== undefined)("packets that are used again", { timeout: 60_000 }, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    // Keys are exchanged anew again and again, while packets are under way.
    sshd = await startSshd({ settings: "RekeyLimit 4M" });
  });
  afterAll(() => removeSshd(sshd));

  it.each([["aes128-gcm@openssh.com"], ["chacha20-poly1305@openssh.com"], ["aes256-ctr"]] as const)(
    "carry what was written, with %s, in writes of any size",
    async (cipher) => {
      const client = new ssh2.Client();
      const socket = new SshSocket();
      socket.serve(client);
      client.connect({
        sock: socket.connect({ host: "127.0.0.1", port: sshd.port }),
        username: sshd.user,
        privateKey: readFileSync(sshd.identity),
        algorithms: { cipher: [cipher] },
      });
      await once(client, "ready");
      // The server may end it first.
      client.on("error", () => undefined);
      const channel = await new Promise<ClientChannel>((resolve, reject) => {
        client.exec("sha256sum", (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
      });
      const hash = createHash("sha256");
      let said = "";
      channel.on("data", (chunk: Buffer) => (said += chunk.toString()));
      // 16 MiB in writes of a megabyte, of what one packet carries exactly, and of sizes that leave smaller packets between.
      for (let sent = 0, turn = 0; sent < 16 * MIB; turn++) {
        const data = randomBytes([MIB, 32_768, 20_000, 40_000, 16_384][turn % 5] ?? 1);
        hash.update(data);
        sent += data.length;
        if (!channel.write(data)) await once(channel, "drain");
      }
      channel.end();
      await once(channel, "close");
      expect(said.slice(0, 64)).toBe(hash.digest("hex"));
      client.end();
    },
  );
});

describe("a pool of packets", () => {
  it("gives full ones again, whatever short ones passed between", () => {
    let allocated = 0;
    const cipher = {
      allocPacket(length: number): Buffer {
        allocated++;
        return Buffer.alloc(length + 32);
      },
    };
    const client = Object.assign(new ssh2.Client(), { _protocol: { _cipher: cipher } });
    const pool = new PacketPool();
    pool.serve(client);
    client.emit("handshake", undefined);
    const full = 32_777;
    // As many as a window holds are under way, some of them short, and then all have reached the kernel.
    const underWay = Array.from({ length: 80 }, (_, turn) =>
      cipher.allocPacket(turn % 8 === 7 ? full - turn : full),
    );
    for (const packet of underWay) pool.giveBack(packet);
    allocated = 0;
    for (let turn = 0; turn < 1000; turn++) pool.giveBack(cipher.allocPacket(full));
    expect(allocated).toBe(0);
  });
});
