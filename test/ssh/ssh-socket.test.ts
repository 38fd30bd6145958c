import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import ssh2 from "ssh2";
import { expect, it } from "vitest";
import { SshSocket } from "../../src/ssh/ssh-socket.ts";

it("hands what is written in one turn to the kernel at once, and what is written before the end as well", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection");
  const socket = new SshSocket().connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  const [peer] = (await accepted) as [Socket];
  const heard: string[] = [];
  peer.setEncoding("utf8").on("data", (text: string) => heard.push(text));
  for (const part of ["length,", "content,", "tag"]) socket.write(part);
  await once(peer, "data");
  expect(heard).toEqual(["length,content,tag"]);
  await new Promise<void>((resolve) => {
    socket.write("more", () => resolve());
  });
  socket.write(", and ");
  socket.end("the end");
  await once(peer, "end");
  expect(heard.join("")).toBe("length,content,tagmore, and the end");
  server.close();
});

it("keeps what comes while nobody listens, though its memory is used again", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection");
  const socket = new SshSocket().open("127.0.0.1", (server.address() as AddressInfo).port);
  const client = Object.assign(new ssh2.Client(), {
    _protocol: { _decipher: { _lenBytes: 0, _onPayload: () => undefined } },
  });
  socket.serve(client);
  client.emit("handshake", { sc: { cipher: "aes128-gcm@openssh.com", compress: "none" } });
  const [peer] = (await accepted) as [Socket];
  // Packets as AES-GCM has them: a length, so many bytes and a tag.
  const packets = Array.from({ length: 10 }, (_, index) => {
    const bytes = Buffer.alloc(1020, index);
    bytes.writeUInt32BE(1000);
    return bytes;
  });
  for (const [index, packet] of packets.entries()) {
    peer.write(packet);
    await expect.poll(() => socket.readableLength).toBe((index + 1) * packet.length);
  }
  expect(Buffer.concat(packets).equals(socket.read() as Buffer)).toBe(true);
  socket.destroy();
  peer.destroy();
  server.close();
});
