import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { EXIT, UserError } from "../errors.ts";
import type { Transport } from "./transport.ts";

/** A `ProxyCommand`: a program of the person's own whose input and output lead to the host. */
export function proxyCommand(command: string): Transport {
  return {
    label: "its ProxyCommand",
    open(signal) {
      signal.throwIfAborted();
      return Promise.resolve(run(command));
    },
  };
}

function run(command: string): Duplex {
  // As ssh does: by the shell, which makes way for the program.
  const child = spawn("/bin/sh", ["-c", `exec ${command}`], { stdio: ["pipe", "pipe", "pipe"] });
  const { stdin, stdout, stderr } = child;
  const stream = new Duplex({
    read: () => void stdout.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      // What cannot be written any more is told by how the program ends.
      stdin.write(chunk, () => done());
    },
    final: (done) => {
      stdin.end();
      done();
    },
  });
  stdin.on("error", () => undefined);
  stdout.on("data", (chunk: Buffer) => {
    if (!stream.push(chunk)) stdout.pause();
  });
  let said = "";
  stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  child.once("error", (error) => stream.destroy(error));
  child.once("close", (code) => {
    if (code === 0 || code === null) stream.push(null);
    else stream.destroy(ended(command, code, said.trim()));
  });
  stream.once("close", () => child.kill("SIGTERM"));
  return stream;
}

function ended(command: string, code: number, said: string): UserError {
  return new UserError({
    reason: "ssh-unreachable",
    message: `The ProxyCommand ended with ${code}${said === "" ? "" : `: ${said.split("\n").at(-1)}`}`,
    hint: `It stands in ssh's configuration: ${command}`,
    exitCode: EXIT.retry,
  });
}
