import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
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
